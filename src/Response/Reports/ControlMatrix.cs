using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Reports;

/// <summary>A rule, detector or function as it stands today.</summary>
/// <param name="Server">What it is and which controls it serves.</param>
/// <param name="Stage">How far it is trusted: <c>enforced</c>, <c>shadow</c>, <c>draft</c> or <c>retired</c>.</param>
public sealed record StandingServer(ControlServer Server, string Stage)
{
    /// <summary>Whether it counts: what only watches in shadow serves nobody yet.</summary>
    public bool IsInForce => Stage == "enforced";
}

/// <summary>Which rule, detector or function serves which control, and which control nothing serves.</summary>
public static class ControlMatrix
{
    /// <summary>The report's kind and identifier.</summary>
    public const string Kind = "control-matrix";

    private const int NamesMax = 60;

    /// <summary>The matrix. Pure; O(controls × servers).</summary>
    /// <param name="catalog">Controls.</param>
    /// <param name="servers">Everything that could serve them, with its stage.</param>
    /// <param name="asOf">As of when.</param>
    /// <param name="author">Who it is for.</param>
    public static ReportDocument Of(
        ControlCatalog catalog, IReadOnlyList<StandingServer> servers, DateTimeOffset asOf, ReportAuthor author)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentNullException.ThrowIfNull(author);
        var served = ServedBy(catalog, servers);
        return new ReportDocument
        {
            Kind = Kind,
            Id = Kind,
            Title = "Coverage of controls",
            Subtitle = "Which rule, detector or function serves which control of law and standard",
            Organization = author.Controller.Name,
            AsOf = asOf,
            WrittenBy = $"SentinelHealth {author.Program}",
            Sections =
            [
                new("Overview", Overview(catalog, served)),
                .. catalog.Frameworks.Select(framework => new ReportSection(framework.Title, FrameworkOf(framework, served))),
                new("What each rule and detector serves", Sources(servers)),
            ],
        };
    }

    /// <summary>The servers of each control, by name, and whether directly.</summary>
    private static Dictionary<string, List<(StandingServer Server, bool IsDirect)>> ServedBy(
        ControlCatalog catalog, IReadOnlyList<StandingServer> servers)
    {
        var served = catalog.Frameworks.SelectMany(framework => framework.Controls)
            .ToDictionary(control => control.Id, _ => new List<(StandingServer, bool)>(), StringComparer.Ordinal);
        var same = catalog.Frameworks.SelectMany(framework => framework.Controls)
            .ToDictionary(control => control.Id, control => control.Same, StringComparer.Ordinal);
        foreach (var server in servers)
        {
            foreach (var name in server.Server.Controls.Where(served.ContainsKey))
                served[name].Add((server, true));
            var others = server.Server.Controls.Where(same.ContainsKey).SelectMany(name => same[name])
                .Except(server.Server.Controls, StringComparer.Ordinal).Distinct(StringComparer.Ordinal);
            foreach (var name in others)
                served[name].Add((server, false));
        }
        return served;
    }

    private static ReportBlock[] Overview(ControlCatalog catalog, Dictionary<string,
        List<(StandingServer Server, bool IsDirect)>> served)
    {
        bool IsServed(Control control) => served[control.Id].Any(item => item.Server.IsInForce);
        var open = catalog.Frameworks.SelectMany(framework => framework.Controls).Where(control => !IsServed(control)).ToList();
        var blocks = new List<ReportBlock>
        {
            new ReportText("A control is served when a rule or detector that is in force finds breaches of it, or a function of the monitor does what it asks for. "
                + "That a control is served does not mean that the organization fulfils it.", ReportTone.Note),
            new ReportBars("Controls served, of those the monitor can serve", [.. catalog.Frameworks.Select(framework =>
                new ReportBar(framework.Title, (double)framework.Controls.Count(IsServed) / Math.Max(1, framework.Controls.Count),
                    $"{framework.Controls.Count(IsServed)} of {framework.Controls.Count}"))]),
        };
        blocks.Add(open.Count == 0
            ? new ReportText("Every control in the catalog is served.")
            : new ReportTable("Controls that nothing in force serves",
                [new("Control", 1.2, true), new("What it demands", 3), new("Law", 1.6)],
                [.. open.Select(control => (IReadOnlyList<string>)[control.Id, control.Title, control.Law])]));
        return [.. blocks];
    }

    private static ReportBlock[] FrameworkOf(
        ControlFramework framework, Dictionary<string, List<(StandingServer Server, bool IsDirect)>> served) =>
    [
        new ReportTable($"Controls of {framework.Title}, and what serves them",
            [new("Control", 1.1), new("What it demands", 1.7), new("Served by", 3),
                new("Also, by a control that asks for the same", 1.8)],
            [.. framework.Controls.Select(control => (IReadOnlyList<string>)
            [
                control.Law.Length > 0 ? control.Law : control.Id, control.Title,
                Names(served[control.Id].Where(item => item.IsDirect)), Names(served[control.Id].Where(item => !item.IsDirect)),
            ])]),
    ];

    private static string Names(IEnumerable<(StandingServer Server, bool IsDirect)> servers)
    {
        var names = servers.Select(item => item.Server.IsInForce ? item.Server.Server.Name : $"{item.Server.Server.Name} ({item.Server.Stage})")
            .Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "–" : names.Count <= NamesMax ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(NamesMax))} and {names.Count - NamesMax} more";
    }

    private static ReportBlock[] Sources(IReadOnlyList<StandingServer> servers) =>
    [
        new ReportTable("Rules, detectors and functions",
            [new("Name", 1.6), new("Kind", 0.8), new("Stage", 0.8), new("Controls", 3)],
            [.. servers.OrderBy(item => item.Server.Kind).ThenBy(item => item.Server.Name, StringComparer.Ordinal)
                .Select(item => (IReadOnlyList<string>)
            [
                item.Server.Name, Kinds(item.Server.Kind), item.Stage, string.Join(", ", item.Server.Controls),
            ])]),
    ];

    private static string Kinds(ControlServerKind kind) => kind switch
    {
        ControlServerKind.Detector => "detector",
        ControlServerKind.Rule => "built-in rule",
        ControlServerKind.Written => "written rule",
        _ => "function",
    };
}
