namespace SentinelHealth.Response.Compliance;

/// <summary>Who is answerable, where, and by which calendar.</summary>
public sealed record ControllerProfile
{
    /// <summary>The name that stands on reports.</summary>
    public string Name { get; init; } = "";

    /// <summary>The IANA time zone by whose calendar days and months are counted.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>Jurisdictions it works in, such as <c>EU</c> and <c>US</c>.</summary>
    public IReadOnlyList<string> Jurisdictions { get; init; } = [];

    /// <summary>Roles it has, such as <c>covered-entity</c>, <c>business-associate</c>, <c>controller</c>, <c>essential-entity</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Whom to ask: name, address or telephone of the data-protection contact.</summary>
    public string Contact { get; init; } = "";
}

/// <summary>A stop of clocks, with its reason.</summary>
/// <param name="Reason">Why, by its published name, such as <c>law-enforcement</c>.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when; null while it lasts.</param>
/// <param name="By">Who recorded it.</param>
/// <param name="Reference">The statement it rests on.</param>
public sealed record ClockPause(string Reason, DateTimeOffset From, DateTimeOffset? Until, string By, string Reference);

/// <summary>A step that was done.</summary>
/// <param name="Regime">The regime.</param>
/// <param name="Phase">The step.</param>
/// <param name="State">The State; empty when the duty is not by State.</param>
/// <param name="At">When it was done.</param>
/// <param name="By">Who recorded it.</param>
/// <param name="Reference">Case number or receipt.</param>
/// <param name="DelayReason">Why it was late; empty when it was not.</param>
public sealed record ClockFiling(
    string Regime, string Phase, string State, DateTimeOffset At, string By, string Reference, string DelayReason);

/// <summary>What is known that clocks depend on. Null is "nobody has said yet", which is not "no".</summary>
public sealed record ClockFacts
{
    /// <summary>When the breach was discovered.</summary>
    public DateTimeOffset? DiscoveredAt { get; init; }

    /// <summary>When the controller became aware.</summary>
    public DateTimeOffset? AwareAt { get; init; }

    /// <summary>When there was reason to believe.</summary>
    public DateTimeOffset? BelievedAt { get; init; }

    /// <summary>When the individuals were notified.</summary>
    public DateTimeOffset? IndividualsNotifiedAt { get; init; }

    /// <summary>Persons affected.</summary>
    public long? Persons { get; init; }

    /// <summary>Persons affected by State of residence, by postal abbreviation.</summary>
    public IReadOnlyDictionary<string, int>? Residents { get; init; }

    /// <summary>Whether the risk to persons is high.</summary>
    public bool? IsHighRisk { get; init; }

    /// <summary>Whether it is a breach that must be told: false when an assessment shows a low probability of compromise.</summary>
    public bool? IsNotifiable { get; init; }

    /// <summary>Stops, oldest first.</summary>
    public IReadOnlyList<ClockPause> Pauses { get; init; } = [];

    /// <summary>What was done, oldest first.</summary>
    public IReadOnlyList<ClockFiling> Filings { get; init; } = [];

    /// <summary>The moment a trigger names; null when it has not been recorded.</summary>
    public DateTimeOffset? At(ClockTrigger trigger) => trigger switch
    {
        ClockTrigger.Discovered => DiscoveredAt,
        ClockTrigger.Aware => AwareAt,
        ClockTrigger.ReasonableBelief => BelievedAt,
        ClockTrigger.IndividualsNotified => IndividualsNotifiedAt,
        _ => throw new ArgumentOutOfRangeException(nameof(trigger)),
    };
}
