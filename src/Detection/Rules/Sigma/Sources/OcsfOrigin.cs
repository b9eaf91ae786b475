namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>OCSF events: the product by the operating system of the device, the category by the class.</summary>
internal sealed class OcsfOrigin(Func<string, int> fieldOf) : IRecordOrigin
{
    private const string FileActivity = "1001";
    private const string RegistryKey = "201001";
    private const string RegistryValue = "201002";

    private static readonly Dictionary<string, string[]> Classes = new(StringComparer.Ordinal)
    {
        ["process_creation"] = ["1007"],
        ["process_termination"] = ["1007"],
        ["process_access"] = ["1007"],
        ["driver_load"] = ["1002"],
        ["image_load"] = ["1005"],
        ["file_event"] = [FileActivity],
        ["file_access"] = [FileActivity],
        ["file_change"] = [FileActivity],
        ["file_delete"] = [FileActivity],
        ["file_rename"] = [FileActivity],
        ["registry_add"] = [RegistryKey, RegistryValue],
        ["registry_delete"] = [RegistryKey, RegistryValue],
        ["registry_event"] = [RegistryKey, RegistryValue],
        ["registry_rename"] = [RegistryKey, RegistryValue],
        ["registry_set"] = [RegistryValue],
        ["network_connection"] = ["4001"],
        ["firewall"] = ["4001"],
        ["webserver"] = ["4002"],
        ["proxy"] = ["4002"],
        ["dns_query"] = ["4003"],
    };

    private readonly int _class = fieldOf("class_uid");
    private readonly int[] _system = [fieldOf("device.os.type"), fieldOf("device.os.name")];

    public int[] Fields => [_class, .. _system];

    public bool Fits(SigmaLogSource source, SigmaRecord record)
    {
        foreach (var field in _system)
        {
            if (source.Product is { } product && OperatingSystems.Of(record, field) is { } said && said != product)
                return false;
        }
        return source.Category is not { } category || !Classes.TryGetValue(category, out var classes)
            || RecordText.HasAnyValue(record, _class, classes);
    }
}
