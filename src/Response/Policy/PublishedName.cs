namespace SentinelHealth.Response.Policy;

/// <summary>Names of choices in files: those in JSON, which are the enum's own, starting in lower case.</summary>
internal static class PublishedName
{
    public static string Of<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The choice of that name; null when there is none.</summary>
    public static T? Find<T>(string name) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == name)
                return value;
        }
        return null;
    }
}
