using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What an observer connects.</summary>
public sealed record ObserverServices
{
    /// <summary>The whole log: this reader is alone in its group.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>Reads events; used by the observer's thread alone.</summary>
    public required IEventDecoder Decoder { get; init; }

    /// <summary>Told of nodes and sources.</summary>
    public required MonitorStatus Status { get; init; }

    /// <summary>Told when sources deliver.</summary>
    public required SourceWatch SourceWatch { get; init; }

    /// <summary>The offset up to which a partition's entries have been taken; -1 before the first.</summary>
    public required Func<int, long> PositionOf { get; init; }

    /// <summary>Makes a batch durable with its position; the same entries may come again after a crash.</summary>
    public required Action<IReadOnlyList<LogEntry>> Take { get; init; }

    /// <summary>What was known of sources' habits when an observer ended here before; empty for nothing.</summary>
    public required ReadOnlyMemory<byte> Remembered { get; init; }

    /// <summary>Keeps what is known of them, whole or not at all.</summary>
    public required Action<ReadOnlyMemory<byte>> Remember { get; init; }

    /// <summary>The monitor's clock.</summary>
    public required TimeProvider Clock { get; init; }
}

/// <summary>
/// Reads every partition of a shared log for a process that shows, searches and reports: whoever scores an event, it is found here, and
/// whether a source has fallen silent is judged by who hears all of it.
/// </summary>
/// <remarks>Nothing is scored, and no position but its own is moved. Behind what is scored by moments. <see cref="RunAsync"/> may be called once at a time.</remarks>
public sealed class LogObserver(ObserverServices services, ILogger<LogObserver> logger)
{
    private const int EntriesMax = 2_000;
    private static readonly TimeSpan RememberEvery = TimeSpan.FromMinutes(1);

    private readonly SentinelEvent _event = new();
    private readonly ReconcileSchedule _schedule = new();
    private readonly PatientReader _reader = new(services.Log, services.Clock);
    private DateTimeOffset _rememberedAt = DateTimeOffset.MinValue;

    /// <summary>Works until cancelled. A partition that fails is waited for while the others go on, and read on from what was taken.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Recall();
        var faults = 0;
        var turns = new PartitionTurns(services.Clock, TellAsync);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                while (await DrainAsync(turns, cancel) > 0)
                    faults = 0;
                await PartitionWait.ForAnyAsync(services.Log, services.PositionOf, (services.Clock, turns), cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                var wait = _schedule.WaitAfter(Math.Min(faults++, 20));
                logger.ObserverFailed(wait, fault);
                await Task.Delay(wait, services.Clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        try
        {
            services.Remember(services.SourceWatch.Save());
        }
        catch (IOException fault)
        {
            // What was kept a minute ago at most is read at the next start.
            logger.HabitsNotKept(fault.Message);
        }
    }

    /// <summary>Takes what is in the log now; throws what the first partition failed with, after the others were taken from.</summary>
    /// <returns>How many entries it took of each partition's next ones.</returns>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        var turns = new PartitionTurns(services.Clock, TellAsync);
        var taken = await DrainAsync(turns, cancel);
        turns.ThrowFirst();
        return taken;
    }

    private async Task<long> DrainAsync(PartitionTurns turns, CancellationToken cancel)
    {
        var taken = 0L;
        var partitions = services.Log.Partitions;
        turns.ForgetAllBut(partitions);
        foreach (var partition in partitions)
            taken += await turns.TakeAsync(partition, one => StepAsync(one, turns.IsFailing(one), cancel), cancel);
        if (taken > 0)
            services.Status.NotifyChanged();
        Remember();
        return taken;
    }

    private async Task<int> StepAsync(int partition, bool hasFailed, CancellationToken cancel)
    {
        var entries = await _reader.ReadAsync(partition, services.PositionOf(partition), EntriesMax, hasFailed, cancel);
        if (entries.Count == 0)
            return 0;
        foreach (var entry in entries)
            Observe(entry);
        services.Take(entries);
        return entries.Count;
    }

    private ValueTask TellAsync(PartitionTurn turn, CancellationToken cancel)
    {
        if (turn.Fault is { } fault)
            logger.PartitionNotObserved(turn.Partition, turn.Wait, fault);
        else
            logger.PartitionObserved(turn.Partition);
        return ValueTask.CompletedTask;
    }

    /// <summary>Habits that cannot be read are learned again.</summary>
    private void Recall()
    {
        try
        {
            services.SourceWatch.Load(services.Remembered.ToArray());
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            services.SourceWatch.Load([]);
            logger.HabitsNotRead(fault.Message);
        }
    }

    private void Observe(LogEntry entry)
    {
        if (entry.IsDuplicate || entry.IsCopy || !services.Decoder.TryDecode(entry.Payload, _event, out _))
            return;
        services.Status.Observe(_event, entry);
        services.SourceWatch.Heard(entry.Source, entry.ReceivedAt);
    }

    private void Remember()
    {
        var now = services.Clock.GetUtcNow();
        if ((now - _rememberedAt).Duration() < RememberEvery)
            return;
        _rememberedAt = now;
        services.Remember(services.SourceWatch.Save());
    }
}
