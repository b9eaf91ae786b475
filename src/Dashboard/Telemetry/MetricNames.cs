using System.Diagnostics.Metrics;

namespace SentinelHealth.Dashboard.Telemetry;

/// <summary>How instruments and their tags are called outside.</summary>
internal static class MetricNames
{
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["sentinel.ingest.sent"] = "sentinel_events_ingested_total",
        ["sentinel.ingest.dropped"] = "sentinel_event_dedup_total",
        ["sentinel.ingest.failed"] = "sentinel_dlq_total",
        ["sentinel.response.alerts"] = "sentinel_alerts_total",
        ["sentinel.response.actions.changed"] = "sentinel_response_actions_total",
    };

    private static readonly Dictionary<string, string> OwnLabels = new(StringComparer.Ordinal)
    {
        ["sentinel.response.actions.changed:kind"] = "action",
        ["sentinel.response.actions.changed:state"] = "outcome",
    };

    public static string Of(Instrument instrument)
    {
        if (Own.TryGetValue(instrument.Name, out var own))
            return own;
        var unit = instrument.Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" };
        var type = instrument.GetType().GetGenericTypeDefinition();
        var rises = type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? "_total" : "";
        return Plain(instrument.Name) + unit + rises;
    }

    public static string LabelOf(string instrument, string tag) =>
        OwnLabels.TryGetValue($"{instrument}:{tag}", out var own) ? own : Plain(tag);

    private static string Plain(string name) =>
        string.Create(name.Length, name, (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });
}
