namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Where rules find their fields in OCSF 1.8 events. Names of the schema itself need no entry.</summary>
internal static class OcsfFields
{
    public static SigmaFieldMap Map { get; } = new(
        "ocsf", "OCSF 1.8", [],
        [
            ("Computer", ["device.hostname", "device.name"]),
            ("User", ["actor.user.name", "user.name"]),
            ("CommandLine", ["process.cmd_line"]),
            ("Image", ["process.file.path", "actor.process.file.path"]),
            ("OriginalFileName", ["process.file.internal_name"]),
            ("ProcessId", ["process.pid"]),
            ("CurrentDirectory", ["process.working_directory"]),
            ("ParentImage", ["process.parent_process.file.path", "actor.process.file.path"]),
            ("ParentCommandLine", ["process.parent_process.cmd_line", "actor.process.cmd_line"]),
            ("ParentProcessId", ["process.parent_process.pid", "actor.process.pid"]),
            ("IntegrityLevel", ["process.integrity"]),
            ("TargetFilename", ["file.path"]),
            ("ImageLoaded", ["module.file.path"]),
            ("TargetObject", ["reg_value.path", "reg_key.path"]),
            ("Details", ["reg_value.data"]),
            ("QueryName", ["query.hostname"]),
            ("DestinationHostname", ["dst_endpoint.hostname", "dst_endpoint.domain"]),
            ("DestinationIp", ["dst_endpoint.ip"]),
            ("DestinationPort", ["dst_endpoint.port"]),
            ("SourceIp", ["src_endpoint.ip"]),
            ("SourcePort", ["src_endpoint.port"]),
            ("c-uri", ["http_request.url.url_string", "http_request.url.path"]),
            ("c-uri-query", ["http_request.url.query_string"]),
            ("c-useragent", ["http_request.user_agent"]),
            ("cs-host", ["http_request.url.hostname"]),
            ("cs-method", ["http_request.http_method"]),
            ("cs-referer", ["http_request.referrer"]),
            ("sc-status", ["http_response.code"]),
            ("c-ip", ["src_endpoint.ip"]),
            ("eventName", ["api.operation"]),
            ("eventSource", ["api.service.name"]),
            ("userAgent", ["http_request.user_agent"]),
            ("sourceIPAddress", ["src_endpoint.ip"]),
        ]);
}
