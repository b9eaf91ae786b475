using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Alerts that share entities in time: one cause, one incident.</summary>
/// <remarks>Immutable; the correlator issues a new version (<see cref="Version"/> + 1) each time an alert joins.</remarks>
public sealed record Incident
{
    /// <summary>Identifier derived from its first alert.</summary>
    public required string Id { get; init; }

    /// <summary>Grows by one with each change.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When its first alert happened (event time).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its latest alert happened (event time).</summary>
    public required DateTimeOffset LastAlertAt { get; init; }

    /// <summary>The worst severity among its alerts, raised one step when several independent sources agree.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The highest score among its alerts, 0..1.</summary>
    public required double Score { get; init; }

    /// <summary>
    /// How many independent voices agree: each rule is one, all detectors together are one, because they judge the same habits from
    /// the same events, and emergency access due for review is none, because it is not a suspicion.
    /// </summary>
    public int SourceCount { get; init; } = 1;

    /// <summary>The entity most alerts are about.</summary>
    public required EntityRef Principal { get; init; }

    /// <summary>Every entity involved, principal first. At most 64.</summary>
    public required IReadOnlyList<EntityRef> Entities { get; init; }

    /// <summary>Its alerts, oldest first. At most 512; <see cref="AlertCount"/> has the full number.</summary>
    public required IReadOnlyList<string> AlertIds { get; init; }

    /// <summary>How many alerts it has.</summary>
    public int AlertCount { get; init; } = 1;

    /// <summary>A short title for a list.</summary>
    public required string Title { get; init; }

    /// <summary>Sources (detectors and rules) that contributed, in order of appearance.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Union of its alerts' tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The furthest stage of an attack among its alerts.</summary>
    public AttackStage Stage { get; init; }

    /// <summary>The incident it went into, whose alerts now include its own; empty while it stands by itself.</summary>
    public string MergedInto { get; init; } = "";

    /// <summary>The incident it was split from; empty when it was not.</summary>
    public string SplitFrom { get; init; } = "";

    /// <summary>Whether every alert of it is break-glass access. One emergency access must not shield an attack around it.</summary>
    public bool IsBreakGlass { get; init; }
}
