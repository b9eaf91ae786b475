namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Where rules for Windows find their fields: in the event's data, then its user data, then the system part.</summary>
/// <remarks>
/// Shapes: nested as exported from event log files, <c>winlog.*</c> of Elastic's forwarder, the payload of exporters that put
/// the data into one member, and flat records, whose members need no entry here.
/// </remarks>
internal static class WindowsFields
{
    public static SigmaFieldMap Map { get; } = new(
        "windows", "Windows events",
        [
            "Event.EventData.Data.", "Event.EventData.", "Event.UserData.*.", "Event.UserData.", "Event.System.",
            "winlog.event_data.", "winlog.user_data.", "Payload.EventData.Data.", "Payload.EventData.", "Payload.UserData.*.",
            "EventData.Data.", "EventData.",
        ],
        [
            ("Provider_Name",
            [
                "Event.System.Provider.#attributes.Name", "Event.System.Provider.@Name", "Event.System.Provider.Name",
                "Event.System.Provider_attributes.Name", "winlog.provider_name", "Provider", "SourceName", "ProviderName",
            ]),
            ("EventID",
            [
                "Event.System.EventID.#text", "winlog.event_id", "EventId", "EventCode", "event_id",
            ]),
            ("Channel", ["winlog.channel", "log_name", "LogName"]),
            ("Computer", ["winlog.computer_name", "ComputerName", "Hostname", "host.name"]),
            ("ProcessID",
            [
                "Event.System.Execution.#attributes.ProcessID", "Event.System.Execution.@ProcessID",
                "Event.System.Execution_attributes.ProcessID", "winlog.process.pid",
            ]),
            ("UserID",
            [
                "Event.System.Security.#attributes.UserID", "Event.System.Security.@UserID",
                "Event.System.Security_attributes.UserID", "winlog.user.identifier",
            ]),
        ]);
}
