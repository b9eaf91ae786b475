using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Response.Monitoring;

/// <summary>One bucket of the event-rate chart.</summary>
/// <param name="At">Start of the bucket, by the monitor's clock.</param>
/// <param name="EventsPerSecond">Events scored per second of that clock.</param>
/// <param name="AlertCount">Alerts raised in the bucket.</param>
public readonly record struct RatePoint(DateTimeOffset At, double EventsPerSecond, int AlertCount);

/// <summary>What is known of one network node.</summary>
/// <param name="Id">The node's identifier.</param>
/// <param name="Organization">Its organization, as last seen.</param>
/// <param name="LastSeenAt">Event time of its latest event.</param>
/// <param name="EventCount">Events since start.</param>
/// <param name="IsValidator">Whether it is in the validator set.</param>
/// <param name="IsQuarantined">Whether it is quarantined now.</param>
/// <param name="IsSilent">Whether it has been silent for longer than its expected gap.</param>
public sealed record NodeStatus(
    string Id, string Organization, DateTimeOffset LastSeenAt, long EventCount,
    bool IsValidator, bool IsQuarantined, bool IsSilent);

/// <summary>What is known of one source.</summary>
/// <param name="Name">The source's name.</param>
/// <param name="LastEventAt">When its latest event was received; null before the first.</param>
/// <param name="EventCount">Events since start.</param>
/// <param name="Fault">The last fault and its retry, for people; empty when well.</param>
public sealed record SourceStatus(string Name, DateTimeOffset? LastEventAt, long EventCount, string Fault)
{
    /// <summary>How far it is through what is there to be read; null when it cannot know.</summary>
    public SourceProgress? Progress { get; init; }
}

/// <summary>How the order of events is kept.</summary>
/// <param name="Watermark">Event time before which every score is final; null before the first event.</param>
/// <param name="LateCount">Events since start that came later than allowed; scored and marked.</param>
/// <param name="AheadCount">Events since start whose time was too far ahead of their receipt; scored and marked.</param>
/// <param name="CorrectionCount">Times since start that earlier events arrived and later ones were scored again.</param>
public sealed record OrderStatus(DateTimeOffset? Watermark, long LateCount, long AheadCount, long CorrectionCount);

/// <summary>How far one partition of the log is scored.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="EndOffset">Its last durable offset, as far as is known; -1 when empty or never known.</param>
/// <param name="ScoredOffset">Its last scored offset; -1 before the first.</param>
/// <param name="Fault">Why it is not read or scored at the moment, for people; empty when well.</param>
public sealed record PartitionStatus(int Partition, long EndOffset, long ScoredOffset, string Fault)
{
    /// <summary>Entries that wait.</summary>
    public long Lag => Math.Max(0, EndOffset - ScoredOffset);
}

/// <summary>Everything the network page and <c>/api/v1/network</c> show.</summary>
/// <param name="At">The moment of the snapshot, by the monitor's clock.</param>
/// <param name="Ledger">The ledger's head; null while it cannot be read.</param>
/// <param name="Validators">The validator set; null while it cannot be read.</param>
/// <param name="Nodes">Nodes seen, by identifier. At most 10,000.</param>
/// <param name="Sources">Sources, by name.</param>
/// <param name="Conservation">The conservation account.</param>
/// <param name="LogEndOffset">Last durable offset.</param>
/// <param name="ScoredOffset">Last scored offset.</param>
/// <param name="NewestEventAt">Event time of the newest scored event; null before the first.</param>
public sealed record NetworkSnapshot(
    DateTimeOffset At, LedgerHead? Ledger, ValidatorSet? Validators,
    IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<SourceStatus> Sources,
    Conservation Conservation, long LogEndOffset, long ScoredOffset, DateTimeOffset? NewestEventAt)
{
    /// <summary>How the order of events is kept.</summary>
    public OrderStatus Order { get; init; } = new(null, 0, 0, 0);

    /// <summary>Every partition of the log, whoever scores it, by number.</summary>
    public IReadOnlyList<PartitionStatus> Partitions { get; init; } = [];
}

/// <summary>The running monitor as seen from outside. Safe from many threads; every answer is a copy.</summary>
public interface IMonitorStatus
{
    /// <summary>Event rate over the last 120 buckets, oldest first.</summary>
    IReadOnlyList<RatePoint> Rates { get; }

    /// <summary>The riskiest entities, riskiest first.</summary>
    IReadOnlyList<EntityRisk> TopRisks { get; }

    /// <summary>How often each written rule matched, by name; at most a second old. Those that never did are left out.</summary>
    IReadOnlyDictionary<string, RuleCount> RuleCounts => new Dictionary<string, RuleCount>();

    /// <summary>How detection is doing; at most a second old. Null before the first batch.</summary>
    DetectionStatus? Detection => null;

    /// <summary>Partitions that are not scored at the moment because of a fault, by number; at most a second old.</summary>
    IReadOnlyList<int> FailingPartitions => [];

    /// <summary>The network now. Cached for a second: cheap to call from every page.</summary>
    ValueTask<NetworkSnapshot> NetworkAsync(CancellationToken cancel);

    /// <summary>Raised (from any thread, coalesced to at most 4 a second) after something a page shows has changed.</summary>
    event Action? Changed;
}
