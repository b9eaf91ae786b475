using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Reports;

/// <summary>A month in a few pages for people who do not work in security: figures, charts, and how they compare with the month before.</summary>
public static class ManagementSummary
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "summary";

    private const int CausesMax = 8, SeriousMax = 20;

    /// <summary>The summary. Pure; O(entries).</summary>
    /// <param name="record">The month.</param>
    /// <param name="before">The month before it.</param>
    /// <param name="author">Who it is for.</param>
    public static ReportDocument Of(PeriodRecord record, PeriodRecord before, ReportAuthor author)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(author);
        var scope = new ReportScope(record.From, record.To, "", record.Below);
        return PeriodReport.Of(Kind, "Summary for management", scope, record.AsOf, author) with
        {
            Sections =
            [
                new("In a few words", Words(record)),
                new("The figures, and the period before", [Figures(PeriodFigures.Of(record), PeriodFigures.Of(before))]),
                new("Incidents in time", Charts(record, scope)),
                new("What it was about", Causes(record)),
                new("Serious incidents", Serious(record)),
                new("What was watched", CoverageSection.Of(record)),
            ],
        };
    }

    private static ReportBlock[] Words(PeriodRecord record)
    {
        var figures = PeriodFigures.Of(record);
        var serious = figures.Serious == 0 ? "None of them was serious." : figures.Serious == 1 ? "One of them was serious." : $"{PeriodReport.Count(figures.Serious)} of them were serious.";
        var stopped = figures.Contained == 0
            ? "Nothing had to be stopped."
            : $"{PeriodReport.Count(figures.Contained)} {(figures.Contained == 1 ? "time was something" : "times something was")} stopped on the ledger{(figures.ToContain is { } time ? $", half of them within {PeriodReport.Span(time)} of the decision" : "")}.";
        var blocks = new List<ReportBlock>
        {
            new ReportText(
                $"{(figures.Incidents == 1 ? "One incident was" : $"{PeriodReport.Count(figures.Incidents)} incidents were")} seen. {serious} {stopped} "
                + $"The network was watched for {PeriodReport.Percent(record.Coverage.Watched)} of the time.", ReportTone.Lead),
        };
        if (figures.NotAssessed > 0)
            blocks.Add(new ReportText(
                $"{(figures.NotAssessed == 1 ? "One serious incident has" : $"{PeriodReport.Count(figures.NotAssessed)} serious incidents have")} not been assessed; the law takes each for a breach until it is.",
                ReportTone.Warning));
        return [.. blocks];
    }

    private static ReportTable Figures(PeriodFigures now, PeriodFigures before) => new(
        "This period and the one before",
        [new("Figure", 2.4), new("This period", 1), new("Before", 1), new("Change", 0.9)],
        [
            Row("Incidents", now.Incidents, before.Incidents),
                Row("Of these serious or very serious", now.Serious, before.Serious),
            Row("Alerts", now.Alerts, before.Alerts), Row("Containments that took effect", now.Contained, before.Contained),
            Row("Containments undone by people", now.Reversed, before.Reversed),
                Row("Refused by a guardrail", now.Refused, before.Refused),
            Row("Uses of emergency access", now.BreakGlass, before.BreakGlass),
            Row("From event to alert (median)", now.ToAlert, before.ToAlert),
                Row("From decision to effect (median)", now.ToContain, before.ToContain),
            ["Watched", PeriodReport.Percent(now.Watched), PeriodReport.Percent(before.Watched), ""],
        ]);

    private static IReadOnlyList<string> Row(string name, long now, long before) =>
        [name, PeriodReport.Count(now), PeriodReport.Count(before), now == before ? "same" : now > before ? $"+{PeriodReport.Count(now - before)}" : $"−{PeriodReport.Count(before - now)}"];

    private static IReadOnlyList<string> Row(string name, TimeSpan? now, TimeSpan? before) =>
        [name, now is { } one ? PeriodReport.Span(one) : "–", before is { } other ? PeriodReport.Span(other) : "–",
            now is { } a && before is { } b ? a == b ? "same" : a > b ? "slower" : "faster" : ""];

    private static ReportBlock[] Charts(PeriodRecord record, ReportScope scope) =>
    [
        new ReportColumns("Incidents by day", PeriodReport.ByDay(scope, record.Incidents.Select(incident => incident.OpenedAt))),
        new ReportColumns("Alerts by day", PeriodReport.ByDay(scope, record.Alerts.Select(item => item.Alert.At))),
        new ReportBars("Incidents by severity",
            [.. record.Incidents.GroupBy(incident => incident.Severity).OrderByDescending(group => group.Key)
            .Select(group => new ReportBar(group.Key.ToString(), group.Count(), PeriodReport.Count(group.Count())))]),
    ];

    private static ReportBlock[] Causes(PeriodRecord record)
    {
        var causes = record.Incidents.SelectMany(incident => incident.Sources.Select(PlainWords.Cause)
            .Distinct(StringComparer.Ordinal))
            .GroupBy(cause => cause, StringComparer.Ordinal).OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        return causes.Count == 0 ? [new ReportText("There is nothing to tell.")] :
        [
            new ReportTable("In how many incidents it was seen", [new("What was seen", 4), new("Incidents", 0.8)],
                [.. causes.Take(CausesMax)
                    .Select(group => (IReadOnlyList<string>)[Sentence(group.Key), PeriodReport.Count(group.Count())])]),
            new ReportBars("Containments by outcome",
                [.. record.Actions.GroupBy(action => action.State).OrderByDescending(group => group.Count())
                    .ThenBy(group => group.Key)
                .Select(group => new ReportBar(group.Key.ToString(), group.Count(), PeriodReport.Count(group.Count())))]),
        ];
    }

    private static ReportBlock[] Serious(PeriodRecord record)
    {
        var serious = record.Incidents.Where(incident => incident.Severity >= Severity.High)
            .OrderByDescending(incident => incident.Severity).ThenBy(incident => incident.OpenedAt).ToList();
        return serious.Count == 0 ? [new ReportText("There was none.")] :
        [
            new ReportTable(serious.Count > SeriousMax ? $"The {SeriousMax} most serious of {serious.Count}" : "Serious incidents",
                [new("Opened", 1.2), new("How bad", 0.9), new("What", 3), new("Assessment", 1.2)],
                [.. serious.Take(SeriousMax).Select(incident => (IReadOnlyList<string>)
                [
                    ReportFormats.Stamp(incident.OpenedAt), PlainWords.Grave(incident.Severity), incident.Title,
                    record.Acts.LastOrDefault(act => act.Action == "assessed" && act.About == incident.Id)?.Detail
                        ?? "To be assessed",
                ])]),
        ];
    }

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}

/// <summary>A period in figures.</summary>
internal sealed record PeriodFigures(
    int Incidents, int Serious, int NotAssessed, int Alerts, int Contained, int Reversed, int Refused, int BreakGlass,
        double Watched)
{
    public TimeSpan? ToAlert { get; private init; }

    public TimeSpan? ToContain { get; private init; }

    public static PeriodFigures Of(PeriodRecord record)
    {
        var assessed = record.Acts.Where(act => act.Action == "assessed").Select(act => act.About)
            .ToHashSet(StringComparer.Ordinal);
        var serious = record.Incidents.Where(incident => incident.Severity >= Severity.High).ToList();
        var contained = record.Actions.Where(action => action.ContainedAt is not null).ToList();
        return new PeriodFigures(
            record.Incidents.Count, serious.Count, serious.Count(incident => !assessed.Contains(incident.Id)),
                record.Alerts.Count,
            contained.Count, record.Actions.Count(action => action.State == Actions.ActionState.Reversed), record.Refusals.Count,
            record.Alerts.Count(item => item.Alert.IsBreakGlass), record.Coverage.Watched)
        {
            ToAlert = Median(record.Alerts.Select(item => item.RaisedAt - item.Alert.At)),
            ToContain = Median(contained.Select(action => action.ContainedAt!.Value - action.DecidedAt)),
        };
    }

    private static TimeSpan? Median(IEnumerable<TimeSpan> times)
    {
        var ordered = times.Select(time => time < TimeSpan.Zero ? TimeSpan.Zero : time).Order().ToList();
        return ordered.Count == 0 ? null : ordered[ordered.Count / 2];
    }
}
