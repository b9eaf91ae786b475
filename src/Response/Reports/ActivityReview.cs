using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Reports;

/// <summary>The periodic review of activity (45 CFR 164.308(a)(1)(ii)(D)): what was watched, what was strange, who did what about it, who read what.</summary>
public static class ActivityReview
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "activity-review";

    private const int RowsMax = 500;

    /// <summary>The review of a period. Pure; O(entries).</summary>
    public static ReportDocument Of(PeriodRecord record, ReportAuthor author)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(author);
        var scope = new ReportScope(record.From, record.To, "", record.Below);
        return PeriodReport.Of(Kind, "Review of activity", scope, record.AsOf, author) with
        {
            Sections =
            [
                new("What was reviewed", Reviewed(record)),
                new("Coverage and gaps", CoverageSection.Of(record)),
                new("Alerts", Alerts(record, scope)),
                new("Emergency access", EmergencyAccess(record)),
                new("Incidents", Incidents(record)),
                new("Containment", Containment(record)),
                new("What people did", Acts(record)),
                new("Who read data linked to patients", Readings(record)),
                new("Changes of program, rules and settings", Changes(record)),
            ],
        };
    }

    private static ReportBlock[] Reviewed(PeriodRecord record) =>
    [
        new ReportText(
            $"Watched for {PeriodReport.Percent(record.Coverage.Watched)} of the time, with {Some(record.Coverage.Gaps.Count, "gap")}. "
            + $"{Some(record.Alerts.Count, "alert")} led to {Some(record.Incidents.Count, "incident")}; {Some(record.Actions.Count(Done), "containment")} took effect.",
            ReportTone.Lead),
        new ReportFacts(
        [
            new("Period", PeriodReport.Words(new(record.From, record.To, "", 0))),
            new("Source", "The evidence log", $"{PeriodReport.Count(record.EntryCount)} entries; the same log gives this report again, to the byte"),
            new("Law", "45 CFR 164.308(a)(1)(ii)(D)", "Regular review of audit logs, access reports and security incident tracking"),
        ]),
    ];

    private static ReportBlock[] Alerts(PeriodRecord record, ReportScope scope)
    {
        if (record.Alerts.Count == 0)
            return [new ReportText("There was no alert.")];
        var sources = record.Alerts.GroupBy(item => item.Alert.Source, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal);
        return
        [
            new ReportColumns("Alerts by day", PeriodReport.ByDay(scope, record.Alerts.Select(item => item.Alert.At))),
            new ReportTable("Rules and detectors that spoke",
                [new("Rule or detector", 1.5), new("What it says", 3), new("Alerts", 0.6), new("Worst", 0.8)],
                [.. sources.Take(RowsMax).Select(group => (IReadOnlyList<string>)
                [
                    group.Key, PlainWords.Cause(group.Key), PeriodReport.Count(group.Count()),
                        group.Max(item => item.Alert.Severity).ToString(),
                ])]),
        ];
    }

    private static ReportBlock[] EmergencyAccess(PeriodRecord record)
    {
        var accesses = record.Alerts.Where(item => item.Alert.IsBreakGlass).ToList();
        if (accesses.Count == 0)
            return [new ReportText("Nobody used emergency access.")];
        var reviews = record.Acts.Where(act => act.Action is "justified" or "unjustified")
            .ToLookup(act => act.About, StringComparer.Ordinal);
        return
        [
            new ReportTable("Emergency access, which is never blocked and always reviewed",
                [new("When", 1.3), new("Who", 2, true), new("Review", 1.2), new("By", 1), new("What was said", 2)],
                [.. accesses.Take(RowsMax).Select(item => reviews[item.Alert.IncidentId].LastOrDefault() is { } review
                    ? (IReadOnlyList<string>)[ReportFormats.Stamp(item.Alert.At), item.Alert.Entity.Id, review.Action,
                        review.By, review.Detail]
                    : [ReportFormats.Stamp(item.Alert.At), item.Alert.Entity.Id, "Not reviewed", "", ""])]),
        ];
    }

    private static ReportBlock[] Incidents(PeriodRecord record)
    {
        if (record.Incidents.Count == 0)
            return [new ReportText("There was no incident.")];
        var verdicts = record.Acts.Where(act => act.Action == "assessed").ToLookup(act => act.About, StringComparer.Ordinal);
        return
        [
            new ReportBars("Incidents by severity",
                [.. record.Incidents.GroupBy(incident => incident.Severity).OrderByDescending(group => group.Key)
                .Select(group => new ReportBar(group.Key.ToString(), group.Count(), PeriodReport.Count(group.Count())))]),
            new ReportTable(Shown("Incidents", record.Incidents.Count),
                [new("Opened", 1.3), new("Severity", 0.8), new("What", 2.6), new("Alerts", 0.6), new("Assessment", 1.2),
                    new("Incident", 1.5, true)],
                [.. record.Incidents.Take(RowsMax).Select(incident => (IReadOnlyList<string>)
                [
                    ReportFormats.Stamp(incident.OpenedAt), incident.Severity.ToString(), incident.Title,
                        PeriodReport.Count(incident.AlertCount),
                    verdicts[incident.Id].LastOrDefault()?.Detail
                        ?? (incident.Severity >= Severity.High ? "Not assessed" : "–"), incident.Id,
                ])]),
        ];
    }

    private static ReportBlock[] Containment(PeriodRecord record)
    {
        var blocks = new List<ReportBlock>();
        if (record.Actions.Count == 0)
            blocks.Add(new ReportText("Nothing was contained and nothing was proposed."));
        else
            blocks.Add(new ReportTable(Shown("Containments and proposals", record.Actions.Count),
                [new("Decided", 1.3), new("What", 1.8), new("Playbook", 1), new("Came to", 0.9), new("Who agreed", 1.2)],
                [.. record.Actions.Take(RowsMax).Select(action => (IReadOnlyList<string>)
                [
                    ReportFormats.Stamp(action.DecidedAt), $"{action.Kind} of {action.Target}", action.Playbook, action.State.ToString(),
                    Agreed(record, action.IncidentId),
                ])]));
        if (record.Refusals.Count > 0)
            blocks.Add(new ReportTable(Shown("What guardrails refused", record.Refusals.Count),
                [new("When", 1.3), new("What", 1.6), new("Guardrail", 1), new("Why", 2.4)],
                [.. record.Refusals.Take(RowsMax).Select(refusal => (IReadOnlyList<string>)
                    [ReportFormats.Stamp(refusal.At), $"{refusal.Kind} of {refusal.Target}", refusal.Guardrail, refusal.Detail])]));
        return [.. blocks];
    }

    private static ReportBlock[] Acts(PeriodRecord record)
    {
        var acts = record.Acts.Where(act => act.Kind != EvidenceKind.Read).ToList();
        return acts.Count == 0 ? [new ReportText("Nobody decided anything.")] :
        [
            new ReportTable(Shown("Decisions, notes, signatures and changes", acts.Count),
                [new("When", 1.3), new("Who", 1), new("Did", 1), new("About", 1.8, true), new("What was said", 2)],
                [.. acts.Take(RowsMax)
                    .Select(act => (IReadOnlyList<string>)[ReportFormats.Stamp(act.At), act.By, act.Action, act.About,
                        act.Detail])]),
        ];
    }

    private static ReportBlock[] Readings(PeriodRecord record)
    {
        var readers = record.Acts.Where(act => act.Kind == EvidenceKind.Read).GroupBy(act => act.By, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        return readers.Count == 0 ? [new ReportText("Nobody read data that is linked to patients through the monitor.")] :
        [
            new ReportTable(Shown("Readers", readers.Count),
                [new("Who", 1.6), new("Readings", 0.7), new("First", 1.3), new("Last", 1.3), new("What", 2)],
                [.. readers.Take(RowsMax).Select(group => (IReadOnlyList<string>)
                [
                    group.Key, PeriodReport.Count(group.Count()), ReportFormats.Stamp(group.Min(act => act.At)),
                        ReportFormats.Stamp(group.Max(act => act.At)),
                    string.Join(", ", group.Select(act => act.Action).Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal).Take(5)),
                ])]),
        ];
    }

    private static ReportBlock[] Changes(PeriodRecord record) => record.Versions.Count == 0
        ? [new ReportText("Nothing changed.")]
        :
        [
            new ReportTable(Shown("What was in force, from when", record.Versions.Count),
                [new("From", 1), new("SHA-256 of everything in force", 3, true)],
                [.. record.Versions.Take(RowsMax)
                    .Select(version => (IReadOnlyList<string>)[ReportFormats.Stamp(version.At), version.Sha256])]),
        ];

    private static string Agreed(PeriodRecord record, string incidentId) =>
        string.Join(", ", record.Acts.Where(act => act.Kind == EvidenceKind.Approval && act.About == incidentId)
            .Select(act => act.By).Distinct(StringComparer.Ordinal)) is { Length: > 0 } people ? people : "Policy";

    private static bool Done(Actions.ContainmentAction action) => action.ContainedAt is not null;

    private static string Shown(string what, int count) =>
        count > RowsMax ? $"{what}: the first {PeriodReport.Count(RowsMax)} of {PeriodReport.Count(count)}" : what;

    private static string Some(int count, string what) => count == 1 ? $"1 {what}" : $"{PeriodReport.Count(count)} {what}s";
}
