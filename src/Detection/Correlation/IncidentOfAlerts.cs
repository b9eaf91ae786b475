using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Builds an incident from its alerts alone, as the correlator does when it builds one again. Pure.</summary>
public static class IncidentOfAlerts
{
    /// <summary>Most alerts an incident is built from; its entities are bounded as those of any incident.</summary>
    public const int AlertsMax = OpenIncident.MembersMax;

    /// <summary>The incident these alerts make. O(alerts²) in the number of voices, O(alerts) otherwise.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="title">Its title.</param>
    /// <param name="alerts">Its alerts in any order; at least one, and beyond <see cref="AlertsMax"/> only the oldest are looked at.</param>
    /// <exception cref="ArgumentException">No alerts.</exception>
    public static Incident Build(string id, string title, IReadOnlyList<Alert> alerts)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(alerts);
        if (alerts.Count == 0)
            throw new ArgumentException("An incident has at least one alert.", nameof(alerts));
        var members = alerts.OrderBy(alert => alert.At).ThenBy(alert => alert.Id, StringComparer.Ordinal).Take(AlertsMax)
            .Select(alert => IncidentMember.Of(alert, title)).ToList();
        return OpenIncident.Of(id, members, owner: members).Newest;
    }
}
