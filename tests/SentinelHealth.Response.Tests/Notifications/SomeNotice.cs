using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Notifications;

internal static class SomeNotice
{
    public static PlannedNotice To(string channel = "on-call", string title = "Mass export at night", string id = "0x01") => new()
    {
        Id = id,
        Channel = channel,
        Playbook = "tell-on-call",
        IncidentId = "inc-1",
        Severity = Severity.High,
        Title = title,
        Principal = SomeCase.Actor(),
        Sources = ["volume.export"],
        At = SomeCase.At,
    };

    public static StoredNotice Stored(PlannedNotice notice) => new(notice, NoticeState.Waiting, 0, "");
}
