using System.Globalization;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>What the evidence says about one factor, and where it says so.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Text">What the evidence says, for a person to judge.</param>
/// <param name="EventIds">Events that show it, the first of them.</param>
public sealed record FactorEvidence(BreachFactor Factor, string Text, IReadOnlyList<string> EventIds)
{
    private const int EventsMax = 5;

    /// <summary>The factor as the law names it.</summary>
    public static string Name(BreachFactor factor) => factor switch
    {
        BreachFactor.NatureAndExtent => "Nature and extent of the information, and likelihood of re-identification",
        BreachFactor.UnauthorizedPerson => "The unauthorized person who used it or to whom it was disclosed",
        BreachFactor.AcquiredOrViewed => "Whether it was actually acquired or viewed",
        BreachFactor.Mitigation => "How far the risk has been mitigated",
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    /// <summary>The four factors in the law's order, filled from evidence. It prepares a judgment and makes none.</summary>
    public static IReadOnlyList<FactorEvidence> Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        return [Nature(dossier), Person(dossier), Acquired(dossier), Mitigated(dossier)];
    }

    private static FactorEvidence Nature(IncidentDossier dossier)
    {
        var affected = dossier.Affected();
        var kinds = affected.Categories.Count == 0 ? "no event names a category of data"
            : string.Join(", ", affected.Categories.Select(pair => pair.Key));
        return new FactorEvidence(BreachFactor.NatureAndExtent, string.Create(CultureInfo.InvariantCulture,
            $"{affected.Persons.Count} persons and {affected.Records.Count} records, by pseudonym; {kinds}. Biometric samples cannot be replaced once they are known."),
            Ids(dossier.Events.Where(item => item.Subject.Length > 0)));
    }

    private static FactorEvidence Person(IncidentDossier dossier)
    {
        var actors = dossier.Events.GroupBy(item => (item.Actor, item.ActorRole, item.Organization)).OrderByDescending(group =>
            group.Count()).Take(3)
            .Select(group => string.Create(CultureInfo.InvariantCulture,
                $"{group.Key.Actor}{(group.Key.ActorRole.Length > 0 ? $" ({group.Key.ActorRole})" : "")} of {(group.Key.Organization.Length > 0 ? group.Key.Organization : "an unnamed organization")}, {group.Count()} events"));
        var text = string.Join("; ", actors);
        return new FactorEvidence(BreachFactor.UnauthorizedPerson, text.Length == 0 ? "No event in evidence names an actor." : $"Most active: {text}.", Ids(dossier.Events));
    }

    private static FactorEvidence Acquired(IncidentDossier dossier)
    {
        var done = dossier.Events.Where(item => item.IsCarriedOut && item.Subject.Length > 0).ToList();
        var acts = done.GroupBy(item => item.Act, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(4)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()} times"));
        return new FactorEvidence(BreachFactor.AcquiredOrViewed, done.Count == 0
            ? "No act about a person was carried out: all were refused or reverted, as far as the events in evidence show."
            : string.Create(CultureInfo.InvariantCulture, $"{done.Count} acts about persons were carried out: {string.Join(", ", acts)}."), Ids(done));
    }

    private static FactorEvidence Mitigated(IncidentDossier dossier)
    {
        var contained = dossier.Actions.Where(item => item.Action.ContainedAt is not null).ToList();
        if (contained.Count == 0)
            return new FactorEvidence(BreachFactor.Mitigation, "No containment took effect on the ledger.", []);
        var first = contained.Min(item => item.Action.ContainedAt)!.Value;
        var after = dossier.Events.Count(item => item.At > first);
        var inForce = contained.Count(item => item.Action.State is ActionState.Confirmed or ActionState.Reconciled);
        return new FactorEvidence(BreachFactor.Mitigation, string.Create(CultureInfo.InvariantCulture,
            $"{(contained.Count == 1 ? "One containment" : $"{contained.Count} containments")} took effect, the first at {ReportFormats.Stamp(first)}; {inForce} in force now. {after} events in evidence are later than that."),
            Ids(dossier.Events.Where(item => item.At > first)));
    }

    private static List<string> Ids(IEnumerable<DossierEvent> events) => [.. events.Take(EventsMax).Select(item => item.Id)];
}
