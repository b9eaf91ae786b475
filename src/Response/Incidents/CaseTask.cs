using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Incidents;

/// <summary>What a person is asked to do about an incident.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CaseTaskKind>))]
public enum CaseTaskKind
{
    /// <summary>To review emergency (break-glass) access, which is never blocked.</summary>
    [JsonStringEnumMemberName("review")] Review,

    /// <summary>To do what a playbook says.</summary>
    [JsonStringEnumMemberName("task")] Task,
}

/// <summary>How a task ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CaseTaskOutcome>))]
public enum CaseTaskOutcome
{
    /// <summary>The emergency access was justified; ends a review.</summary>
    [JsonStringEnumMemberName("justified")] Justified,

    /// <summary>The emergency access was not justified; ends a review.</summary>
    [JsonStringEnumMemberName("unjustified")] Unjustified,

    /// <summary>Done; ends a task.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>Not needed after all; ends a task.</summary>
    [JsonStringEnumMemberName("dropped")] Dropped,
}

/// <summary>Something a person owes by a time: nothing that must be looked at is only logged.</summary>
public sealed record CaseTask
{
    /// <summary>The same cause gives the same identifier, so that it is asked for once.</summary>
    public required string Id { get; init; }

    /// <summary>The incident it is about.</summary>
    public required string IncidentId { get; init; }

    /// <summary>What is asked for.</summary>
    public required CaseTaskKind Kind { get; init; }

    /// <summary>One sentence for the person.</summary>
    public required string Title { get; init; }

    /// <summary>Who asked: <c>policy:</c> and the playbook.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>By when it must be done.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>How it ended; null while it is open.</summary>
    public CaseTaskOutcome? Outcome { get; init; }

    /// <summary>Who ended it; empty while it is open.</summary>
    public string ConcludedBy { get; init; } = "";

    /// <summary>When it ended; null while it is open.</summary>
    public DateTimeOffset? ConcludedAt { get; init; }

    /// <summary>What they wrote; empty while it is open.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it is open and its time has passed.</summary>
    public bool IsOverdue(DateTimeOffset now) => Outcome is null && now >= DueAt;

    /// <summary>Whether an outcome can end a task of a kind.</summary>
    public static bool Fits(CaseTaskKind kind, CaseTaskOutcome outcome) =>
        kind == CaseTaskKind.Review == outcome is CaseTaskOutcome.Justified or CaseTaskOutcome.Unjustified;

    /// <summary>The identifier of an incident's review; an incident has one.</summary>
    public static string ReviewIdOf(string incidentId) => $"review:{incidentId}";
}
