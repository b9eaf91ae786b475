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

    /// <summary>Reads and writes what is known of sources' habits.</summary>
    public required IObserverMemory Memory { get; init; }

    /// <summary>The monitor's clock.</summary>
    public required TimeProvider Clock { get; init; }
}

/// <summary>Where an observer keeps what must outlive it.</summary>
public interface IObserverMemory
{
    /// <summary>What was kept; empty for nothing.</summary>
    byte[] Read();

    /// <summary>Keeps it whole or not at all.</summary>
    void Write(byte[] state);
}

/// <summary>
/// Reads every partition of a shared log for a process that shows, searches and reports: whoever scores an event, it is found here, and
/// whether a source has fallen silent is judged by who hears all of it.
/// </summary>
/// <remarks>Nothing is scored, and no position but its own is moved. Behind what is scored by moments. <see cref="RunAsync"/> may be called once at a time.</remarks>
public sealed class LogObserver(ObserverServices services, ILogger<LogObserver> logger)
{
    private const int EntriesMax = 2_000;
    private static readonly TimeSpan StandByLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RememberEvery = TimeSpan.FromMinutes(1);

    private readonly SentinelEvent _event = new();
    private readonly ReconcileSchedule _schedule = new();
    private DateTimeOffset _rememberedAt = DateTimeOffset.MinValue;

    /// <summary>Works until cancelled. A fault is waited out, and reading goes on from what was taken.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        services.SourceWatch.Load(services.Memory.Read());
        var faults = 0;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                while (await DrainAsync(cancel) > 0)
                    faults = 0;
                await WaitAsync(cancel);
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
        services.Memory.Write(services.SourceWatch.Save());
    }

    /// <summary>Takes what is in the log now.</summary>
    /// <returns>How many entries it took of each partition's next ones.</returns>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        var taken = 0L;
        foreach (var partition in services.Log.Partitions)
        {
            var entries = await services.Log.ReadAsync(partition, services.PositionOf(partition), EntriesMax, cancel);
            if (entries.Count == 0)
                continue;
            foreach (var entry in entries)
                Observe(entry);
            services.Take(entries);
            taken += entries.Count;
        }
        if (taken > 0)
            services.Status.NotifyChanged();
        Remember();
        return taken;
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
        services.Memory.Write(services.SourceWatch.Save());
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        var partitions = services.Log.Partitions;
        if (partitions.Count == 0)
        {
            await Task.Delay(StandByLook, services.Clock, cancel);
            return;
        }
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waits = partitions.Select(partition =>
            services.Log.WaitForEntriesAsync(partition, services.PositionOf(partition), first.Token).AsTask()).ToList();
        await Task.WhenAny(waits);
        await first.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }
}
