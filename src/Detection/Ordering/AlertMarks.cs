using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Detection.Ordering;

/// <summary>What the order in which events came adds to an alert.</summary>
internal static class AlertMarks
{
    /// <summary>Tag of alerts raised by an event that came later than allowed.</summary>
    public const string LateTag = "sentinel.late";

    /// <summary>Tag of alerts that an event which arrived later showed to be unfounded.</summary>
    public const string WithdrawnTag = "sentinel.withdrawn";

    /// <summary>Tag of alerts raised by an event whose time was ahead of its receipt.</summary>
    public const string AheadTag = "sentinel.clock-ahead";

    public static Alert Mark(Alert alert, EventTiming timing) => timing switch
    {
        EventTiming.Late => alert with { Tags = [.. alert.Tags, LateTag] },
        EventTiming.Ahead => alert with { Tags = [.. alert.Tags, AheadTag] },
        _ => alert,
    };

    /// <summary>The alert stays where people saw it, and says so.</summary>
    public static Alert Withdrawn(Alert alert) => alert.Tags.Contains(WithdrawnTag)
        ? alert
        : alert with
        {
            Severity = Severity.Informational,
            Tags = [.. alert.Tags, WithdrawnTag],
            Reason = $"Withdrawn: with an event that arrived later there is nothing strange. It read: {alert.Reason}",
        };

    public static Incident Withdrawn(Incident incident) => incident.Tags.Contains(WithdrawnTag)
        ? incident
        : incident with { Severity = Severity.Informational, Tags = [.. incident.Tags, WithdrawnTag], Title = $"Withdrawn: {incident.Title}" };

    public static bool IsSame<T>(T left, T right) =>
        JsonSerializer.SerializeToUtf8Bytes(left, AlertJson.Options).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, AlertJson.Options));
}
