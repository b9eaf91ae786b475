using System.Globalization;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Reports;

/// <summary>A date that regulators ask for, and how it is known.</summary>
internal sealed record KeyDate(string Name, DateTimeOffset? At, string Basis);

/// <summary>When it happened, was noticed, was known and was ended.</summary>
internal static class KeyDateList
{
    public static IReadOnlyList<KeyDate> Of(CaseInput input)
    {
        var (dossier, facts) = (input.Dossier, input.Case.Facts);
        var first = dossier.Events.Count > 0 ? dossier.Events[0] : null;
        var alert = dossier.Alerts.Count > 0 ? dossier.Alerts[0] : null;
        var contained = dossier.Actions.Where(item => item.Action.ContainedAt is not null).MinBy(item => item.Action.ContainedAt);
        var byPeople = input.Case.ChangedBy.Length > 0 ? $"Recorded by {input.Case.ChangedBy}" : "A person must record it";
        return
        [
            new("Occurred", first?.At, first is null ? "No event is kept" : $"The earliest event in evidence ({first.Id}), by its own time"),
            new("Last seen", dossier.Incident.LastAlertAt, "The latest alert of the incident, by the time of its event"),
            new("Detected", alert?.At, alert is null ? "No alert is kept" : $"The first alert ({alert.Source}), by the time of its event"),
            new("Discovered", facts.DiscoveredAt, facts.DiscoveredAt is null ? "A person must record it (45 CFR 164.404(a)(2))" : byPeople),
            new("Aware", facts.AwareAt, facts.AwareAt is null ? "A person must record it (GDPR Article 33)" : byPeople),
            new("Contained", contained?.Action.ContainedAt, contained is null ? "No containment is on the ledger"
                : string.Create(CultureInfo.InvariantCulture,
                    $"Ledger transaction {contained.Action.TransactionId}{(contained.Action.Block is { } block ? $", block {block}" : "")}, by the ledger's clock")),
            Resolved(dossier),
        ];
    }

    private static KeyDate Resolved(IncidentDossier dossier)
    {
        if (dossier.Dispositions.LastOrDefault(item => item.AlertId.Length == 0) is { } verdict)
            return new KeyDate("Resolved", verdict.At, $"Verdict {verdict.Verdict} by {verdict.By}");
        var isOpen = dossier.Actions.Count == 0 || dossier.Actions.Any(item => item.Action.State
            is not (ActionState.Expired or ActionState.Reversed or ActionState.Refused));
        if (isOpen)
            return new KeyDate("Resolved", null, "No verdict was recorded");
        return new KeyDate("Resolved", dossier.Actions.Max(item => item.Action.ChangedAt), "The last containment ended; no verdict was recorded");
    }
}
