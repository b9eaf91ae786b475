using System.Globalization;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>The worksheet of a breach assessment: four factors filled from evidence, with a person's reasons where there are any.</summary>
public static class AssessmentWorksheet
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "assessment";

    /// <summary>The worksheet. Pure; O(events).</summary>
    public static ReportDocument Of(CaseInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var events = FactorEvidence.Of(input.Dossier).SelectMany(item => item.EventIds.Select(id => (item.Factor, Id: id)));
        var digests = input.Dossier.Events.ToDictionary(item => item.Id, item => item.Sha256, StringComparer.Ordinal);
        return CaseReport.Of(input, Kind, "Breach assessment worksheet",
        [
            new("Assessment of the risk", AssessmentSection.Of(input)),
            new("Persons and records affected", AffectedSection.Counts(input.Dossier)),
            new("Evidence for each factor",
            [
                new ReportTable("Events that the factors point to", [new("Factor", 2), new("Event", 1.6, true), new("SHA-256", 2.4, true)],
                    [.. events.Select(item => (IReadOnlyList<string>)
                        [FactorEvidence.Name(item.Factor), item.Id, digests.GetValueOrDefault(item.Id, "")])]),
                new ReportText("The burden of proof lies with the organization (45 CFR 164.414(b)); this worksheet is kept for six years.", ReportTone.Note),
            ]),
        ]);
    }
}

/// <summary>What GDPR Article 33(3) asks for, in phases: initial while something is missing, follow-up, final when nothing is.</summary>
public static class AuthorityNotification
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "gdpr-33";

    /// <summary>The form. Pure; O(events).</summary>
    public static ReportDocument Of(CaseInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (dossier, recorded) = (input.Dossier, input.Case);
        var filings = recorded.Facts.Filings.Where(filing => filing.Regime == "gdpr-33").ToList();
        var isWhole = recorded.RootCause.Length > 0 && recorded.Assessment is not null;
        var phase = isWhole ? "Final" : filings.Count > 0 ? "Follow-up" : "Initial";
        var clock = input.Clocks.FirstOrDefault(clock => clock.Regime == "gdpr-33");
        var isLate = recorded.Facts.AwareAt is { } aware && dossier.CollectedAt - aware > TimeSpan.FromHours(72);
        var reason = filings.Select(filing => filing.DelayReason).LastOrDefault(text => text.Length > 0);
        return CaseReport.Of(input, Kind, $"Notification to the supervisory authority: {phase.ToLowerInvariant()}",
        [
            new("Phase and time", [new ReportFacts(
            [
                new("Phase", phase, isWhole ? "Cause and assessment are recorded" : "Further information follows in phases (Article 33(4))"),
                new("Aware since", recorded.Facts.AwareAt is { } at ? ReportFormats.Stamp(at) : "Not recorded"),
                new("Due", clock?.DueAt is { } due ? ReportFormats.Stamp(due) : "Unknown", clock?.Basis ?? ""),
                new("Reasons for the delay", isLate || reason is not null ? reason ?? "To be stated: more than 72 hours have passed" : "Not late"),
            ])]),
            new("Nature of the breach (a)", [.. ExecutiveSummary.Of(input).Take(2).Select(text => new ReportText(text))]),
            new("Numbers of persons and records (a)", AffectedSection.Counts(dossier)),
            new("Categories of data (a)", AffectedSection.Categories(dossier)),
            new("Contact (b)", [new ReportFacts([new("Contact", input.Controller.Contact.Length > 0 ? input.Controller.Contact : "Not configured")])]),
            new("Likely consequences (c)", [new ReportFacts([new("Assessment", recorded.Assessment?.Rationale ?? "Not assessed yet")])]),
            new("Measures taken or proposed (d)", [.. ContainmentSection.Of(dossier), new ReportFacts([new("Further", recorded.Lessons.Length > 0 ? recorded.Lessons : "None recorded yet")])]),
        ]);
    }
}

/// <summary>What was done to the network because of one incident, by whom, and what was refused.</summary>
public static class ResponseAudit
{
    /// <summary>The report's kind and the beginning of its identifier.</summary>
    public const string Kind = "response-audit";

    /// <summary>The audit. Pure; O(actions).</summary>
    public static ReportDocument Of(CaseInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var steps = input.Dossier.Actions.SelectMany(item => item.Steps.Select(step => (item.Action, Step: step)))
            .OrderBy(pair => pair.Step.At);
        return CaseReport.Of(input, Kind, "Response audit",
        [
            new("Containment: what was done and who agreed", ContainmentSection.Of(input.Dossier)),
            new("Every transition", [new ReportTable("Transitions, oldest first", [new("When", 1.5), new("Action", 1.6), new("State", 0.8), new("By", 0.8), new("What was said", 2.4)],
                [.. steps.Select(pair => (IReadOnlyList<string>)
                    [ReportFormats.Stamp(pair.Step.At), $"{pair.Action.Kind} of {pair.Action.Target}", pair.Step.State.ToString(), pair.Step.By, pair.Step.Detail])])]),
            new("What decided", [new ReportTable("Versions and digests", [new("Kind", 0.7), new("Name", 1.4), new("Version", 1.4), new("SHA-256", 2.6, true)],
                [.. input.Dossier.Versions.Parts.Select(part => (IReadOnlyList<string>)[part.Kind, part.Name, part.Version,
                    part.Sha256])])]),
        ]);
    }
}

/// <summary>One entry for each breach, notified or not (GDPR Article 33(5)), and the log of those below 500 persons (45 CFR 164.408(c)).</summary>
public static class BreachRegister
{
    /// <summary>The report's kind and identifier.</summary>
    public const string Kind = "breach-register";

    /// <summary>The register. Pure; O(cases × regimes).</summary>
    /// <param name="cases">What was recorded, with the deadlines as of <paramref name="asOf"/>.</param>
    /// <param name="controller">Who is answerable.</param>
    /// <param name="asOf">As of when it holds.</param>
    /// <param name="program">The program's version.</param>
    public static ReportDocument Of(
        IReadOnlyList<(ComplianceCase Case, IReadOnlyList<RegimeClock> Clocks)> cases, ControllerProfile controller,
            DateTimeOffset asOf, string program)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(controller);
        var standings = cases.SelectMany(item => item.Clocks).GroupBy(clock => clock.Standing).OrderBy(group => group.Key);
        return new ReportDocument
        {
            Kind = Kind,
            Id = Kind,
            Title = "Breach register",
            Subtitle = "Every recorded case, with its effects and what was done",
            Organization = controller.Name,
            AsOf = asOf,
            WrittenBy = $"SentinelHealth {program}",
            Sections =
            [
                new("Cases", [new ReportTable("Recorded cases", [new("Incident", 1.6, true), new("Discovered", 1.3), new("Aware", 1.3), new("Persons", 0.7), new("Conclusion", 1.1), new("Cause", 1.8), new("Improvement", 1.8)],
                    [.. cases.Select(item => Row(item.Case))])]),
                new("Deadlines", [new ReportBars("Deadlines by standing", [.. standings.Select(group =>
                    new ReportBar(group.Key.ToString(), group.Count(), group.Count().ToString(CultureInfo.InvariantCulture)))])]),
            ],
        };
    }

    private static IReadOnlyList<string> Row(ComplianceCase recorded) =>
    [
        recorded.IncidentId,
        recorded.Facts.DiscoveredAt is { } discovered ? ReportFormats.Stamp(discovered) : "–",
        recorded.Facts.AwareAt is { } aware ? ReportFormats.Stamp(aware) : "–",
        recorded.Facts.Persons?.ToString(CultureInfo.InvariantCulture) ?? "–",
        recorded.Assessment is null ? "Not assessed: taken for a breach" : recorded.Assessment.Conclusion == BreachConclusion.Breach ? "Breach" : "Low probability",
        recorded.RootCause, recorded.Lessons,
    ];
}

/// <summary>What every report about one incident has in common.</summary>
internal static class CaseReport
{
    public static ReportDocument Of(CaseInput input, string kind, string title, IReadOnlyList<ReportSection> sections) => new()
    {
        Kind = kind,
        Id = $"{kind}/{input.Dossier.Incident.Id}",
        Title = title,
        Subtitle = input.Dossier.Incident.Title,
        Organization = input.Controller.Name,
        AsOf = input.Dossier.CollectedAt,
        WrittenBy = $"SentinelHealth {input.Dossier.Versions.Program}",
        Sections = sections,
    };
}
