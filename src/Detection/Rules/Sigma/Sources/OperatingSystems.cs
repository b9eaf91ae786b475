namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>Names of operating systems as records write them, and the products they are in rules.</summary>
internal static class OperatingSystems
{
    private static readonly (string Start, string Product)[] Names =
    [
        ("windows", "windows"), ("linux", "linux"), ("debian", "linux"), ("ubuntu", "linux"), ("redhat", "linux"), ("centos", "linux"),
        ("suse", "linux"), ("macos", "macos"), ("darwin", "macos"), ("mac os", "macos"),
    ];

    /// <summary>The product that a field names; null when it is absent or names none of these.</summary>
    public static string? Of(SigmaRecord record, int field)
    {
        foreach (var (start, product) in Names)
        {
            if (RecordText.HasStart(record, field, start))
                return product;
        }
        return null;
    }
}
