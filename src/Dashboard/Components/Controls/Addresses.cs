using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>Where things are: every view is an address, so every view can be shared and survives a reload.</summary>
public static class Addresses
{
    /// <summary>Alerts that touch an entity.</summary>
    public static string AlertsAbout(EntityRef entity) => "/alerts?status=all&entity=" + Uri.EscapeDataString(entity.Id);

    /// <summary>Alerts of one detector or rule.</summary>
    public static string AlertsFrom(string source) => "/alerts?source=" + Uri.EscapeDataString(source);

    /// <summary>Alerts of at least a severity.</summary>
    public static string AlertsFrom(Severity severityMin) => "/alerts?severity=" + Marks.Css(severityMin);

    /// <summary>One alert, opened in the queue.</summary>
    public static string Alert(string id) => "/alerts?alert=" + Uri.EscapeDataString(id);

    /// <summary>Policies tried on the past.</summary>
    public const string Backtests = "/responses/backtests";

    /// <summary>One policy tried on the past.</summary>
    public static string Backtest(string id) => Backtests + "/" + Uri.EscapeDataString(id);

    /// <summary>Everything about an entity.</summary>
    public static string Entity(EntityRef entity) =>
        $"/entities/{entity.Type.ToString().ToLowerInvariant()}/{Uri.EscapeDataString(entity.Id)}";

    /// <summary>Events that a query finds.</summary>
    public static string Hunt(string query, string range = "24h") =>
        $"/hunt?range={range}&q=" + Uri.EscapeDataString(query);

    /// <summary>One incident's page.</summary>
    public static string Incident(string id) => "/incidents/" + Uri.EscapeDataString(id);
}
