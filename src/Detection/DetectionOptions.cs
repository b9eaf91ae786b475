using System.ComponentModel.DataAnnotations;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Detectors;

namespace SentinelHealth.Detection;

/// <summary>How the engine is set up. Part of a snapshot's identity: a state saved under other options is refused.</summary>
public sealed record DetectionOptions
{
    /// <summary>Model alerts to raise a day while nothing is wrong, at most about. Higher finds more and costs more of the analyst's time. Default 3.</summary>
    [Range(0.01, 100_000)]
    public double ModelAlertsPerDay { get; init; } = 3;

    /// <summary>
    /// Of the actor-hours discovered in a day, the share that is innocent in expectation, at most. Higher discovers more. Default 0.1.
    /// </summary>
    [Range(0.001, 0.5)]
    public double FalseDiscoveryRate { get; init; } = 0.1;

    /// <summary>Which model alerts are raised. Default: all within the daily budget, discoveries among them marked.</summary>
    public AlertGate AlertGate { get; init; } = AlertGate.Budget;

    /// <summary>Actors remembered. About 2.2 KB each once seen. Default 262,144.</summary>
    [Range(1_024, 16_777_216)]
    public int ActorsMax { get; init; } = 262_144;

    /// <summary>Patients, devices and nodes remembered, each. About 1 KB each once seen. Default 262,144.</summary>
    [Range(1_024, 16_777_216)]
    public int ObjectsMax { get; init; } = 262_144;

    /// <summary>Peer groups (role in an organization) remembered. About 5 KB each. Default 4,096.</summary>
    [Range(64, 65_536)]
    public int PeerGroupsMax { get; init; } = 4_096;

    /// <summary>Events before models may alert; until then they only learn. Default 3,000.</summary>
    [Range(500, 10_000_000)]
    public int WarmUpEvents { get; init; } = 3_000;

    /// <summary>Event time before models may alert: a day has a rhythm that must be seen once. Default 2 days.</summary>
    public TimeSpan WarmUpSpan { get; init; } = TimeSpan.FromDays(2);

    /// <summary>What an alerted event may teach. Default: a tenth.</summary>
    public LearnPolicy LearnPolicy { get; init; } = LearnPolicy.FlaggedSlowly;
}
