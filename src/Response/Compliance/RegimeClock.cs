using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Compliance;

/// <summary>Where a duty stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClockStanding>))]
public enum ClockStanding
{
    /// <summary>The duty does not apply.</summary>
    [JsonStringEnumMemberName("not-applicable")] NotApplicable,

    /// <summary>Whether it applies depends on something nobody has said yet.</summary>
    [JsonStringEnumMemberName("needs-facts")] NeedsFacts,

    /// <summary>It applies, but the moment it counts from has not been recorded.</summary>
    [JsonStringEnumMemberName("not-started")] NotStarted,

    /// <summary>Its time runs.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Its time is stopped, with a reason.</summary>
    [JsonStringEnumMemberName("paused")] Paused,

    /// <summary>Done in time.</summary>
    [JsonStringEnumMemberName("met")] Met,

    /// <summary>Done, but late.</summary>
    [JsonStringEnumMemberName("met-late")] MetLate,

    /// <summary>Not done and its time is over.</summary>
    [JsonStringEnumMemberName("overdue")] Overdue,
}

/// <summary>How much time is left, in the steps people are told about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClockWarning>))]
public enum ClockWarning
{
    /// <summary>More than half.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>At most half.</summary>
    [JsonStringEnumMemberName("half-left")] HalfLeft,

    /// <summary>At most a quarter.</summary>
    [JsonStringEnumMemberName("quarter-left")] QuarterLeft,

    /// <summary>None.</summary>
    [JsonStringEnumMemberName("overdue")] Overdue,
}

/// <summary>One step of one duty at one moment.</summary>
public sealed record RegimeClock
{
    /// <summary>The regime's name.</summary>
    public required string Regime { get; init; }

    /// <summary>What must be done.</summary>
    public required string Title { get; init; }

    /// <summary>Where the law says so.</summary>
    public required string Law { get; init; }

    /// <summary>Whom to tell.</summary>
    public required string Recipient { get; init; }

    /// <summary>The step.</summary>
    public required string Phase { get; init; }

    /// <summary>The State it is about; empty when the duty is not by State.</summary>
    public string State { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public required ClockStanding Standing { get; init; }

    /// <summary>How much time is left, in steps.</summary>
    public ClockWarning Warning { get; init; }

    /// <summary>From when it counts; null when that is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The first instant at which it is too late; null when that is not known.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How long it was stopped.</summary>
    public TimeSpan Stopped { get; init; }

    /// <summary>Time left; negative when overdue; null when nothing runs.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>The filing that met it; null when there is none.</summary>
    public ClockFiling? Filing { get; init; }

    /// <summary>How it was computed or why it does not run, in one sentence.</summary>
    public required string Basis { get; init; }

    /// <summary>What tells this clock from the incident's others.</summary>
    public string Key => State.Length == 0 ? $"{Regime}/{Phase}" : $"{Regime}/{State}/{Phase}";
}
