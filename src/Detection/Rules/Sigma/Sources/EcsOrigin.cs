namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>ECS documents: the product by the operating system, else by the module; the category by the kind of event.</summary>
internal sealed class EcsOrigin(Func<string, int> fieldOf, WindowsOrigin windows) : IRecordOrigin
{
    /// <summary>Modules that are products of their own in rules. Others, such as <c>endpoint</c>, say nothing.</summary>
    private static readonly (string Module, string Product)[] Modules =
    [
        ("aws", "aws"), ("azure", "azure"), ("gcp", "gcp"), ("okta", "okta"), ("github", "github"), ("o365", "m365"),
        ("google_workspace", "gcp"), ("onelogin", "onelogin"), ("zeek", "zeek"), ("cisco", "cisco"), ("fortinet", "fortios"),
        ("kubernetes", "kubernetes"), ("auditd", "linux"), ("windows", "windows"),
    ];

    /// <summary>Values of <c>event.category</c> that a category of rules needs.</summary>
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["process_creation"] = "process",
        ["process_termination"] = "process",
        ["process_access"] = "process",
        ["network_connection"] = "network",
        ["dns_query"] = "network",
        ["firewall"] = "network",
        ["file_event"] = "file",
        ["file_access"] = "file",
        ["file_change"] = "file",
        ["file_delete"] = "file",
        ["file_rename"] = "file",
        ["registry_add"] = "registry",
        ["registry_delete"] = "registry",
        ["registry_event"] = "registry",
        ["registry_rename"] = "registry",
        ["registry_set"] = "registry",
        ["driver_load"] = "driver",
        ["image_load"] = "library",
        ["webserver"] = "web",
        ["proxy"] = "web",
    };

    private readonly int _category = fieldOf("event.category");
    private readonly int _module = fieldOf("event.module");
    private readonly int _dataset = fieldOf("event.dataset");
    private readonly int[] _system = [fieldOf("host.os.type"), fieldOf("host.os.family"), fieldOf("host.os.platform")];

    public int[] Fields => [_category, _module, _dataset, .. _system, .. windows.Fields];

    public bool Fits(SigmaLogSource source, SigmaRecord record)
    {
        if (source.Product is { } product && ProductOf(record) is { } said && said != product)
            return false;
        if (windows.SaysChannel(record))
            return windows.IsOfChannel(source, record);
        return source.Category is not { } category || !Kinds.TryGetValue(category, out var kind)
            || record.FirstOf(_category) < 0 || RecordText.HasValue(record, _category, kind);
    }

    private string? ProductOf(SigmaRecord record)
    {
        foreach (var field in _system)
        {
            if (OperatingSystems.Of(record, field) is { } system)
                return system;
        }
        if (windows.SaysChannel(record))
            return "windows";
        foreach (var (module, product) in Modules)
        {
            if (RecordText.HasValue(record, _module, module) || RecordText.HasStart(record, _dataset, module + "."))
                return product;
        }
        return null;
    }
}
