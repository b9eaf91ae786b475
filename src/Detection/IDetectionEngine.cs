using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <summary>The whole of detection behind one verb: events in, verdicts out.</summary>
/// <remarks>
/// Single-threaded, deterministic and free of I/O: the same events in the same order give the same verdicts, byte for byte (I5).
/// Time is event time only. State is bounded (I7) and travels through <see cref="Save"/> and the factory's load.
/// </remarks>
public interface IDetectionEngine
{
    /// <summary>Scores an event against what came before it, then learns from it. Amortised O(detectors), no allocation unless it alerts.</summary>
    EventVerdict Process(SentinelEvent observed);

    /// <summary>
    /// Takes in an event that another partition of the log scores, for what it says about the network (<see cref="Rules.SharedFacts"/>). It
    /// is not scored, counted or learned from here, and nothing is said about it. Engines that judge each event by itself ignore it.
    /// </summary>
    void Witness(SentinelEvent observed)
    {
    }

    /// <summary>The riskiest entities now, riskiest first.</summary>
    IReadOnlyList<EntityRisk> TopRisks(int entitiesMax);

    /// <summary>How detection is doing; null for an engine that keeps no account of it.</summary>
    DetectionStatus? Status => null;

    /// <summary>Puts into force what people decided about single detectors and rules. Engines without them ignore it.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    void Tune(DetectionTuning tuning)
    {
    }

    /// <summary>A copy of how often each written rule matched, by name. Engines without written rules have none.</summary>
    IReadOnlyDictionary<string, Rules.Live.RuleCount> ReadRuleCounts() => new Dictionary<string, Rules.Live.RuleCount>();

    /// <summary>Takes other written rules into use from the next event on. Engines without written rules ignore it.</summary>
    void Use(Rules.Live.StagedRules written)
    {
    }

    /// <summary>
    /// Notes what people found an alert to be. A benign one takes its risk back at once and leaves its incident, which may split.
    /// Engines without alerts of their own ignore it.
    /// </summary>
    /// <returns>New versions of incidents.</returns>
    IReadOnlyList<Correlation.Incident> Close(string alertId, Disposition disposition) => [];

    /// <summary>Writes the consents and grants it knows, for <see cref="Rules.PermissionBook.Load"/>. Engines without them write nothing.</summary>
    void SavePermissions(BinaryWriter writer)
    {
    }

    /// <summary>Writes the whole state: header with schema, feature, configuration and code versions, then the body.</summary>
    void Save(Stream destination);
}

/// <summary>The decayed risk of one entity.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Risk">The sum of its contributions, in their order; 0..100.</param>
/// <param name="AlertCount">Alerts that still contribute.</param>
/// <param name="LastAlertAt">When the latest of them happened.</param>
public sealed record EntityRisk(Alerts.EntityRef Entity, double Risk, int AlertCount, DateTimeOffset LastAlertAt)
{
    /// <summary>What the risk is made of: alerts, then what several sources and stages add, then what the cap takes away.</summary>
    public IReadOnlyList<RiskContribution> Contributions { get; init; } = [];
}

/// <summary>One part of a risk.</summary>
/// <param name="What">The alert's source, or <c>further sources</c>, <c>further stages</c>, <c>cap</c>.</param>
/// <param name="AlertId">The alert; empty for what is not one.</param>
/// <param name="Points">Its part of the risk; below 0 only for the cap.</param>
public sealed record RiskContribution(string What, string AlertId, double Points);
