using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>Who and what was affected, each count with its query.</summary>
internal static class AffectedSection
{
    private const int SubjectsMax = 200;

    public static ReportBlock[] Counts(IncidentDossier dossier)
    {
        var affected = dossier.Affected();
        AffectedCount[] counts = [affected.Persons, affected.PersonsReached, affected.Records, affected.Accesses];
        var rows = counts.Select(count => (IReadOnlyList<string>)
        [
            count.What, count.Count.ToString(CultureInfo.InvariantCulture), count.Confidence == CountConfidence.Exact ? "exact" : "at least", count.Query, count.Basis,
        ]);
        var subjects = affected.Subjects.Take(SubjectsMax).Select(subject => (IReadOnlyList<string>)
        [
            subject,
            dossier.Events.Count(item => item.Subject == subject).ToString(CultureInfo.InvariantCulture),
            dossier.Events.Any(item => item.Subject == subject && item.IsCarriedOut) ? "Yes" : "No",
        ]).ToList();
        var blocks = new List<ReportBlock>
        {
            new ReportTable("Counts, with the exact query and how far to trust it",
                [new("What", 0.9), new("Count", 0.6), new("Confidence", 0.8), new("Query", 2.6, true), new("Basis", 2.2)], [.. rows]),
        };
        if (subjects.Count > 0)
            blocks.Add(new ReportTable(
                affected.Subjects.Count > SubjectsMax
                    ? string.Create(CultureInfo.InvariantCulture, $"The first {SubjectsMax} of {affected.Subjects.Count} persons, by pseudonym") : "Persons, by pseudonym",
                [new("Person", 2.5, true), new("Events", 0.8), new("Carried out", 0.9)], subjects));
        if (affected.Organizations.Count > 0)
            blocks.Add(new ReportText($"Organizations whose people or computers acted: {string.Join(", ", affected.Organizations)}."));
        return [.. blocks];
    }

    public static ReportBlock[] Categories(IncidentDossier dossier)
    {
        var categories = dossier.Affected().Categories;
        if (categories.Count == 0)
            return [new ReportText("No event in evidence names a category of data. Access to a ledger of health data is taken for access to health data.")];
        return
        [
            new ReportBars("Events by category of data", [.. categories.Take(12).Select(pair =>
                new ReportBar(pair.Key, pair.Value, pair.Value.ToString(CultureInfo.InvariantCulture)))]),
            new ReportTable("Sensitivity", [new("Category"), new("Sensitivity", 2.4)],
                [.. categories.Select(pair => (IReadOnlyList<string>)[pair.Key, PlainWords.Sensitivity(pair.Key)])]),
        ];
    }
}

/// <summary>Everything in the order it happened, with the phase of incident response (NIST CSF 2.0).</summary>
internal static class TimelineSection
{
    private const int RowsMax = 120;

    public static ReportBlock[] Of(IncidentDossier dossier)
    {
        var entries = Entries(dossier).OrderBy(entry => entry.At).ThenBy(entry => entry.What, StringComparer.Ordinal).ToList();
        var shown = entries.Count <= RowsMax ? entries : [.. entries.Take(RowsMax / 2), .. entries.TakeLast(RowsMax / 2)];
        var caption = entries.Count <= RowsMax ? "What happened when"
            : string.Create(CultureInfo.InvariantCulture, $"What happened when: the first and last {RowsMax / 2} of {entries.Count} entries");
        var marks = entries.Where(entry => entry.Lane.Length > 0).Select(entry => new ReportMark(entry.At, entry.Lane,
            entry.What));
        return
        [
            new ReportTimeline("Alerts and actions in time", [.. marks]),
            new ReportTable(caption, [new("When", 1.5), new("Who", 1), new("What", 3.2), new("Phase", 0.7)],
                [.. shown.Select(entry => (IReadOnlyList<string>)[ReportFormats.Stamp(entry.At), entry.Who, entry.What,
                    entry.Phase])]),
            new ReportText("Phases: DE.AE adverse event analysis, RS.MA management, RS.MI mitigation, RS.CO communication, RC.RP recovery (NIST SP 800-61r3).", ReportTone.Note),
        ];
    }

    private static IEnumerable<Entry> Entries(IncidentDossier dossier)
    {
        foreach (var alert in dossier.Alerts)
            yield return new Entry(alert.At, alert.Source, alert.Reason, "DE.AE", $"{alert.Severity} alerts");
        foreach (var action in dossier.Actions)
        {
            foreach (var step in action.Steps)
                yield return new Entry(step.At, step.By, $"{action.Action.Kind} of {action.Action.Target}: {step.State}. {step.Detail}",
                    step.State is Actions.ActionState.Reversed or Actions.ActionState.Expired ? "RC.RP" : "RS.MI", "Actions");
            foreach (var approval in action.Approvals)
                yield return new Entry(approval.ApprovedAt, approval.ApprovedBy, $"Approved {action.Action.Kind} of {action.Action.Target}.", "RS.MA", "Approvals");
        }
        foreach (var refusal in dossier.Refusals)
            yield return new Entry(refusal.At, refusal.Guardrail, $"{refusal.Kind} of {refusal.Target} was refused: {refusal.Detail}", "RS.MI", "Refusals");
        foreach (var note in dossier.Notes)
            yield return new Entry(note.At, note.By, note.Text, "RS.MA", "");
        foreach (var verdict in dossier.Dispositions)
            yield return new Entry(verdict.At, verdict.By, verdict.AlertId.Length == 0 ? $"Verdict {verdict.Verdict}: {verdict.Reason}"
                : $"Alert {verdict.AlertId} closed as {verdict.Verdict}: {verdict.Reason}", "RS.MA", "");
        foreach (var reading in dossier.Readings)
            yield return new Entry(reading.At, reading.Reader, $"Read evidence about patients: {reading.Query}", "RS.MA", "");
    }

    private sealed record Entry(DateTimeOffset At, string Who, string What, string Phase, string Lane);
}

/// <summary>Which rules and models spoke, with what weight.</summary>
internal static class DetectionSection
{
    private const int AlertsPerSource = 3, FeaturesMax = 10, AlertFeaturesMax = 3;

    public static ReportBlock[] Of(IncidentDossier dossier)
    {
        var sources = dossier.Alerts.GroupBy(alert => (alert.Source, alert.Kind)).OrderByDescending(group => group.Max(alert =>
            alert.Score))
            .ThenBy(group => group.Key.Source, StringComparer.Ordinal).ToList();
        var strongest = sources.SelectMany(group => group.OrderByDescending(alert => (alert.Severity, alert.Score))
            .ThenBy(alert => alert.At).Take(AlertsPerSource));
        return
        [
            new ReportTable("Rules and models that agree", [new("Source"), new("Kind", 0.6), new("Alerts", 0.5), new("Highest score", 0.8), new("In plain words", 2.6)],
                [.. sources.Select(group => (IReadOnlyList<string>)
                [
                    group.Key.Source, group.Key.Kind.ToString(), group.Count().ToString(CultureInfo.InvariantCulture),
                    group.Max(alert => alert.Score).ToString("0.00", CultureInfo.InvariantCulture), PlainWords.Cause(group.Key.Source),
                ])]),
            new ReportBars("What weighs most in the alerts: share of the score, by observation", Features(dossier)),
            new ReportTable("The strongest alerts of each source", [new("When", 1.4), new("Source", 0.9), new("Severity", 0.7), new("Score", 0.5), new("Reason", 2.4), new("Observed, and what was expected", 2.2)],
                [.. strongest.Select(Row)]),
        ];
    }

    private static IReadOnlyList<string> Row(Alert alert) =>
    [
        ReportFormats.Stamp(alert.At), alert.Source, alert.Severity.ToString(), alert.Score.ToString("0.00", CultureInfo.InvariantCulture), alert.Reason,
        string.Join("; ", alert.Contributions.Take(AlertFeaturesMax).Select(part => $"{part.Feature}: {part.Value} (expected {part.Expected})"))
            + (alert.WouldBeNormalIf.Length > 0 ? $". It would be normal if {alert.WouldBeNormalIf}." : ""),
    ];

    private static List<ReportBar> Features(IncidentDossier dossier)
    {
        var parts = dossier.Alerts.SelectMany(alert => alert.Contributions).ToList();
        var whole = parts.Sum(part => part.Share);
        return whole <= 0 ? [] : [.. parts.GroupBy(part => part.Feature, StringComparer.Ordinal)
            .Select(group => (Name: group.Key, Share: group.Sum(part => part.Share) / whole))
            .OrderByDescending(part => part.Share).ThenBy(part => part.Name, StringComparer.Ordinal).Take(FeaturesMax)
            .Select(part => new ReportBar(part.Name, part.Share, part.Share.ToString("P0", CultureInfo.InvariantCulture)))];
    }
}

/// <summary>What was contained, by which transaction, and who agreed to exactly what.</summary>
internal static class ContainmentSection
{
    public static ReportBlock[] Of(IncidentDossier dossier)
    {
        var blocks = new List<ReportBlock>();
        if (dossier.Actions.Count == 0)
            blocks.Add(new ReportText("Nothing was contained or proposed."));
        foreach (var item in dossier.Actions)
            blocks.Add(Card(item));
        var approvals = dossier.Actions.SelectMany(item => item.Approvals.Select(approval => (item, approval, "contain"))
            .Concat(item.ReversalApprovals.Select(approval => (item, approval, "undo")))
            .Concat(item.RenewalApprovals.Select(approval => (item, approval, "keep")))).ToList();
        if (approvals.Count > 0)
            blocks.Add(new ReportTable("Who agreed, and to exactly what", [new("Who"), new("When", 1.5), new("To", 0.6), new("Of", 1.6), new("Hash of what they agreed to", 2.6, true)],
                [.. approvals.Select(row => (IReadOnlyList<string>)
                    [row.approval.ApprovedBy, ReportFormats.Stamp(row.approval.ApprovedAt), row.Item3, $"{row.item.Action.Kind} of {row.item.Action.Target}", row.approval.Binding])]));
        if (dossier.Refusals.Count > 0)
            blocks.Add(new ReportTable("What guardrails refused", [new("When", 1.5), new("What", 1.6), new("Guardrail"), new("Why", 2.4)],
                [.. dossier.Refusals.Select(refusal => (IReadOnlyList<string>)
                    [ReportFormats.Stamp(refusal.At), $"{refusal.Kind} of {refusal.Target}", refusal.Guardrail, refusal.Detail])]));
        return [.. blocks];
    }

    private static ReportFacts Card(DossierAction item)
    {
        var action = item.Action;
        var receipts = item.Receipts();
        return new ReportFacts(
        [
            new("Action", $"{action.Kind} of {action.Target}", action.Reason),
            new("Standing", $"{action.State} since {ReportFormats.Stamp(action.ChangedAt)}", action.Detail),
            new("Asked for by", $"{item.RequestedBy} ({item.Mode})", $"Playbook {action.Playbook}; lasts {action.Ttl}"),
            new("Ledger", receipts.Count == 0 ? "No transaction" : string.Join("; ", receipts.Select(receipt => $"{receipt.Step}: {receipt.TransactionId}")),
                action.Block is { } block ? string.Create(CultureInfo.InvariantCulture, $"Block {block}") : ""),
            new("In force", action.ContainedAt is { } from
                ? $"{ReportFormats.Stamp(from)} to {(action.ExpiresAt is { } until ? ReportFormats.Stamp(until) : "unknown")}" : "Never"),
            new("How it is undone", action.ReversalTransactionId.Length > 0 ? $"Undone by {action.ReversedBy}"
                : "By two people in another role, or by itself when its time ends"),
            new("Evidence the decision saw", action.EvidenceHash, "SHA-256 of the canonical evidence, also on the ledger"),
        ]);
    }
}

/// <summary>The four factors and the risk to persons.</summary>
internal static class AssessmentSection
{
    public static ReportBlock[] Of(CaseInput input)
    {
        if (input.Case.Assessment is not { } assessment)
            return
            [
                new ReportText("No assessment has been recorded. A breach is presumed until a low probability of compromise is shown (45 CFR 164.402).", ReportTone.Warning),
                new ReportTable("What the evidence says about the four factors", [new("Factor"), new("Evidence", 3.4)],
                    [.. FactorEvidence.Of(input.Dossier).Select(item =>
                        (IReadOnlyList<string>)[FactorEvidence.Name(item.Factor), item.Text])]),
            ];
        return
        [
            new ReportFacts(
            [
                new("Conclusion", assessment.Conclusion == BreachConclusion.Breach
                    ? "A breach that must be notified" : "A low probability that information was compromised", assessment.Rationale),
                new("Risk to persons (GDPR Article 34)", assessment.IsHighRisk ? "High" : "Not high"),
                new("Assessed by", assessment.By, ReportFormats.Stamp(assessment.At)),
            ]),
            new ReportTable("The four factors (45 CFR 164.402(2))", [new("Factor"), new("Risk", 0.6), new("Reason", 2.4), new("Evidence", 2.4)],
                [.. FactorEvidence.Of(input.Dossier).Select(item =>
                {
                    var answer = assessment.Factors.First(given => given.Factor == item.Factor);
                    return (IReadOnlyList<string>)[FactorEvidence.Name(item.Factor), answer.Risk.ToString(), answer.Rationale,
                        item.Text];
                })]),
        ];
    }
}

/// <summary>Which duties to tell apply and how much time they leave.</summary>
internal static class ClockSection
{
    public static ReportBlock[] Of(CaseInput input)
    {
        var applying = input.Clocks.Where(clock => clock.Standing != ClockStanding.NotApplicable).ToList();
        var blocks = new List<ReportBlock>();
        if (applying.Count == 0)
            blocks.Add(new ReportText("No duty to notify applies, for the reasons below."));
        else
            blocks.Add(new ReportTable("Deadlines", [new("Duty", 1.6), new("Law", 1.2), new("Standing", 0.8), new("Due", 1.4), new("How it was computed", 2.4)],
                [.. applying.Select(Row)]));
        var others = input.Clocks.Where(clock => clock.Standing == ClockStanding.NotApplicable).ToList();
        if (others.Count > 0)
            blocks.Add(new ReportTable("Duties that do not apply", [new("Duty", 1.6), new("Law", 1.4), new("Why not", 2.6)],
                [.. others.Select(clock => (IReadOnlyList<string>)[$"{clock.Title} ({clock.Phase})", clock.Law, clock.Basis])]));
        if (input.Case.Facts.Pauses.Count > 0)
            blocks.Add(new ReportTable("Stops", [new("Reason"), new("From", 1.2), new("Until", 1.2), new("Recorded by"), new("Reference", 1.4)],
                [.. input.Case.Facts.Pauses.Select(pause => (IReadOnlyList<string>)
                    [pause.Reason, ReportFormats.Stamp(pause.From), pause.Until is { } until ? ReportFormats.Stamp(until) : "lasting", pause.By, pause.Reference])]));
        return [.. blocks];
    }

    private static IReadOnlyList<string> Row(RegimeClock clock) =>
    [
        $"{clock.Title} ({clock.Phase}{(clock.State.Length > 0 ? $", {clock.State}" : "")})", clock.Law, Name(clock.Standing),
        clock.DueAt is { } due ? ReportFormats.Stamp(due) : "–",
        clock.Filing is { } filing
            ? $"{clock.Basis} Done {ReportFormats.Stamp(filing.At)} by {filing.By}, {filing.Reference}. {filing.DelayReason}" : clock.Basis,
    ];

    private static string Name(ClockStanding standing) => standing switch
    {
        ClockStanding.NeedsFacts => "Needs facts",
        ClockStanding.NotStarted => "Not started",
        ClockStanding.MetLate => "Done late",
        ClockStanding.Met => "Done",
        ClockStanding.NotApplicable => "Does not apply",
        _ => standing.ToString(),
    };
}

/// <summary>What the report rests on, so that everyone can check it.</summary>
internal static class EvidenceSection
{
    private const int EventsMax = 100;

    public static ReportBlock[] Of(IncidentDossier dossier)
    {
        var events = dossier.Events;
        return
        [
            new ReportText("The evidence pack of this incident holds every record with its proofs; the command \"sentinel evidence verify\" checks it offline. Digests are SHA-256 over the bytes as received."),
            new ReportTable(events.Count <= EventsMax ? "Events in evidence"
                : string.Create(CultureInfo.InvariantCulture, $"The first {EventsMax} of {events.Count} events in evidence"),
                [new("When", 1.5), new("Event", 1.5, true), new("Act", 1.3), new("Outcome", 0.7), new("SHA-256", 2.4, true)],
                [.. events.Take(EventsMax).Select(item => (IReadOnlyList<string>)[ReportFormats.Stamp(item.At), item.Id,
                    item.Act, item.Outcome, item.Sha256])]),
            new ReportFacts(
            [
                new("Events in evidence", events.Count.ToString(CultureInfo.InvariantCulture)),
                new("Events that are not kept", dossier.MissingEventIds.Count.ToString(CultureInfo.InvariantCulture)),
                new("Readings of evidence about these patients", dossier.Readings.Count.ToString(CultureInfo.InvariantCulture)),
            ]),
            new ReportTable("What decided: versions and digests", [new("Kind", 0.7), new("Name", 1.4), new("Version", 1.4), new("SHA-256", 2.6, true)],
                [.. dossier.Versions.Parts.Select(part => (IReadOnlyList<string>)[part.Kind, part.Name, part.Version,
                    part.Sha256])]),
        ];
    }
}
