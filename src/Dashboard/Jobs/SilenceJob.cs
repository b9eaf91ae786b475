using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Looks once a minute of the network's clock for sources that have stopped delivering, and says so in the event log.</summary>
internal sealed class SilenceJob(MonitorParts parts, ILogger<SilenceJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, parts.Plan.Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (parts.SourceWatch.Look(parts.Plan.Clock.GetUtcNow()) is { Count: > 0 } records)
                    await parts.Intake.AcceptAsync(SourceWatch.OwnSource, records, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // The next look tries again; what was not stored has not been told.
                logger.SilenceNotStored(fault);
            }
        }
    }
}
