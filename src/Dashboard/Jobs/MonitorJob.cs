using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>What flows into a monitor.</summary>
/// <param name="Sources">Run until the host stops.</param>
/// <param name="HistoryEnds">Completes when what is only to be learned from has been handed over.</param>
internal sealed record MonitorFeed(IReadOnlyList<ISource> Sources, Task HistoryEnds)
{
    public MonitorFeed(IReadOnlyList<ISource> sources) : this(sources, Task.CompletedTask) { }
}

/// <summary>Runs a monitor: its sources, its pump and its executor, until the host stops.</summary>
internal sealed class MonitorJob(MonitorParts parts, MonitorFeed feed, Readiness readiness, ILogger<MonitorJob> logger)
    : BackgroundService
{
    private static readonly TimeSpan CatchUpLook = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        // The host waits for the first await of every job; files must not hold up the web server.
        await Task.Yield();
        readiness.Stage = MonitorStage.Warming;
        parts.Status.Watch(feed.Sources);
        using var pumpStops = new CancellationTokenSource();
        using var pumping = new YieldingThread("pump");
        var running = Task.WhenAll(
            parts.Pump is { } pump ? pumping.Run(() => pump.RunAsync(pumpStops.Token)) : Task.CompletedTask,
            parts.Plan.Roles.Has(ProcessRoles.Respond)
                ? Task.Run(() => ExecuteLedAsync(pumpStops.Token), CancellationToken.None) : Task.CompletedTask);
        var feeding = feed.Sources.Select(source => Task.Run(() => FeedAsync(source, stopping), CancellationToken.None)).ToList();
        try
        {
            await feed.HistoryEnds.WaitAsync(stopping);
            await CaughtUpAsync(stopping);
            readiness.Stage = MonitorStage.Running;
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.MonitorStopping();
        }
        // Sources first: what they handed over is durable, and the pump takes it up again at the next start.
        await Task.WhenAll(feeding);
        await pumpStops.CancelAsync();
        await running;
        readiness.Stage = MonitorStage.Stopped;
    }

    /// <summary>The outbox and its timers run in one of the processes that share the store.</summary>
    private async Task ExecuteLedAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await parts.Leadership.BecomesAsync(true, stopping);
                using var term = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var executing = parts.Executor.RunAsync(term.Token);
                await Task.WhenAny(parts.Leadership.BecomesAsync(false, stopping), executing);
                await term.CancelAsync();
                await executing;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>What came before the start must be scored before the answers are worth anything.</summary>
    private async Task CaughtUpAsync(CancellationToken stopping)
    {
        // A partition that cannot be read keeps nobody from the others' answers.
        bool IsWaitedFor(int partition) =>
            parts.Log.Partitions.Contains(partition) && !parts.Status.FailingPartitions.Contains(partition);
        foreach (var partition in parts.Log.Partitions)
        {
            if (await EndOrNoneAsync(partition, stopping) is not { } target)
                continue;
            while (await parts.Store.ScoredOffsetAsync(partition, stopping) < target && IsWaitedFor(partition))
                await Task.Delay(CatchUpLook, stopping);
        }
    }

    private async Task<long?> EndOrNoneAsync(int partition, CancellationToken stopping)
    {
        try
        {
            return await parts.Log.EndOffsetAsync(partition, stopping);
        }
        catch (IOException fault)
        {
            logger.EndNotKnown(partition, fault.Message);
            return null;
        }
    }

    /// <summary>A source that fails is started again after a growing wait; its position is its own.</summary>
    private async Task FeedAsync(ISource source, CancellationToken stopping)
    {
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await source.RunAsync(parts.Intake, stopping);
                logger.SourceEnded(source.Name);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                var wait = schedule.Next();
                logger.SourceFailed(source.Name, wait, fault);
                parts.Status.ReportSourceFault(source.Name, $"{fault.Message} Next attempt in {wait.TotalSeconds:0} s.");
                await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                parts.Status.ReportSourceFault(source.Name, "");
            }
        }
    }
}
