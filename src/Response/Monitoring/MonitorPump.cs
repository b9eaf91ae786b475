using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>
/// The heart of the monitor: reads the log from where the store says, scores, decides, and makes offset, alerts, incidents,
/// actions and outbox durable in one commit per batch; then signals the executor.
/// </summary>
/// <remarks>
/// Each partition has detectors of its own (<see cref="Shard"/>): what it says depends on its entries alone, whichever process scores it. A
/// restart, and a process that a partition comes to, loads the partition's last snapshot, reads the log again up to the stored offset without
/// storing anything, and continues: the alerts are those of a run that never stopped (I5). Events are scored as they come and in the end as if
/// they had come in the order of their times (<see cref="OrderedScoring"/>). Pumps of several processes may share a store: a commit is
/// refused when another has taken its partition further (<see cref="PositionMovedException"/>), and the pump starts again from there.
/// <see cref="RunAsync"/> may be called once at a time.
/// </remarks>
public sealed partial class MonitorPump
{
    private const int LetterBytesMax = 64 * 1024;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(10);

    private readonly MonitorServices _services;
    private readonly PlaybookSet _playbooks;
    private readonly ResponseOptions _response;
    private readonly MonitorOptions _options;
    private readonly ILogger<MonitorPump> _logger;
    private readonly SentinelEvent _event = new();
    private readonly ReconcileSchedule _schedule = new();
    private readonly PatientReader _reader;
    private readonly SortedDictionary<int, Shard> _shards = [];
    private readonly Dictionary<int, ShardReport> _reports = [];
    private ReadOnlyMemory<byte> _versions;

    /// <summary>Wires the pump; nothing is read before <see cref="RunAsync"/>.</summary>
    public MonitorPump(
        MonitorServices services, PlaybookSet playbooks, ResponseOptions response, MonitorOptions options,
        ILogger<MonitorPump> logger)
    {
        _services = services;
        _playbooks = playbooks;
        _response = response;
        _options = options;
        _logger = logger;
        _reader = new PatientReader(services.Log, services.Clock);
    }

    /// <summary>
    /// Works until cancelled. A partition that fails drops everything since its last commit and starts again from there, after a growing wait
    /// of its own; the others go on.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var faults = 0;
        var turns = new PartitionTurns(_services.Clock, TellAllAsync);
        Clear();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                while (true)
                {
                    if (await DrainAsync(turns, rests: true, cancel) > 0)
                        faults = 0;
                    await PartitionWait.ForAnyAsync(_services.Log, PositionOf, (_services.Clock, turns), cancel);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                await HandOverAsync();
                return;
            }
            catch (Exception fault)
            {
                var wait = _schedule.WaitAfter(Math.Min(faults++, 20));
                _logger.PumpFailed(wait, fault);
                await Task.Delay(wait, _services.Clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Restores the detectors of the partitions that are here and takes up their stored positions; for a run without waiting. Throws what the
    /// first partition that could not be opened failed with, after the others were.
    /// </summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Clear();
        var turns = new PartitionTurns(_services.Clock, TellAsync);
        foreach (var partition in _services.Log.Partitions)
            await turns.TakeAsync(partition, async opened => await OpenAsync(opened, false, cancel) is null ? 0 : 1, cancel);
        turns.ThrowFirst();
    }

    /// <summary>
    /// Processes what is in the log now, batch by batch, and returns at its end. For runs that end with their input: throws what the first
    /// partition failed with, after the others were processed.
    /// </summary>
    /// <returns>How many entries it processed.</returns>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        var turns = new PartitionTurns(_services.Clock, TellAsync);
        var total = await DrainAsync(turns, rests: false, cancel);
        turns.ThrowFirst();
        return total;
    }

    private async Task<long> DrainAsync(PartitionTurns turns, bool rests, CancellationToken cancel)
    {
        var total = 0L;
        while (true)
        {
            var step = 0;
            var partitions = _services.Log.Partitions;
            await LetGoOfAllButAsync(partitions, cancel);
            turns.ForgetAllBut(partitions);
            foreach (var partition in partitions)
            {
                var entries = await turns.TakeAsync(partition, one => StepAsync(one, turns.IsFailing(one), cancel), cancel);
                if (rests && entries > 0 && _shards.TryGetValue(partition, out var shard))
                    turns.Rest(partition, shard.Pace.RestAfter(partitions.Count));
                step += entries;
            }
            if (step == 0)
                return total;
            total += step;
        }
    }

    private void Clear()
    {
        foreach (var partition in _shards.Keys)
        {
            _services.Status.Forget(partition);
            _services.Access?.Forget(partition);
        }
        _shards.Clear();
        _reports.Clear();
    }

    private async Task<int> StepAsync(int partition, bool hasFailed, CancellationToken cancel)
    {
        var known = _shards.GetValueOrDefault(partition);
        if ((known ?? await OpenAsync(partition, hasFailed, cancel)) is not { } shard)
            return 0;
        // What fails here has scored nothing: the shard stays as it is.
        var entries = await _reader.ReadAsync(
            partition, shard.Position, shard.Pace.EntriesMax, hasFailed && known is not null, cancel);
        if (entries.Count == 0)
            return 0;
        try
        {
            return await StepAsync(shard, entries, cancel);
        }
        catch
        {
            // It has scored what is not stored: it begins again from what is. The others are as they were.
            _shards.Remove(partition);
            throw;
        }
    }

    private async Task<int> StepAsync(Shard shard, IReadOnlyList<LogEntry> entries, CancellationToken cancel)
    {
        shard.Pace.Begin(entries.Count, entries.Sum(entry => (long)entry.Payload.Length));
        if (_services.WrittenRules is { } written)
            shard.Scoring.Use(written());
        var batch = new PumpBatch(shard.Partition, shard.Position, _services.Store.KeepsEvidence)
        {
            Versions = VersionsIfChanged(),
        };
        await HeedPeopleAsync(shard, batch, cancel);
        foreach (var entry in entries)
            Take(shard, entry, batch);
        var isCorrection = shard.Scoring.NeedsCorrection;
        var startedAt = _services.Clock.GetTimestamp();
        foreach (var said in shard.Scoring.Settle())
            await KeepAsync(shard, said, batch, cancel);
        shard.Pace.Done(startedAt, isCorrection);
        if (_services.BeforeCommit is { } first)
            await first(entries, cancel);
        await CommitAsync(shard, batch, cancel);
        return entries.Count;
    }

    private void Take(Shard shard, LogEntry entry, PumpBatch batch)
    {
        batch.LastOffset = entry.Offset;
        batch.Digest(entry);
        if (entry.IsDuplicate)
        {
            _ = entry.IsCopy ? batch.Copied++ : batch.Filtered++;
            shard.Scoring.Skip((entry.Partition, entry.Offset));
            return;
        }
        if (!_services.Decoder.TryDecode(entry.Payload, _event, out var rejection))
        {
            // What cannot be read of a copy becomes a dead letter where the record belongs.
            if (!entry.IsCopy)
                batch.Letters.Add(LetterOf(entry, rejection));
            _ = entry.IsCopy ? batch.Copied++ : 0;
            _logger.EntryDeadLettered(entry.Partition, entry.Offset, rejection.Detail);
            shard.Scoring.Skip((entry.Partition, entry.Offset));
            return;
        }
        var timing = shard.Scoring.Add((entry.Partition, entry.Offset), entry.ReceivedAt, _event, entry.IsCopy);
        _services.Access?.Observe(_event, entry.Partition);
        if (entry.IsCopy)
        {
            batch.Copied++;
            return;
        }
        shard.Remember(_event, entry);
        _services.SourceWatch?.Heard(entry.Source, entry.ReceivedAt);
        if (_services.SeesWholeLog)
            _services.Status.Observe(_event, entry);
        batch.Scored++;
    }

    private async ValueTask KeepAsync(Shard shard, OrderedVerdict said, PumpBatch batch, CancellationToken cancel)
    {
        foreach (var alert in said.Alerts)
        {
            batch.Alerts.Add(alert);
            batch.KeepEvidence(alert, shard.Recent, _options.EvidencePerAlertMax);
        }
        foreach (var incident in said.Incidents)
        {
            (said.IsRevision ? batch.RevisedIncidents : batch.Incidents).Add(incident);
            if (!incident.Tags.Contains(OrderedScoring.WithdrawnTag))
                await shard.Desk.DecideAsync(incident, batch, cancel);
        }
    }

    private async Task CommitAsync(Shard shard, PumpBatch batch, CancellationToken cancel)
    {
        // Before the commit: a crash between the two files a letter twice rather than losing it.
        if (batch.Letters.Count > 0)
            await _services.DeadLetters.AppendAsync(batch.Letters, cancel);
        shard.Position = batch.LastOffset;
        shard.TakenSinceSnapshot += batch.Scored + batch.Copied;
        var snapshot = shard.TakenSinceSnapshot >= _options.SnapshotEveryEvents ? await SnapshotAsync(shard, cancel) : null;
        var report = ReportOf(shard, batch.Alerts.Count > 0);
        var startedAt = _services.Clock.GetTimestamp();
        await _services.Store.CommitAsync(batch.ToCommit(snapshot) with { Report = report }, cancel);
        _versions = batch.Versions ?? _versions;
        var (late, corrections) = shard.Uncounted();
        _services.Metrics.Ordered(late, corrections);
        _services.Metrics.Batch(batch.Scored, batch.Letters.Count, batch.Alerts, _services.Clock.GetElapsedTime(startedAt));
        if (snapshot is not null)
            await ReleaseAsync(shard, snapshot, cancel);
        if (batch.Actions.Any(planned => planned.Action.State == ActionState.Approved))
            _services.Executor.Signal();
        var (scored, alerted) = _services.TellsStatusOfTotals ? (batch.Scored, batch.Alerts.Count) : (0, 0);
        _services.Status.Scored(scored, alerted, report);
        if (report is null)
            return;
        _reports[shard.Partition] = report;
        _services.Access?.Learn(shard.Partition, shard.Scoring.Engine);
    }

    /// <summary>The shard's snapshot, written part by part; null when it is larger than any may be: a restart then reads on from the one before.</summary>
    private async Task<EngineSnapshot?> SnapshotAsync(Shard shard, CancellationToken cancel)
    {
        try
        {
            return await _services.Store.WriteSnapshotAsync(
                shard.Partition, shard.ResumeOffset, stream => shard.Save(stream, _services.SourceWatch), cancel);
        }
        catch (SnapshotTooLargeException fault)
        {
            shard.TakenSinceSnapshot = 0;
            _logger.SnapshotTooLarge(shard.Partition, fault.BytesMax);
            return null;
        }
    }

    /// <summary>Ranking all entities is not free: it is done at most once a second, unless something was found.</summary>
    private ShardReport? ReportOf(Shard shard, bool isNews)
    {
        var now = _services.Clock.GetUtcNow();
        if (!isNews && (now - shard.ReportedAt).Duration() < ReportEvery)
            return null;
        shard.ReportedAt = now;
        return ShardReport.Of(shard.Partition, shard.Scoring, now);
    }

    /// <summary>What is in force, when it is not what was entered before; a new process enters it once.</summary>
    private ReadOnlyMemory<byte>? VersionsIfChanged()
    {
        if (!_services.Store.KeepsEvidence || _services.Versions is not { } ask)
            return null;
        var versions = ask();
        // The cast matters: without it null would become memory that is empty, and be entered.
        return versions.Equals(_versions) ? null : (ReadOnlyMemory<byte>?)versions;
    }

    private async Task ReleaseAsync(Shard shard, EngineSnapshot snapshot, CancellationToken cancel)
    {
        shard.TakenSinceSnapshot = 0;
        await _services.Store.RemoveEarlierSnapshotsAsync(shard.Partition, cancel);
        _services.Release?.Invoke(snapshot.Partition, snapshot.Offset);
    }

    private long PositionOf(int partition) => _shards.TryGetValue(partition, out var shard) ? shard.Position : -1;

    private static DeadLetter LetterOf(LogEntry entry, Rejection rejection) => new(
        entry.Source, $"{entry.Partition}@{entry.Offset}", rejection,
        entry.Payload[..Math.Min(entry.Payload.Length, LetterBytesMax)].ToArray(), entry.Payload.Length,
        Convert.ToHexStringLower(SHA256.HashData(entry.Payload.Span)));
}
