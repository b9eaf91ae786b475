using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>The incident in sentences that need no knowledge of ledgers or detection.</summary>
internal static class ExecutiveSummary
{
    private const int CausesMax = 3;

    public static IReadOnlyList<string> Of(CaseInput input) =>
        [WhatHappened(input.Dossier), WhoIsAffected(input.Dossier), WhatWasDone(input.Dossier), WhatIsOpen(input)];

    private static string WhatHappened(IncidentDossier dossier)
    {
        var incident = dossier.Incident;
        // The strongest alert of each source first: what weighs most is said first.
        var causes = dossier.Alerts.GroupBy(alert => alert.Source, StringComparer.Ordinal)
            .OrderByDescending(group => group.Max(alert => (alert.Severity, alert.Score)))
            .Select(group => PlainWords.Cause(group.Key)).Distinct(StringComparer.Ordinal).Take(CausesMax).ToList();
        var what = causes.Count == 0 ? "unusual activity was noticed" : List(causes);
        var began = dossier.Events.Count > 0 ? dossier.Events[0].At : incident.OpenedAt;
        var lasted = incident.LastAlertAt - began;
        var length = lasted < TimeSpan.FromMinutes(1) ? "It was a single moment" : $"It lasted {Duration(lasted)}";
        return $"On {Day(began)} at {Hour(began)} (UTC), {what}. {length} and concerns {PlainWords.Thing(incident.Principal.Type)}. "
            + $"The monitor holds it for {PlainWords.Grave(incident.Severity)}.";
    }

    private static string WhoIsAffected(IncidentDossier dossier)
    {
        var affected = dossier.Affected();
        if (affected.Persons.Count == 0)
            return "No event in evidence names a patient.";
        var atLeast = affected.Persons.Confidence == CountConfidence.AtLeast ? "at least " : "";
        var reached = affected.PersonsReached.Count == 0 ? "In no case was the act carried out: every attempt was refused."
            : affected.PersonsReached.Count == affected.Persons.Count ? "In every case it was carried out."
            : string.Create(CultureInfo.InvariantCulture, $"For {affected.PersonsReached.Count} of them it was carried out; for the others it was refused or failed.");
        var kinds = affected.Categories.Count == 0 ? ""
            : $" The data concerned: {List([.. affected.Categories.Take(5).Select(pair => pair.Key)])}.";
        return string.Create(CultureInfo.InvariantCulture,
            $"It touches {atLeast}{affected.Persons.Count} {(affected.Persons.Count == 1 ? "person" : "persons")}. {reached}{kinds}");
    }

    private static string WhatWasDone(IncidentDossier dossier)
    {
        var done = dossier.Actions.Where(item => item.Action.ContainedAt is not null).ToList();
        if (done.Count == 0)
            return dossier.Actions.Count == 0
                ? "Nothing was blocked automatically." : "A restriction was proposed or attempted, but none is in force on the ledger.";
        var first = done.MinBy(item => item.Action.ContainedAt)!;
        var kinds = List([.. done.Select(item => PlainWords.Done(item.Action.Kind)).Distinct(StringComparer.Ordinal)]);
        var approvers = done.SelectMany(item => item.Approvals).Select(approval => approval.ApprovedBy)
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var agreed = approvers.Count == 0
            ? "The written policy ordered it without waiting for a person" : $"{List(approvers)} agreed to it";
        var back = done.All(item => item.Action.State is ActionState.Expired or ActionState.Reversed)
            ? "It has ended since." : "It ends by itself, and two people can undo it earlier.";
        return $"To stop it, {kinds}, first at {Hour(first.Action.ContainedAt!.Value)} (UTC). {agreed}. {back}";
    }

    private static string WhatIsOpen(CaseInput input)
    {
        var overdue = input.Clocks.Count(clock => clock.Standing == ClockStanding.Overdue);
        var next = input.Clocks.Where(clock => clock.Standing == ClockStanding.Running).MinBy(clock => clock.DueAt);
        var assessed = input.Case.Assessment is { } assessment
            ? assessment.Conclusion == BreachConclusion.Breach
                ? $"{assessment.By} assessed it as a breach that must be notified." : $"{assessment.By} found a low probability that data was compromised."
            : "Whether it must be notified has not been assessed yet; until then it is taken for a breach.";
        var deadline = overdue > 0 ? string.Create(CultureInfo.InvariantCulture, $" {overdue} {(overdue == 1 ? "deadline is" : "deadlines are")} overdue.")
            : next is null ? "" : $" The next deadline is {Day(next.DueAt!.Value)} at {Hour(next.DueAt.Value)} (UTC): {Lower(next.Title)}.";
        return assessed + deadline;
    }

    private static string List(List<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1],
    };

    private static string Day(DateTimeOffset at) => at.ToUniversalTime().ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Hour(DateTimeOffset at) => at.ToUniversalTime().ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Lower(string title) => title.Length == 0 ? title : char.ToLowerInvariant(title[0]) + title[1..];

    private static string Duration(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => FormattableString.Invariant($"{span.TotalDays:0.#} days"),
        { TotalHours: >= 2 } => FormattableString.Invariant($"{span.TotalHours:0.#} hours"),
        _ => FormattableString.Invariant($"{Math.Max(1, span.TotalMinutes):0} minutes"),
    };
}
