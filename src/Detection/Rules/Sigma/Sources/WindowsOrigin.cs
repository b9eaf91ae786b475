namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>Windows events: a log source means channels, and the numbers of events in them.</summary>
/// <remarks>
/// Categories follow the Sigma appendix "Log source taxonomy": Sysmon's events and their equals in other channels. What the table does not know restricts nothing; a
/// record that does not say its channel is offered to every rule for Windows.
/// </remarks>
internal sealed class WindowsOrigin(Func<string, int> fieldOf) : IRecordOrigin
{
    private const string Sysmon = "microsoft-windows-sysmon/operational";
    private const string Security = "security";
    private const string PowerShell = "microsoft-windows-powershell/operational";
    private const string PowerShellClassic = "windows powershell";

    private static readonly Dictionary<string, (string Channel, string[] Events)[]> Categories = new(StringComparer.Ordinal)
    {
        ["process_creation"] = [(Sysmon, ["1"]), (Security, ["4688"])],
        ["file_change"] = [(Sysmon, ["2"])],
        ["network_connection"] = [(Sysmon, ["3"]), (Security, ["5156"])],
        ["sysmon_status"] = [(Sysmon, ["4", "16"])],
        ["process_termination"] = [(Sysmon, ["5"]), (Security, ["4689"])],
        ["driver_load"] = [(Sysmon, ["6"])],
        ["image_load"] = [(Sysmon, ["7"])],
        ["create_remote_thread"] = [(Sysmon, ["8"])],
        ["raw_access_thread"] = [(Sysmon, ["9"])],
        ["process_access"] = [(Sysmon, ["10"])],
        ["file_event"] = [(Sysmon, ["11"])],
        ["registry_add"] = [(Sysmon, ["12"])],
        ["registry_delete"] = [(Sysmon, ["12"])],
        ["registry_set"] = [(Sysmon, ["13"])],
        ["registry_rename"] = [(Sysmon, ["14"])],
        ["registry_event"] = [(Sysmon, ["12", "13", "14"]), (Security, ["4657"])],
        ["create_stream_hash"] = [(Sysmon, ["15"])],
        ["pipe_created"] = [(Sysmon, ["17", "18"])],
        ["wmi_event"] = [(Sysmon, ["19", "20", "21"])],
        ["dns_query"] = [(Sysmon, ["22"])],
        ["file_delete"] = [(Sysmon, ["23", "26"])],
        ["clipboard_capture"] = [(Sysmon, ["24"])],
        ["process_tampering"] = [(Sysmon, ["25"])],
        ["file_block"] = [(Sysmon, ["27"])],
        ["file_executable_detected"] = [(Sysmon, ["29"])],
        ["sysmon_error"] = [(Sysmon, ["255"])],
        ["ps_module"] = [(PowerShell, ["4103"])],
        ["ps_script"] = [(PowerShell, ["4104"])],
        ["ps_classic_start"] = [(PowerShellClassic, ["400"])],
        ["ps_classic_provider_start"] = [(PowerShellClassic, ["600"])],
        ["ps_classic_script"] = [(PowerShellClassic, ["800"])],
    };

    private static readonly Dictionary<string, string[]> Services = new(StringComparer.Ordinal)
    {
        ["sysmon"] = [Sysmon],
        ["security"] = [Security],
        ["system"] = ["system"],
        ["application"] = ["application"],
        ["powershell"] = [PowerShell, "powershellcore/operational"],
        ["powershell-classic"] = [PowerShellClassic],
        ["windefend"] = ["microsoft-windows-windows defender/operational"],
        ["wmi"] = ["microsoft-windows-wmi-activity/operational"],
        ["ntlm"] = ["microsoft-windows-ntlm/operational"],
        ["taskscheduler"] = ["microsoft-windows-taskscheduler/operational"],
        ["bits-client"] = ["microsoft-windows-bits-client/operational"],
        ["applocker"] =
        [
            "microsoft-windows-applocker/msi and script", "microsoft-windows-applocker/exe and dll",
            "microsoft-windows-applocker/packaged app-deployment", "microsoft-windows-applocker/packaged app-execution",
        ],
        ["codeintegrity-operational"] = ["microsoft-windows-codeintegrity/operational"],
        ["firewall-as"] = ["microsoft-windows-windows firewall with advanced security/firewall"],
        ["openssh"] = ["openssh/operational"],
        ["dns-server"] = ["dns server"],
        ["msexchange-management"] = ["msexchange management"],
    };

    /// <summary>Log sources that the channels of these tables do not hold: services that are not in them have channels of their own.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.Ordinal) { "webserver", "proxy" };

    private static readonly string[] Channels =
    [
        .. Services.Values.SelectMany(channels => channels)
            .Concat(Categories.Values.SelectMany(places => places).Select(place => place.Channel))
            .Distinct(StringComparer.Ordinal),
    ];

    private readonly int _channel = fieldOf("Channel");
    private readonly int _event = fieldOf("EventID");

    public int[] Fields => [_channel, _event];

    public bool Fits(SigmaLogSource source, SigmaRecord record) => source.Product is null or "windows" && IsOfChannel(source, record);

    /// <summary>Whether a record has the channel and the number that a service and a category mean; yes when it does not say.</summary>
    public bool IsOfChannel(SigmaLogSource source, SigmaRecord record)
    {
        if (record.FirstOf(_channel) < 0)
            return true;
        if (source.Service is { } service)
        {
            var isKnown = Services.TryGetValue(service, out var channels);
            if (isKnown != RecordText.HasAnyValue(record, _channel, channels ?? Channels))
                return false;
        }
        else if (source.Category is { } other && Elsewhere.Contains(other) && RecordText.HasAnyValue(record, _channel, Channels))
            return false;
        if (source.Category is not { } category || !Categories.TryGetValue(category, out var places))
            return true;
        foreach (var (channel, events) in places)
        {
            if (RecordText.HasValue(record, _channel, channel) && RecordText.HasAnyValue(record, _event, events))
                return true;
        }
        return false;
    }

    /// <summary>Whether a record says its channel.</summary>
    public bool SaysChannel(SigmaRecord record) => record.FirstOf(_channel) >= 0;
}
