namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Where rules find their fields in Elastic Common Schema documents. Names of the schema itself need no entry.</summary>
internal static class EcsFields
{
    public static SigmaFieldMap Map { get; } = new(
        "ecs", "Elastic Common Schema", ["winlog.event_data.", "winlog.user_data."],
        [
            ("Channel", ["winlog.channel"]),
            ("EventID", ["winlog.event_id", "event.code"]),
            ("Provider_Name", ["winlog.provider_name", "event.provider"]),
            ("Computer", ["winlog.computer_name", "host.name", "host.hostname"]),
            ("User", ["user.name"]),
            ("CommandLine", ["process.command_line"]),
            ("Image", ["process.executable"]),
            ("OriginalFileName", ["process.pe.original_file_name"]),
            ("Company", ["process.pe.company"]),
            ("Description", ["process.pe.description"]),
            ("Product", ["process.pe.product"]),
            ("ProcessId", ["process.pid"]),
            ("CurrentDirectory", ["process.working_directory"]),
            ("ParentImage", ["process.parent.executable"]),
            ("ParentCommandLine", ["process.parent.command_line"]),
            ("ParentProcessId", ["process.parent.pid"]),
            ("TargetFilename", ["file.path"]),
            ("ImageLoaded", ["dll.path", "file.path"]),
            ("TargetObject", ["registry.path"]),
            ("Details", ["registry.data.strings"]),
            ("QueryName", ["dns.question.name"]),
            ("DestinationHostname", ["destination.domain"]),
            ("DestinationIp", ["destination.ip"]),
            ("DestinationPort", ["destination.port"]),
            ("SourceIp", ["source.ip"]),
            ("SourcePort", ["source.port"]),
            ("PipeName", ["file.name"]),
            ("ScriptBlockText", ["powershell.file.script_block_text"]),
            ("c-uri", ["url.original", "url.full"]),
            ("c-uri-query", ["url.query"]),
            ("c-useragent", ["user_agent.original"]),
            ("cs-host", ["url.domain"]),
            ("cs-method", ["http.request.method"]),
            ("cs-referer", ["http.request.referrer"]),
            ("sc-status", ["http.response.status_code"]),
            ("c-ip", ["source.ip", "client.ip"]),
        ]);
}
