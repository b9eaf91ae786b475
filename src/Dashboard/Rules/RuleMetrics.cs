using System.Diagnostics.Metrics;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What the rules in use are, under the meter <c>SentinelHealth.Rules</c>.</summary>
internal sealed class RuleMetrics : IDisposable
{
    public const string MeterName = "SentinelHealth.Rules";

    private readonly Meter _meter = new(MeterName);

    public RuleMetrics(RuleShelf shelf)
    {
        _meter.CreateObservableGauge("sentinel.rules.running", () => shelf.Current.Rules.Count(rule => rule.Runs), "{rule}", "Rules enforced or in shadow.");
        _meter.CreateObservableGauge("sentinel.rules.alerting", () => shelf.Current.Rules.Count(rule => rule.Alerts), "{rule}", "Rules whose matches become alerts.");
        _meter.CreateObservableGauge("sentinel.rules.problems", () => shelf.State.Problems.Count, "{problem}", "Documents of the folder that are not in use.");
        _meter.CreateObservableCounter("sentinel.rules.reloads", () => shelf.State.ReloadCount, "{reload}", "Changes taken into use.");
        _meter.CreateObservableCounter("sentinel.rules.failures", () => shelf.State.FailureCount, "{reload}", "Changes of the folder that were refused.");
    }

    public void Dispose() => _meter.Dispose();
}
