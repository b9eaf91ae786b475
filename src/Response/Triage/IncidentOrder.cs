using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Triage;

/// <summary>What a person wants to be different about where an incident is shown.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="Revision">The version of its place that the person saw; null when any will do.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, kept with it.</param>
public sealed record IncidentOrder(string IncidentId, long? Revision, string By, DateTimeOffset At, string Reason)
{
    /// <summary>Longest note, in characters.</summary>
    public const int NoteCharactersMax = 4_000;

    /// <summary>Most alerts that are split off at once.</summary>
    public const int SplitAlertsMax = 500;

    private const int ReasonCharactersMin = 3, ReasonCharactersMax = 500;

    /// <summary>One sentence about what is wrong with the reason; null when nothing is.</summary>
    public string? Fault() => Reason.Trim().Length is < ReasonCharactersMin or > ReasonCharactersMax
        ? $"A reason of {ReasonCharactersMin} to {ReasonCharactersMax} characters is needed." : null;
}

/// <summary>What came of an order about an incident.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IncidentOutcome>))]
public enum IncidentOutcome
{
    /// <summary>It was carried out.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>There is no such incident.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>Somebody has changed its place since it was looked at.</summary>
    [JsonStringEnumMemberName("stale")] Stale,

    /// <summary>It cannot be done as things are.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
}

/// <summary>What came of an order about an incident, and why.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">One sentence.</param>
public sealed record IncidentResult(IncidentOutcome Outcome, string Detail)
{
    /// <summary>The incident that was made by a split; empty otherwise.</summary>
    public string MadeId { get; init; } = "";

    /// <summary>There is no such incident.</summary>
    public static IncidentResult Missing { get; } = new(IncidentOutcome.Missing, "There is no such incident.");

    /// <summary>Somebody was quicker.</summary>
    public static IncidentResult Stale { get; } = new(
        IncidentOutcome.Stale, "Somebody has merged or split it meanwhile. Look again, and decide about what it is now.");

    /// <summary>It was carried out.</summary>
    public static IncidentResult Done(string detail) => new(IncidentOutcome.Done, detail);

    /// <summary>It cannot be done as things are.</summary>
    public static IncidentResult Refused(string detail) => new(IncidentOutcome.Refused, detail);
}
