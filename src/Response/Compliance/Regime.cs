using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Compliance;

/// <summary>The recorded moment from which a duty counts. Discovery and awareness are different moments.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClockTrigger>))]
public enum ClockTrigger
{
    /// <summary>When the breach was known, or would have been with reasonable diligence (HIPAA, California).</summary>
    [JsonStringEnumMemberName("discovered")] Discovered,

    /// <summary>When there was a reasonable degree of certainty that personal data was compromised (GDPR, NIS2).</summary>
    [JsonStringEnumMemberName("aware")] Aware,

    /// <summary>When there was reason to believe that a breach happened (several States).</summary>
    [JsonStringEnumMemberName("reasonable-belief")] ReasonableBelief,

    /// <summary>When the individuals were notified (California's copy to the Attorney General).</summary>
    [JsonStringEnumMemberName("individuals-notified")] IndividualsNotified,
}

/// <summary>In what a period is counted. Hours run through every hour; days and months end with a day of the controller's calendar.</summary>
public enum PeriodUnit
{
    /// <summary>Elapsed hours, whatever clocks on the wall do.</summary>
    Hours,

    /// <summary>Calendar days; the day of the trigger does not count.</summary>
    Days,

    /// <summary>Calendar months; where the month has no such day, its last one.</summary>
    Months,
}

/// <summary>A period of a law.</summary>
/// <param name="Amount">How many.</param>
/// <param name="Unit">Of what.</param>
public readonly record struct Period(int Amount, PeriodUnit Unit)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var unit = Unit.ToString().ToLowerInvariant();
        return FormattableString.Invariant($"{Amount} {(Amount == 1 ? unit[..^1] : unit)}");
    }
}

/// <summary>One step of a duty.</summary>
/// <param name="Name">Its name, unique in the regime.</param>
/// <param name="Within">How long.</param>
/// <param name="After">From what: <c>trigger</c>, <c>year-end</c> (of the trigger's year) or an earlier phase's name.</param>
public sealed record RegimePhase(string Name, Period Within, string After);

/// <summary>When a duty applies at all. Absent members do not restrict.</summary>
public sealed record RegimeConditions
{
    /// <summary>The organization works in one of these jurisdictions, such as <c>EU</c> or <c>US</c>.</summary>
    public IReadOnlyList<string> Jurisdictions { get; init; } = [];

    /// <summary>The organization has one of these roles, such as <c>covered-entity</c> or <c>controller</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>At least so many persons ("500 or more").</summary>
    public int? PersonsMin { get; init; }

    /// <summary>At most so many persons.</summary>
    public int? PersonsMax { get; init; }

    /// <summary>More than so many residents of one State ("more than 500"): one clock for each such State.</summary>
    public int? ResidentsOver { get; init; }

    /// <summary>Only residents of this State count, such as <c>CA</c>; empty for all States.</summary>
    public string ResidentsOf { get; init; } = "";

    /// <summary>Only when the risk to persons is high.</summary>
    public bool NeedsHighRisk { get; init; }
}

/// <summary>A duty to tell somebody in time, as a law has it. Data, never code: laws change.</summary>
public sealed record Regime
{
    /// <summary>Its name, lower case with hyphens, unique.</summary>
    public required string Name { get; init; }

    /// <summary>What must be done, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>Where the law says so.</summary>
    public required string Law { get; init; }

    /// <summary>Whom to tell.</summary>
    public required string Recipient { get; init; }

    /// <summary>What must be told, for whoever writes it.</summary>
    public string Content { get; init; } = "";

    /// <summary>From which moment it counts.</summary>
    public required ClockTrigger Trigger { get; init; }

    /// <summary>When it applies.</summary>
    public RegimeConditions When { get; init; } = new();

    /// <summary>Its steps, in order.</summary>
    public required IReadOnlyList<RegimePhase> Phases { get; init; }

    /// <summary>Reasons that may stop the clock, such as <c>law-enforcement</c>; empty when nothing may.</summary>
    public IReadOnlyList<string> PausedBy { get; init; } = [];
}
