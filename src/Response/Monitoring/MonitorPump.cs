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
/// A restart loads the last snapshot, reads the log again up to the stored offset without storing anything, and continues: the
/// alerts are those of a run that never stopped (I5). Events are scored as they come and in the end as if they had come in the
/// order of their times (<see cref="OrderedScoring"/>), however partitions interleave. Pumps of several processes may share a store:
/// a commit is refused when another has taken its partition further (<see cref="PositionMovedException"/>), and the pump starts again
/// from there; detectors of a partition that comes to a running pump start cold. <see cref="RunAsync"/> may be called once at a time.
/// </remarks>
public sealed partial class MonitorPump
{
    private const int LetterBytesMax = 64 * 1024;
    private static readonly TimeSpan StandByLook = TimeSpan.FromMilliseconds(250);

    private readonly MonitorServices _services;
    private readonly PlaybookSet _playbooks;
    private readonly ResponseOptions _response;
    private readonly MonitorOptions _options;
    private readonly ILogger<MonitorPump> _logger;
    private readonly SentinelEvent _event = new();
    private readonly ReconcileSchedule _schedule = new();
    private readonly PumpPace _pace;
    private readonly Dictionary<int, long> _positions = [];
    private EntityDirectory _directory;
    private RecentEvents _recent;
    private IncidentDesk _desk;
    private OrderedScoring _scoring;
    private long _scoredSinceSnapshot;
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
        _pace = new PumpPace(options, services.Clock);
        (_directory, _recent, _desk, _scoring) = Fresh();
    }

    /// <summary>Works until cancelled. A fault drops everything since the last commit and starts again from there, after a growing wait.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var faults = 0;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await StartAsync(cancel);
                while (true)
                {
                    if (await DrainAsync(cancel) > 0)
                        faults = 0;
                    await WaitForEntriesAsync(cancel);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
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

    /// <summary>Restores the detectors and takes up the stored position. Called by <see cref="RunAsync"/>; alone, for a run without waiting.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _positions.Clear();
        _scoredSinceSnapshot = 0;
        (_directory, _recent, _desk, _scoring) = Fresh();
        var snapshot = await _services.Store.SnapshotAsync(cancel);
        IReadOnlyDictionary<int, long>? from = null;
        if (snapshot is not null)
        {
            try
            {
                PumpState.Load(snapshot.State, _directory, _services.SourceWatch, _scoring);
                from = snapshot.Offsets;
            }
            catch (InvalidDataException fault)
            {
                _logger.SnapshotRefused(fault.Message);
                (_directory, _recent, _desk, _scoring) = Fresh();
            }
        }
        await CatchUpAsync(from, cancel);
        _scoring.EndRestore();
        await RecallDecisionsAsync(cancel);
        _services.Access?.Begin(_scoring.Engine);
    }

    /// <summary>Processes what is in the log now, batch by batch, and returns at its end. For runs that end with their input.</summary>
    /// <returns>How many entries it processed.</returns>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        var total = 0L;
        while (true)
        {
            var step = 0;
            var partitions = _services.Log.Partitions;
            ForgetAllBut(partitions);
            foreach (var partition in partitions)
                step += await StepAsync(partition, cancel);
            if (step == 0)
                return total;
            total += step;
        }
    }

    /// <summary>A partition that went to another process may come back from where that one has taken it.</summary>
    private void ForgetAllBut(IReadOnlyList<int> partitions)
    {
        foreach (var gone in _positions.Keys.Except(partitions).ToList())
        {
            _positions.Remove(gone);
            _scoring.Forget(gone);
        }
    }

    private async Task<int> StepAsync(int partition, CancellationToken cancel)
    {
        if (!_positions.TryGetValue(partition, out var position))
        {
            // A partition that came to us later; its events were scored elsewhere up to the stored offset.
            position = await _services.Store.ScoredOffsetAsync(partition, cancel);
            _positions[partition] = position;
        }
        var entries = await _services.Log.ReadAsync(partition, position, _pace.EntriesMax, cancel);
        if (entries.Count == 0)
            return 0;
        if (_services.WrittenRules is { } written)
            _scoring.Use(written());
        var batch = new PumpBatch(partition, position, _services.Store.KeepsEvidence) { Versions = VersionsIfChanged() };
        await HeedPeopleAsync(batch, cancel);
        foreach (var entry in entries)
            Take(entry, batch);
        var isCorrection = _scoring.NeedsCorrection;
        if (isCorrection)
            await _pace.BeforeCorrectionAsync(entries.Count, cancel);
        var startedAt = _services.Clock.GetTimestamp();
        foreach (var said in _scoring.Settle())
            await KeepAsync(said, batch, cancel);
        _pace.Done(startedAt, isCorrection);
        if (_services.BeforeCommit is { } first)
            await first(entries, cancel);
        await CommitAsync(partition, batch, cancel);
        return entries.Count;
    }

    private void Take(LogEntry entry, PumpBatch batch)
    {
        batch.LastOffset = entry.Offset;
        batch.Digest(entry);
        if (entry.IsDuplicate)
        {
            batch.Filtered++;
            _scoring.Skip((entry.Partition, entry.Offset));
            return;
        }
        if (!_services.Decoder.TryDecode(entry.Payload, _event, out var rejection))
        {
            _logger.EntryDeadLettered(entry.Partition, entry.Offset, rejection.Detail);
            batch.Letters.Add(LetterOf(entry, rejection));
            _scoring.Skip((entry.Partition, entry.Offset));
            return;
        }
        Remember(entry);
        _services.SourceWatch.Heard(entry.Source, entry.ReceivedAt);
        var timing = _scoring.Add((entry.Partition, entry.Offset), entry.ReceivedAt, _event);
        _services.Status.Observe(_event, entry, timing);
        _services.Access?.Observe(_event);
        batch.Scored++;
    }

    private async ValueTask KeepAsync(OrderedVerdict said, PumpBatch batch, CancellationToken cancel)
    {
        foreach (var alert in said.Alerts)
        {
            batch.Alerts.Add(alert);
            batch.KeepEvidence(alert, _recent, _options.EvidencePerAlertMax);
        }
        foreach (var incident in said.Incidents)
        {
            (said.IsRevision ? batch.RevisedIncidents : batch.Incidents).Add(incident);
            if (!incident.Tags.Contains(OrderedScoring.WithdrawnTag))
                await _desk.DecideAsync(incident, batch, cancel);
        }
    }

    private async Task CommitAsync(int partition, PumpBatch batch, CancellationToken cancel)
    {
        // Before the commit: a crash between the two files a letter twice rather than losing it.
        if (batch.Letters.Count > 0)
            await _services.DeadLetters.AppendAsync(batch.Letters, cancel);
        _positions[partition] = batch.LastOffset;
        _scoredSinceSnapshot += batch.Scored;
        var snapshot = _scoredSinceSnapshot >= _options.SnapshotEveryEvents
            ? new EngineSnapshot(_scoring.ResumeOffsets, PumpState.Save(_directory, _services.SourceWatch, _scoring))
            : null;
        var startedAt = _services.Clock.GetTimestamp();
        await _services.Store.CommitAsync(batch.ToCommit(snapshot), cancel);
        _versions = batch.Versions ?? _versions;
        _services.Metrics.Order(_scoring);
        _services.Metrics.Batch(batch.Scored, batch.Letters.Count, batch.Alerts, _services.Clock.GetElapsedTime(startedAt));
        if (snapshot is not null)
            Release(snapshot);
        if (batch.Actions.Any(planned => planned.Action.State == ActionState.Approved))
            _services.Executor.Signal();
        _services.Status.Scored(batch.Scored, batch.Alerts.Count, _scoring);
        _services.Access?.Learn(_scoring.Engine, _services.Clock.GetUtcNow(), batch.Alerts.Count > 0);
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

    private void Release(EngineSnapshot snapshot)
    {
        _scoredSinceSnapshot = 0;
        foreach (var (partition, offset) in snapshot.Offsets)
            _services.Release?.Invoke(partition, offset);
    }

    private void Remember(LogEntry entry)
    {
        _directory.Observe(_event);
        _recent.Add(_event.Key(TextField.Id), entry.Payload);
    }

    private async Task WaitForEntriesAsync(CancellationToken cancel)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var partitions = _services.Log.Partitions;
        if (partitions.Count == 0)
        {
            // More members than partitions: this one stands by.
            await Task.Delay(StandByLook, _services.Clock, cancel);
            return;
        }
        var waits = partitions
            .Select(partition => _services.Log.WaitForEntriesAsync(partition, _positions.GetValueOrDefault(partition, -1),
                first.Token).AsTask())
            .ToList();
        await Task.WhenAny(waits);
        await first.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (waits.FirstOrDefault(wait => wait.IsFaulted) is { } faulted)
            await faulted;
        cancel.ThrowIfCancellationRequested();
    }

    private (EntityDirectory, RecentEvents, IncidentDesk, OrderedScoring) Fresh()
    {
        var directory = new EntityDirectory(_options.EntitiesMax, _options.ActiveWithin);
        return (directory, new RecentEvents(_options.RecentEventsMax, _options.RecentBytesMax),
            new IncidentDesk(_services, _playbooks, _response, directory),
            new OrderedScoring(_services.EngineFactory, _services.Decoder, _options.Order));
    }

    private static DeadLetter LetterOf(LogEntry entry, Rejection rejection) => new(
        entry.Source, $"{entry.Partition}@{entry.Offset}", rejection,
        entry.Payload[..Math.Min(entry.Payload.Length, LetterBytesMax)].ToArray(), entry.Payload.Length,
        Convert.ToHexStringLower(SHA256.HashData(entry.Payload.Span)));
}
