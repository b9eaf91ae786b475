namespace SentinelHealth.Dashboard.Components.Layout;

/// <summary>What a page is for, and where to go on from it.</summary>
/// <param name="Name">The page.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Links">Addresses and what is there.</param>
internal sealed record PageHelp(string Name, string Purpose, IReadOnlyList<(string Address, string Text)> Links)
{
    private static readonly PageHelp Elsewhere = new("This page", "The navigation leads to every page.", [("/", "Overview")]);

    private static readonly Dictionary<string, PageHelp> Pages = new(StringComparer.Ordinal)
    {
        [""] = new("Overview", "What the network is doing now, what is strange about it, and what is contained. Each tile leads to its page.",
            [("/alerts", "Alerts"), ("/incidents", "Incidents"), ("/network", "Network")]),
        ["alerts"] = new("Alerts", "Work through what was found: open an alert to see why, then acknowledge, assign or close it with a reason. Detection learns from the reasons.",
            [("/detections", "Detections"), ("/incidents", "Incidents")]),
        ["incidents"] = new("Incidents", "Alerts that belong together, with their timeline, whom they touch, the evidence and what was done.",
            [("/alerts", "Alerts"), ("/responses", "Responses")]),
        ["responses"] = new("Responses", "What automation did or wants to do. Approve, refuse and undo here, and stop all of it with the kill switch.",
            [("/responses/backtests", "Backtests"), ("/incidents", "Incidents")]),
        ["detections"] = new("Detections", "Which detectors and rules there are, how often they were right, and how far each is trusted.",
            [("/alerts", "Alerts")]),
        ["compliance"] = new("Compliance", "Clocks of the laws that apply, assessments, reports and who read what.",
            [("/compliance/reports", "Reports"), ("/incidents", "Incidents")]),
        ["network"] = new("Network", "Nodes, ledger and sources, and the account that no record was lost.", [("/settings/sources", "Sources")]),
        ["hunt"] = new("Hunt", "Look through events and alerts with a query, and make a rule of what you find.", [("/alerts", "Alerts"), ("/detections", "Detections")]),
        ["entities"] = new("Entities", "Everything about one person, device or node: habits, risk, relations and what was contained.", [("/alerts", "Alerts"), ("/incidents", "Incidents")]),
        ["settings"] = new("Settings", "Your account and language; for administrators people, tokens, sources and notifications.", [("/welcome", "Getting started")]),
        ["welcome"] = new("Getting started", "The first steps of a new monitor, with checks that see by themselves when one holds.", [("/settings", "Settings")]),
    };

    /// <summary>The help of an address below the root.</summary>
    public static PageHelp Of(string path) => Pages.GetValueOrDefault(path.TrimStart('/').Split('/', '?', '#')[0], Elsewhere);

    /// <summary>Every sentence, for whoever translates.</summary>
    public static IEnumerable<string> Sentences =>
        Pages.Values.Append(Elsewhere)
            .SelectMany(page => page.Links.Select(link => link.Text).Append(page.Name).Append(page.Purpose)).Distinct();
}
