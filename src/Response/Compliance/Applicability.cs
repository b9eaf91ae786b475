namespace SentinelHealth.Response.Compliance;

/// <summary>Whether a duty applies, and for which States. What nobody has said counts as unknown, never as no.</summary>
/// <param name="Standing">Running when it applies; otherwise not applicable or needs facts.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="States">The States it applies to; one empty name when it is not by State.</param>
internal sealed record Applicability(ClockStanding Standing, string Reason, IReadOnlyList<string> States)
{
    private static readonly IReadOnlyList<string> Everywhere = [""];

    public static Applicability Of(Regime regime, ControllerProfile controller, ClockFacts facts)
    {
        var when = regime.When;
        if (when.Jurisdictions.Count > 0 && !when.Jurisdictions.Intersect(controller.Jurisdictions, StringComparer.Ordinal).Any())
            return No($"Applies in {string.Join(", ", when.Jurisdictions)}, where the organization does not work.");
        if (when.Roles.Count > 0 && !when.Roles.Intersect(controller.Roles, StringComparer.Ordinal).Any())
            return No($"Applies to {string.Join(" or ", when.Roles)}, which the organization is not.");
        if (facts.IsNotifiable == false)
            return No("The assessment shows a low probability that data was compromised; the assessment itself is kept.");
        return OfPersons(when, facts) ?? OfResidents(when, facts);
    }

    private static Applicability? OfPersons(RegimeConditions when, ClockFacts facts)
    {
        if (when.PersonsMin is not null || when.PersonsMax is not null)
        {
            if (facts.Persons is not { } persons)
                return Unknown("Depends on how many persons are affected.");
            if (persons < when.PersonsMin)
                return No(FormattableString.Invariant($"Applies from {when.PersonsMin} persons; {persons} are affected."));
            if (persons > when.PersonsMax)
                return No(FormattableString.Invariant($"Applies up to {when.PersonsMax} persons; {persons} are affected."));
        }
        if (when.NeedsHighRisk && facts.IsHighRisk is not true)
            return facts.IsHighRisk is null
                ? Unknown("Depends on whether the risk to persons is high.") : No("Applies when the risk to persons is high; it was assessed as not high.");
        return null;
    }

    private static Applicability OfResidents(RegimeConditions when, ClockFacts facts)
    {
        if (when.ResidentsOver is not { } over)
            return new Applicability(ClockStanding.Running, "Applies.", Everywhere);
        if (facts.Residents is not { } residents)
            return Unknown(when.ResidentsOf.Length > 0
                ? $"Depends on how many residents of {when.ResidentsOf} are affected."
                : "Depends on how many residents of each State are affected.");
        // "More than 500" starts at 501; "500 or more" is personsMin.
        var states = residents.Where(pair => pair.Value > over && (when.ResidentsOf.Length == 0 || pair.Key == when.ResidentsOf))
            .Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
        return states.Count == 0
            ? No(FormattableString.Invariant($"Applies above {over} residents of {(when.ResidentsOf.Length > 0 ? when.ResidentsOf : "one State")}."))
            : new Applicability(ClockStanding.Running, "Applies.", states);
    }

    private static Applicability No(string reason) => new(ClockStanding.NotApplicable, reason, Everywhere);

    private static Applicability Unknown(string reason) => new(ClockStanding.NeedsFacts, reason, Everywhere);
}
