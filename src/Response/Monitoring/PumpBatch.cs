using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What a batch of entries caused so far, on its way to one commit.</summary>
internal sealed class PumpBatch(int partition, long readFrom, bool keepsEvidence)
{
    private readonly List<DecisionEvidence> _evidence = [];
    private readonly List<GuardrailRefusal> _refusals = [];
    private readonly List<ReviewRequest> _reviews = [];
    private readonly List<PlannedNotice> _notices = [];
    private readonly List<CaseTask> _tasks = [];
    private readonly List<StepUpDemand> _stepUps = [];
    private readonly Dictionary<string, EventEvidence> _events = new(StringComparer.Ordinal);

    private long _firstOffset;
    private readonly MerkleRange? _entries = keepsEvidence ? new() : null;

    public long LastOffset { get; set; }

    /// <summary>Versions that changed before this batch; null when they did not.</summary>
    public ReadOnlyMemory<byte>? Versions { get; set; }

    /// <summary>Number of the last decision of people that was heard of in this batch; null when none was.</summary>
    public long? HeededDecision { get; set; }

    public long Scored { get; set; }

    public long Filtered { get; set; }

    public long Copied { get; set; }

    public List<Alert> Alerts { get; } = [];

    public List<Incident> Incidents { get; } = [];

    public List<Incident> RevisedIncidents { get; } = [];

    public List<PlannedAction> Actions { get; } = [];

    public List<DeadLetter> Letters { get; } = [];

    public IReadOnlyList<GuardrailRefusal> Refusals => _refusals;

    /// <summary>The state decisions of this batch see, each with those before it; null until the first needs it.</summary>
    public ResponseState? State { get; set; }

    /// <summary>Takes an entry's digest, whatever comes of the entry.</summary>
    public void Digest(LogEntry entry)
    {
        if (_entries is null)
            return;
        Span<byte> hash = stackalloc byte[MerkleHash.Bytes];
        MerkleHash.OfLeaf(entry.Payload.Span, hash);
        if (_entries.Size == 0)
            _firstOffset = entry.Offset;
        _entries.Append(hash);
    }

    public void Add(Decision decision)
    {
        Actions.AddRange(decision.Actions);
        Actions.AddRange(decision.Proposals);
        _refusals.AddRange(decision.Refusals);
        if (decision.Evidence is { } evidence)
            _evidence.Add(evidence);
        _notices.AddRange(decision.Notices);
        _tasks.AddRange(decision.Tasks);
        _stepUps.AddRange(decision.StepUps);
        if (decision.Review is { } review)
            _reviews.Add(review);
    }

    public void KeepEvidence(Alert alert, RecentEvents recent, int perAlertMax)
    {
        foreach (var id in alert.EventIds.Take(perAlertMax))
        {
            if (!_events.ContainsKey(id) && recent.TryGet(StableHash.Of(id), out var record))
                _events.Add(id, new EventEvidence(id, Encoding.UTF8.GetString(record.Span)));
        }
    }

    public CaseCommit ToCommit(EngineSnapshot? snapshot) => new()
    {
        ScoredOffsets = new Dictionary<int, long> { [partition] = LastOffset },
        ExpectedOffsets = new Dictionary<int, long> { [partition] = readFrom },
        ScoredCount = Scored,
        FilteredCount = Filtered,
        DeadLetteredCount = Letters.Count,
        CopiedCount = Copied,
        Alerts = Alerts,
        Incidents = Incidents,
        RevisedIncidents = RevisedIncidents,
        Events = [.. _events.Values],
        Actions = Actions,
        Evidence = _evidence,
        Refusals = _refusals,
        Reviews = _reviews,
        Notices = _notices,
        Tasks = _tasks,
        StepUps = _stepUps,
        Snapshot = snapshot,
        HeededDecisions = HeededDecision is { } heeded
            ? new Dictionary<int, long> { [partition] = heeded } : new Dictionary<int, long>(),
        Versions = Versions,
        Batch = _entries is { Size: > 0 } entries
            ? new BatchEvidence(partition, _firstOffset, LastOffset, entries.Size, DecisionEvidence.Hex(entries.Root()))
            : null,
    };
}
