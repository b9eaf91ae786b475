using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What the intake counted, since the log began.</summary>
/// <param name="Received">Records received.</param>
/// <param name="Filtered">Duplicates.</param>
/// <param name="DeadLettered">Records refused before the log.</param>
public readonly record struct IntakeAccount(long Received, long Filtered, long DeadLettered)
{
    /// <summary>Whether it counts only what never reached the log; the log then says what else was received. For shared logs.</summary>
    public bool IsBesideLog { get; init; }
}

/// <summary>Collects what pages show of the running monitor. Safe from many threads.</summary>
public sealed class MonitorStatus : IMonitorStatus, IDisposable
{
    private const int NodesMax = 10_000;
    private const int SourcesMax = 1_000;
    private static readonly TimeSpan BucketWidth = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ChangeGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan NetworkFresh = TimeSpan.FromSeconds(1);

    private static readonly ActionFilter InForce = new() { States = [ActionState.Confirmed, ActionState.Reconciled] };

    private readonly IEventLog _log;
    private readonly LogEnds _ends;
    private readonly CaseStore _store;
    private readonly ILedger _ledger;
    private readonly TimeProvider _clock;
    private readonly Func<CancellationToken, ValueTask<IntakeAccount>>? _intake;
    private readonly Lock _gate = new();
    private readonly NodeTable _nodes = new(NodesMax);
    private readonly RateBuckets _rates = new(BucketWidth);
    private readonly Dictionary<string, SourceCounter> _sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, ShardReport> _shards = [];
    private readonly ChangeThrottle _throttle = new(ChangeGap);
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly ITimer _timer;
    private ShardSummary _summary = ShardSummary.None;
    private NetworkSnapshot? _network;
    private IReadOnlyList<ISource> _watched = [];

    /// <summary>Wires the status.</summary>
    /// <param name="log">Asked for its end.</param>
    /// <param name="store">Asked for totals and live quarantines.</param>
    /// <param name="ledger">Asked for head and validators.</param>
    /// <param name="clock">The monitor's clock.</param>
    /// <param name="intake">What was received before the log; null when nothing but the log receives.</param>
    public MonitorStatus(
        IEventLog log, CaseStore store, ILedger ledger, TimeProvider clock,
        Func<CancellationToken, ValueTask<IntakeAccount>>? intake = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        (_log, _store, _ledger, _clock, _intake) = (log, store, ledger, clock, intake);
        _ends = new LogEnds(log, clock);
        _timer = clock.CreateTimer(_ => TellLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyList<RatePoint> Rates
    {
        get
        {
            lock (_gate)
                return _rates.Read(_clock.GetUtcNow());
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<EntityRisk> TopRisks
    {
        get
        {
            lock (_gate)
                return _summary.TopRisks;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, RuleCount> RuleCounts
    {
        get
        {
            lock (_gate)
                return _summary.RuleCounts;
        }
    }

    /// <inheritdoc/>
    public DetectionStatus? Detection
    {
        get
        {
            lock (_gate)
                return _summary.Detection;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> FailingPartitions
    {
        get
        {
            lock (_gate)
                return [.. _shards.Values.Where(shard => shard.Fault.Length > 0).Select(shard => shard.Partition)];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<NetworkSnapshot> NetworkAsync(CancellationToken cancel)
    {
        if (Fresh() is { } known)
            return known;
        await _refreshing.WaitAsync(cancel);
        try
        {
            return Fresh() ?? (_network = await ReadNetworkAsync(cancel));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Says what is wrong with a source, for people; empty when it is well again.</summary>
    public void ReportSourceFault(string source, string fault)
    {
        lock (_gate)
        {
            if (SourceOf(source) is { } counter)
                counter.Fault = fault;
        }
        NotifyChanged();
    }

    /// <summary>Shows how these sources are doing, beside what they delivered.</summary>
    public void Watch(IReadOnlyList<ISource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        lock (_gate)
            _watched = sources;
    }

    /// <summary>Says that something a page shows has changed; coalesced to four times a second.</summary>
    public void NotifyChanged()
    {
        TimeSpan? wait;
        lock (_gate)
            wait = _throttle.Report(_clock.GetUtcNow());
        if (wait == TimeSpan.Zero)
            Changed?.Invoke();
        else if (wait is { } later)
            _timer.Change(later, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _refreshing.Dispose();
    }

    /// <summary>Takes in an event on its way to be scored.</summary>
    public void Observe(SentinelEvent observed, LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(observed);
        lock (_gate)
        {
            _nodes.Observe(observed);
            if (SourceOf(entry.Source) is not { } source)
                return;
            source.LastEventAt = entry.ReceivedAt;
            source.EventCount++;
        }
    }

    /// <summary>Takes in an event that was scored before a restart: its node is known, but it is no new event.</summary>
    internal void Restore(SentinelEvent observed)
    {
        lock (_gate)
            _nodes.Observe(observed);
    }

    /// <summary>Events were scored, here or elsewhere, and what came of them is durable.</summary>
    /// <param name="events">How many.</param>
    /// <param name="alerts">Alerts raised by them.</param>
    /// <param name="report">How their partition is doing; null when that was told a moment ago.</param>
    public void Scored(long events, int alerts, ShardReport? report)
    {
        lock (_gate)
        {
            _rates.Add(_clock.GetUtcNow(), events, alerts);
            if (report is not null)
            {
                _shards[report.Partition] = report;
                _summary = ShardSummary.Of([.. _shards.Values]);
            }
        }
        NotifyChanged();
    }

    /// <summary>A partition went to another process: what is known of it here is old.</summary>
    public void Forget(int partition)
    {
        lock (_gate)
        {
            _shards.Remove(partition);
            _summary = ShardSummary.Of([.. _shards.Values]);
        }
    }

    private void TellLate()
    {
        lock (_gate)
            _throttle.Told(_clock.GetUtcNow());
        Changed?.Invoke();
    }

    private NetworkSnapshot? Fresh() =>
        Volatile.Read(ref _network) is { } known && (_clock.GetUtcNow() - known.At).Duration() < NetworkFresh ? known : null;

    private async Task<NetworkSnapshot> ReadNetworkAsync(CancellationToken cancel)
    {
        var (head, validators) = await ReadLedgerAsync(cancel);
        var inForce = await _store.ActionsAsync(InForce, after: null, NodesMax, cancel);
        var quarantined = inForce.Items.Where(action => action.Kind == ActionKind.QuarantineNode)
            .Select(action => action.Target.Id).Concat(validators?.Quarantined ?? []).ToHashSet(StringComparer.Ordinal);
        var position = await _store.PositionAsync(cancel);
        var partitions = await PartitionsAsync(position, cancel);
        // With several partitions these are sums, which is what lag and progress need.
        var endOffset = partitions.Sum(partition => partition.EndOffset + 1) - 1;
        var scoredOffset = partitions.Sum(partition => partition.ScoredOffset + 1) - 1;
        var conservation = await ConservationAsync(endOffset, scoredOffset, position.Tally, cancel);
        lock (_gate)
        {
            return new NetworkSnapshot(
                _clock.GetUtcNow(), head, validators,
                [.. _nodes.Read((validators?.Validators ?? []).ToHashSet(StringComparer.Ordinal), quarantined)],
                ReadSources(),
                conservation, endOffset, scoredOffset, _nodes.NewestEventAt)
            {
                Order = _summary.Order,
                Partitions = partitions,
            };
        }
    }

    /// <summary>What was delivered by each source, and of those that run here how they say they are doing.</summary>
    private List<SourceStatus> ReadSources()
    {
        foreach (var watched in _watched)
            _ = SourceOf(watched.Name);
        return [.. _sources.OrderBy(source => source.Key, StringComparer.Ordinal).Select(source =>
        {
            var health = _watched.FirstOrDefault(watched => watched.Name == source.Key)?.Health ?? SourceHealth.Well;
            var status = source.Value.Read(source.Key);
            return status with { Fault = status.Fault.Length > 0 ? status.Fault : health.Fault, Progress = health.Progress };
        })];
    }

    private async Task<(LedgerHead?, ValidatorSet?)> ReadLedgerAsync(CancellationToken cancel)
    {
        try
        {
            return (await _ledger.GetHeadAsync(cancel), await _ledger.GetValidatorsAsync(cancel));
        }
        catch (LedgerUnavailableException)
        {
            // Null is how the snapshot says so; the pages show it.
            return (null, null);
        }
    }

    /// <summary>Other processes' partitions, too: the totals in the store are theirs as well.</summary>
    private async Task<IReadOnlyList<PartitionStatus>> PartitionsAsync(PumpPosition position, CancellationToken cancel)
    {
        var partitions = _log.AllPartitions.Union(position.ScoredOffsets.Keys).Order().ToList();
        var ends = await _ends.ReadAsync(partitions, cancel);
        lock (_gate)
        {
            return [.. partitions.Select(partition =>
            {
                var (end, unknown) = ends[partition];
                var fault = _shards.TryGetValue(partition, out var shard) && shard.Fault.Length > 0 ? shard.Fault : unknown;
                var scored = position.ScoredOffsets.GetValueOrDefault(partition, -1);
                return new PartitionStatus(partition, unknown.Length > 0 ? Math.Max(end, scored) : end, scored, fault);
            })];
        }
    }

    /// <summary>The account of I1. What the intake refused is received and dead-lettered in the same breath, so it adds to both sides.</summary>
    private async Task<Conservation> ConservationAsync(
        long endOffset, long scoredOffset, PumpTally tally, CancellationToken cancel)
    {
        var waiting = Math.Max(0, endOffset - scoredOffset);
        if (_intake is null)
            return new Conservation(endOffset + 1 - tally.Copied, tally.Scored, tally.Filtered, tally.DeadLettered, waiting);
        var account = await _intake(cancel);
        return new Conservation(
            account.Received + (account.IsBesideLog ? endOffset + 1 - tally.Copied : 0), tally.Scored,
            account.Filtered + tally.Filtered,
            account.DeadLettered + tally.DeadLettered, waiting);
    }

    /// <summary>A source's counter; null when so many are known that a new one is not listed.</summary>
    private SourceCounter? SourceOf(string name)
    {
        if (!_sources.TryGetValue(name, out var counter) && _sources.Count < SourcesMax)
            _sources.Add(name, counter = new SourceCounter());
        return counter;
    }

    private sealed class SourceCounter
    {
        public DateTimeOffset? LastEventAt { get; set; }

        public long EventCount { get; set; }

        public string Fault { get; set; } = "";

        public SourceStatus Read(string name) => new(name, LastEventAt, EventCount, Fault);
    }
}
