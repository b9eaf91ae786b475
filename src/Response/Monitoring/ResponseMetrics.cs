using System.Diagnostics.Metrics;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What the response counts, under the meter <c>SentinelHealth.Response</c>.</summary>
public sealed class ResponseMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "SentinelHealth.Response";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _scored;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _late;
    private readonly Counter<long> _corrections;
    private readonly Counter<long> _alerts;
    private readonly Counter<long> _decided;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _actions;
    private readonly Histogram<double> _commits;

    /// <summary>Creates the instruments.</summary>
    public ResponseMetrics()
    {
        _scored = _meter.CreateCounter<long>("sentinel.response.events.scored", "{event}", "Events scored.");
        _failed = _meter.CreateCounter<long>("sentinel.response.events.failed", "{event}", "Log entries that could not be decoded.");
        _late = _meter.CreateCounter<long>("sentinel.response.events.late", "{event}", "Events that came later than allowed; scored and marked.");
        _corrections = _meter.CreateCounter<long>("sentinel.response.order.corrections", "{correction}", "Times an earlier event arrived and later ones were scored again.");
        _alerts = _meter.CreateCounter<long>("sentinel.response.alerts", "{alert}", "Alerts stored.");
        _decided = _meter.CreateCounter<long>("sentinel.response.actions.decided", "{action}", "Actions and proposals decided.");
        _refused = _meter.CreateCounter<long>("sentinel.response.refusals", "{refusal}", "Containments refused by a guardrail.");
        _actions = _meter.CreateCounter<long>("sentinel.response.actions.changed", "{action}", "Actions that entered a state.");
        _commits = _meter.CreateHistogram<double>("sentinel.response.commit.duration", "s", "Time to make a batch durable.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Counts what has happened to the order of events.</summary>
    internal void Ordered(long late, long corrections)
    {
        _late.Add(late);
        _corrections.Add(corrections);
    }

    internal void Batch(long scored, long failed, IEnumerable<Alert> alerts, TimeSpan commit)
    {
        _scored.Add(scored);
        _failed.Add(failed);
        foreach (var alert in alerts)
            _alerts.Add(1, new KeyValuePair<string, object?>("rule", alert.Source), new("severity", alert.Severity.ToString()));
        _commits.Record(commit.TotalSeconds);
    }

    internal void Decided(ContainmentAction action) =>
        _decided.Add(1, new KeyValuePair<string, object?>("kind", action.Kind.ToString()), new("state", action.State.ToString()));

    internal void Refused(string guardrail) => _refused.Add(1, new KeyValuePair<string, object?>("guardrail", guardrail));

    internal void Entered(ContainmentAction action) =>
        _actions.Add(1, new KeyValuePair<string, object?>("kind", action.Kind.ToString()), new("state", action.State.ToString()));
}
