using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// Brings here what other processes that share the store have done: how their partitions are doing, what people decided elsewhere, and that
/// there is something to carry out. A look costs one small query; the rest is read only when it says that something changed.
/// </summary>
internal sealed partial class RelayJob(MonitorParts parts, ILogger<RelayJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, DateTimeOffset> _told = [];
    private readonly Dictionary<int, DateTimeOffset> _learned = [];
    private long _mark = -1;
    private (long Scored, long Alerted)? _counted;

    /// <summary>Looks once.</summary>
    /// <returns>Whether something had changed.</returns>
    public async Task<bool> LookAsync(CancellationToken cancel)
    {
        var mark = await parts.Store.ChangeMarkAsync(cancel);
        if (mark == _mark)
            return false;
        await parts.Tuning.RefreshAsync(cancel);
        await parts.Playbooks.RefreshAsync(cancel);
        if (parts.Plan.Roles.Has(ProcessRoles.Respond))
            parts.Executor.Signal();
        await TellAsync(cancel);
        _mark = mark;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
                schedule = new RestartSchedule();
                await Task.Delay(LookEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // What is known stays in force; the next look tries again.
                var wait = schedule.Next();
                NotRelayed(logger, wait, fault);
                await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task TellAsync(CancellationToken cancel)
    {
        var tally = (await parts.Store.PositionAsync(cancel)).Tally;
        var (scored, alerted) = _counted is { } before ? (tally.Scored - before.Scored, tally.Alerted - before.Alerted) : (0, 0);
        _counted = (tally.Scored, tally.Alerted);
        parts.Status.Scored(scored, (int)Math.Clamp(alerted, 0, int.MaxValue), report: null);
        foreach (var report in await parts.Store.ShardReportsAsync(cancel))
        {
            if (_told.GetValueOrDefault(report.Partition) != report.At)
                parts.Status.Scored(0, 0, report);
            _told[report.Partition] = report.At;
            Learn(report);
        }
    }

    /// <summary>Of partitions scored here the pump tells more; what was learned of one before it left has been forgotten.</summary>
    private void Learn(ShardReport report)
    {
        if (parts.Log.Partitions.Contains(report.Partition))
            _learned.Remove(report.Partition);
        else if (_learned.GetValueOrDefault(report.Partition) != report.At)
        {
            parts.Access.Learn(report.Partition, report.TopRisks);
            _learned[report.Partition] = report.At;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What other processes did could not be read; it is tried again in {Wait}.")]
    private static partial void NotRelayed(ILogger logger, TimeSpan wait, Exception fault);
}
