using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SentinelHealth.Detection;
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
/// alerts are those of a run that never stopped (I5). With several partitions that holds for each partition's own events;
/// how partitions interleave is not part of the log. Pumps of several processes may share a store: a commit is refused when
/// another has taken its partition further (<see cref="PositionMovedException"/>), and the pump starts again from there; detectors
/// of a partition that comes to a running pump start cold. <see cref="RunAsync"/> may be called once at a time.
/// </remarks>
public sealed class MonitorPump
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
    private readonly Dictionary<int, long> _positions = [];
    private EntityDirectory _directory;
    private RecentEvents _recent;
    private IncidentDesk _desk;
    private IDetectionEngine? _engine;
    private long _scoredSinceSnapshot;

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
        (_directory, _recent, _desk) = Fresh();
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
        (_directory, _recent, _desk) = Fresh();
        var snapshot = await _services.Store.SnapshotAsync(cancel);
        IReadOnlyDictionary<int, long> from = new Dictionary<int, long>();
        _engine = null;
        if (snapshot is not null)
        {
            try
            {
                _engine = PumpState.Load(snapshot.State, _directory, _services.EngineFactory);
                from = snapshot.Offsets;
            }
            catch (InvalidDataException fault)
            {
                _logger.SnapshotRefused(fault.Message);
                (_directory, _recent, _desk) = Fresh();
            }
        }
        _engine ??= _services.EngineFactory(null);
        foreach (var partition in _services.Log.Partitions)
            await CatchUpAsync(partition, from.GetValueOrDefault(partition, -1), cancel);
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
            _positions.Remove(gone);
    }

    private async Task<int> StepAsync(int partition, CancellationToken cancel)
    {
        if (!_positions.TryGetValue(partition, out var position))
        {
            // A partition that came to us later; its events were scored elsewhere up to the stored offset.
            position = await _services.Store.ScoredOffsetAsync(partition, cancel);
            _positions[partition] = position;
        }
        var entries = await _services.Log.ReadAsync(partition, position, _options.BatchEntriesMax, cancel);
        if (entries.Count == 0)
            return 0;
        var batch = new PumpBatch(partition, position);
        var startedAt = _services.Clock.GetTimestamp();
        var done = 0;
        foreach (var entry in entries)
        {
            await ProcessAsync(entry, batch, cancel);
            done++;
            if (_services.Clock.GetElapsedTime(startedAt) >= _options.BatchTimeMax)
                break;
        }
        await CommitAsync(partition, batch, cancel);
        return done;
    }

    private async ValueTask ProcessAsync(LogEntry entry, PumpBatch batch, CancellationToken cancel)
    {
        batch.LastOffset = entry.Offset;
        if (entry.IsDuplicate)
        {
            batch.Filtered++;
            return;
        }
        if (!_services.Decoder.TryDecode(entry.Payload, _event, out var rejection))
        {
            _logger.EntryDeadLettered(entry.Partition, entry.Offset, rejection.Detail);
            batch.Letters.Add(LetterOf(entry, rejection));
            return;
        }
        Remember(entry);
        _services.Status.Observe(_event, entry);
        var verdict = _engine!.Process(_event);
        batch.Scored++;
        foreach (var alert in verdict.Alerts)
        {
            batch.Alerts.Add(alert);
            batch.KeepEvidence(alert, _recent, _options.EvidencePerAlertMax);
        }
        foreach (var incident in verdict.Incidents)
        {
            batch.Incidents.Add(incident);
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
            ? new EngineSnapshot(new Dictionary<int, long>(_positions), PumpState.Save(_directory, _engine!))
            : null;
        var startedAt = _services.Clock.GetTimestamp();
        await _services.Store.CommitAsync(batch.ToCommit(snapshot), cancel);
        _services.Metrics.Batch(batch.Scored, batch.Letters.Count, batch.Alerts.Count, _services.Clock.GetElapsedTime(startedAt));
        if (snapshot is not null)
            Release(snapshot);
        if (batch.Actions.Any(planned => planned.Action.State == ActionState.Approved))
            _services.Executor.Signal();
        _services.Status.Scored(batch.Scored, batch.Alerts.Count, _engine!);
    }

    private void Release(EngineSnapshot snapshot)
    {
        _scoredSinceSnapshot = 0;
        foreach (var (partition, offset) in snapshot.Offsets)
            _services.Release?.Invoke(partition, offset);
    }

    /// <summary>Brings the detectors from a snapshot's offset to the stored one. Nothing is stored, decided or counted: that was done.</summary>
    private async Task CatchUpAsync(int partition, long from, CancellationToken cancel)
    {
        var stored = await _services.Store.ScoredOffsetAsync(partition, cancel);
        var (position, events) = (from, 0L);
        while (position < stored)
        {
            var entries = await _services.Log.ReadAsync(partition, position, _options.BatchEntriesMax, cancel);
            if (entries.Count == 0)
            {
                await CheckEndAsync(partition, stored, cancel);
                break;
            }
            foreach (var entry in entries.TakeWhile(entry => entry.Offset <= stored))
            {
                if (entry.IsDuplicate || !_services.Decoder.TryDecode(entry.Payload, _event, out _))
                    continue;
                Remember(entry);
                _services.Status.Restore(_event);
                _engine!.Process(_event);
                events++;
            }
            position = entries[^1].Offset;
        }
        _positions[partition] = stored;
        _scoredSinceSnapshot += events;
        _logger.PumpStarted(partition, stored, events);
    }

    /// <summary>Old entries may have been removed, and then the detectors start colder; a log that lost its end must not go on.</summary>
    private async Task CheckEndAsync(int partition, long stored, CancellationToken cancel)
    {
        if (await _services.Log.EndOffsetAsync(partition, cancel) < stored)
            throw new InvalidDataException($"The log of partition {partition} ends before offset {stored}, which was scored already.");
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

    private (EntityDirectory, RecentEvents, IncidentDesk) Fresh()
    {
        var directory = new EntityDirectory(_options.EntitiesMax, _options.ActiveWithin);
        return (directory, new RecentEvents(_options.RecentEventsMax, _options.RecentBytesMax),
            new IncidentDesk(_services, _playbooks, _response, directory));
    }

    private static DeadLetter LetterOf(LogEntry entry, Rejection rejection) => new(
        entry.Source, $"{entry.Partition}@{entry.Offset}", rejection,
        entry.Payload[..Math.Min(entry.Payload.Length, LetterBytesMax)].ToArray(), entry.Payload.Length,
        Convert.ToHexStringLower(SHA256.HashData(entry.Payload.Span)));
}
