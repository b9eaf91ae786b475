using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Policy;

/// <summary>How far a playbook may go by itself. The order is the order of power.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlaybookMode>))]
public enum PlaybookMode
{
    /// <summary>Records what it would have done; nobody can order it.</summary>
    [JsonStringEnumMemberName("observe")] Observe,

    /// <summary>Proposes to people, who may order it.</summary>
    [JsonStringEnumMemberName("recommend")] Recommend,

    /// <summary>Waits for a person's approval.</summary>
    [JsonStringEnumMemberName("approve")] Approve,

    /// <summary>Contains without waiting.</summary>
    [JsonStringEnumMemberName("automatic")] Automatic,
}

/// <summary>A response policy: when an incident looks like this, do that.</summary>
public sealed record Playbook
{
    /// <summary>Unique name, lower case with hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>How far it goes by itself.</summary>
    public required PlaybookMode Mode { get; init; }

    /// <summary>When it applies.</summary>
    public required PlaybookConditions When { get; init; }

    /// <summary>What it contains. A playbook does something: contains, notifies, opens a task or demands a stronger sign-in.</summary>
    public required IReadOnlyList<PlaybookAction> Actions { get; init; }

    /// <summary>Channels of the settings it tells; not while it only observes.</summary>
    public IReadOnlyList<string> Notifies { get; init; } = [];

    /// <summary>Tasks it opens for people; not while it only observes.</summary>
    public IReadOnlyList<PlaybookTask> Tasks { get; init; } = [];

    /// <summary>How long it demands a stronger sign-in of the incident's actor; null for not at all. In the mode automatic only.</summary>
    public TimeSpan? StepUpFor { get; init; }
}

/// <summary>A task a playbook opens.</summary>
/// <param name="Title">One sentence for the person.</param>
/// <param name="Within">By when it must be done, from the decision on.</param>
public sealed record PlaybookTask(string Title, TimeSpan Within);

/// <summary>Every condition given must hold; those left out do not restrict.</summary>
public sealed record PlaybookConditions
{
    /// <summary>Lowest severity of the incident.</summary>
    public Severity? SeverityMin { get; init; }

    /// <summary>Lowest score of the incident, 0..1.</summary>
    public double? ScoreMin { get; init; }

    /// <summary>Detectors or rules, of which one at least must have contributed; <c>*</c> stands for any text.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What the incident must mainly be about; one of these.</summary>
    public IReadOnlyList<EntityType> Entities { get; init; } = [];

    /// <summary>Tags, of which one at least must be on the incident; <c>*</c> stands for any text.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Fewest alerts.</summary>
    public int? AlertsMin { get; init; }

    /// <summary>Fewest distinct detectors and rules.</summary>
    public int? SourcesMin { get; init; }

    /// <summary>Lowest confidence that it happened.</summary>
    public Confidence? ConfidenceMin { get; init; }

    /// <summary>Lowest stage of an attack the incident has reached.</summary>
    public AttackStage? StageMin { get; init; }

    /// <summary>The part of the day in which its latest alert must lie.</summary>
    public DailyHours? Hours { get; init; }

    /// <summary>Days of the week, in UTC, on one of which its latest alert must lie; empty for every day.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];
}

/// <summary>One containment a playbook asks for.</summary>
/// <param name="Kind">What to do; the target follows from the incident.</param>
/// <param name="Ttl">How long it lasts on the ledger.</param>
public sealed record PlaybookAction(ActionKind Kind, TimeSpan Ttl);
