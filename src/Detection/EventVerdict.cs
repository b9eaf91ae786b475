using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Detection;

/// <summary>What the engine thinks of one event.</summary>
/// <param name="Score">Calibrated strangeness, 0..1; 0 while every detector is cold and no rule matched.</param>
/// <param name="PValue">The combined p-value, (0..1]; 1 while every detector is cold.</param>
/// <param name="Alerts">Alerts raised by this event; usually the shared empty list.</param>
/// <param name="Incidents">New versions of incidents changed by those alerts.</param>
public readonly record struct EventVerdict(
    double Score, double PValue, IReadOnlyList<Alert> Alerts, IReadOnlyList<Incident> Incidents);
