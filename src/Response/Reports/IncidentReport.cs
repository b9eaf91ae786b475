using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>What a report about an incident is written from. The same input gives the same report.</summary>
/// <param name="Dossier">What the monitor knows.</param>
/// <param name="Case">What people recorded.</param>
/// <param name="Clocks">The deadlines as of the dossier's moment.</param>
/// <param name="Controller">Who is answerable.</param>
public sealed record CaseInput(
    IncidentDossier Dossier, ComplianceCase Case, IReadOnlyList<RegimeClock> Clocks, ControllerProfile Controller)
{
    /// <summary>Input with the clocks computed as of the dossier's moment.</summary>
    public static CaseInput Of(
        IncidentDossier dossier, ComplianceCase recorded, IReadOnlyList<Regime> regimes, ControllerProfile controller)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        ArgumentNullException.ThrowIfNull(recorded);
        var persons = dossier.Affected().Persons;
        var facts = recorded.FactsWith(persons.Confidence == CountConfidence.Exact ? persons.Count : null);
        return new CaseInput(dossier, recorded, ClockEngine.Of(regimes, controller, facts, dossier.CollectedAt), controller);
    }
}

/// <summary>The incident report: fourteen sections, the last of which are the signatures.</summary>
public static class IncidentReport
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "incident";

    /// <summary>The report. Pure; O(alerts + events).</summary>
    public static ReportDocument Of(CaseInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (dossier, incident) = (input.Dossier, input.Dossier.Incident);
        return new ReportDocument
        {
            Kind = Kind,
            Id = $"{Kind}/{incident.Id}",
            Title = "Incident report",
            Subtitle = incident.Title,
            Organization = input.Controller.Name,
            AsOf = dossier.CollectedAt,
            WrittenBy = $"SentinelHealth {dossier.Versions.Program}",
            Sections =
            [
                new("Identification and classification", Identification(input)),
                new("Executive summary", [.. ExecutiveSummary.Of(input).Select((text, i) => new ReportText(text, i == 0 ? ReportTone.Lead : ReportTone.Plain))]),
                new("Key dates", KeyDates(input)),
                new("Persons and records affected", AffectedSection.Counts(dossier)),
                new("Categories of data and their sensitivity", AffectedSection.Categories(dossier)),
                new("Who and what was involved", Involved(dossier)),
                new("Timeline", TimelineSection.Of(dossier)),
                new("How it was detected", DetectionSection.Of(dossier)),
                new("Containment: what was done and who agreed", ContainmentSection.Of(dossier)),
                new("Assessment of the risk", AssessmentSection.Of(input)),
                new("Notifications and deadlines", ClockSection.Of(input)),
                new("Cause, lessons and improvement", Causes(input.Case)),
                new("Evidence", EvidenceSection.Of(dossier)),
            ],
        };
    }

    private static ReportBlock[] Identification(CaseInput input)
    {
        var (incident, dossier) = (input.Dossier.Incident, input.Dossier);
        var verdict = dossier.Dispositions.LastOrDefault(item => item.AlertId.Length == 0);
        return
        [
            new ReportFacts(
            [
                new("Incident", incident.Id, string.Create(CultureInfo.InvariantCulture, $"Version {incident.Version} of it")),
                new("Severity", incident.Severity.ToString(), string.Create(CultureInfo.InvariantCulture,
                    $"{incident.SourceCount} independent rules and models agree; highest score {incident.Score:0.00} of 1")),
                new("Furthest stage", incident.Stage == AttackStage.Unknown ? "No technique says" : incident.Stage.ToString()),
                new("Standing", StandingOf(dossier)),
                new("Verdict", verdict is null ? "None recorded yet" : $"{verdict.Verdict} ({verdict.By})", verdict?.Reason ?? ""),
                new("Alerts closed by people", ClosedOf(dossier)),
                new("Emergency access", incident.IsBreakGlass ? "Every alert is emergency access: reviewed, never blocked" : "No"),
                new("Merged and split", incident.MergedInto.Length > 0 ? $"Continues in {incident.MergedInto}"
                    : incident.SplitFrom.Length > 0 ? $"Was split from {incident.SplitFrom}" : "Stands by itself"),
                new("Tags", incident.Tags.Count == 0 ? "None" : string.Join(", ", incident.Tags)),
                new("Answerable", input.Controller.Name.Length == 0 ? "Not configured" : input.Controller.Name, input.Controller.Contact),
            ]),
        ];
    }

    /// <summary>As what people closed alerts, the newest word of each; what was opened again since is in the timeline.</summary>
    private static string ClosedOf(IncidentDossier dossier)
    {
        var closed = dossier.Dispositions.Where(item => item.AlertId.Length > 0)
            .GroupBy(item => item.AlertId, StringComparer.Ordinal)
            .Select(group => group.Last().Verdict).CountBy(verdict => verdict)
            .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).ToList();
        return closed.Count == 0 ? "None" : string.Create(CultureInfo.InvariantCulture,
            $"{closed.Sum(count => count.Value)} of {dossier.Alerts.Count}: {string.Join(", ", closed.Select(count => $"{count.Key} {count.Value}"))}");
    }

    private static string StandingOf(IncidentDossier dossier)
    {
        if (dossier.Actions.Count == 0)
            return "Nothing was contained";
        var inForce = dossier.Actions.Count(item => item.Action.State is ActionState.Confirmed or ActionState.Reconciled);
        var ended = dossier.Actions.Count(item => item.Action.State is ActionState.Expired or ActionState.Reversed);
        return string.Create(CultureInfo.InvariantCulture,
            $"{inForce} containments in force, {ended} ended, {dossier.Actions.Count - inForce - ended} proposed, under way or refused");
    }

    private static ReportBlock[] KeyDates(CaseInput input)
    {
        var dates = KeyDateList.Of(input);
        var rows = dates.Select(date => (IReadOnlyList<string>)
            [date.Name, date.At is { } at ? ReportFormats.Stamp(at) : "Not recorded", date.Basis]);
        var blocks = new List<ReportBlock> { new ReportTable("Key dates", [new("Date"), new("When", 1.5), new("How it was established", 2.6)], [.. rows]) };
        if (input.Case.Facts.DiscoveredAt is null && input.Case.Facts.AwareAt is null)
            blocks.Add(new ReportText("Nobody has recorded yet when this was discovered or when the organization became aware. Deadlines count from these moments.", ReportTone.Warning));
        return [.. blocks];
    }

    private static ReportBlock[] Involved(IncidentDossier dossier)
    {
        var alerts = dossier.Alerts;
        var rows = dossier.Incident.Entities.Select(entity => (IReadOnlyList<string>)
        [
            entity.Type.ToString(), entity.Id,
            entity == dossier.Incident.Principal ? "What most alerts are about" : "Involved",
            alerts.Count(alert => alert.Entity == entity || alert.RelatedEntities.Contains(entity))
                .ToString(CultureInfo.InvariantCulture),
            dossier.Actions.Any(item => item.Action.Target == entity && item.Action.ContainedAt is not null) ? "Yes" : "No",
        ]);
        return
        [
            new ReportTable("Accounts, computers, patients and other things, by pseudonym",
                [new("Kind", 0.8), new("Identifier", 2.4, true), new("Part", 1.2), new("Alerts", 0.6), new("Contained", 0.8)], [.. rows]),
            new ReportText("Identifiers are pseudonyms. Whoever holds the key to them can say whom they stand for; this report cannot.", ReportTone.Note),
        ];
    }

    private static ReportBlock[] Causes(ComplianceCase recorded) =>
    [
        new ReportFacts(
        [
            new("Root cause", recorded.RootCause.Length > 0 ? recorded.RootCause : "Not established yet"),
            new("Lessons and improvements", recorded.Lessons.Length > 0 ? recorded.Lessons : "None recorded yet", "NIST CSF 2.0, Improvement (ID.IM)"),
        ]),
    ];
}
