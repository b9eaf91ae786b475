using SentinelHealth.Dashboard.Evidence;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// Keeps a process that shares the evidence log ready to take over, whether it leads or stands by: once a second it takes over what the
/// leader has taken into the log, replaces its own key after an erasure, and lets new processes in.
/// </summary>
internal sealed class CustodyJob(EvidenceParts evidence, TimeProvider clock, ILogger<CustodyJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            var wait = LookEvery;
            try
            {
                if (evidence.Shared is { } custody)
                    await custody.LookAsync(stopping);
                await evidence.Recorder.FollowAsync(stopping);
                schedule = new RestartSchedule();
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                wait = schedule.Next();
                logger.CustodyFailed(wait, fault);
            }
            catch (OperationCanceledException)
            {
                logger.CustodyStopping();
            }
            await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>What a process says that shares the evidence log.</summary>
internal static partial class CustodyJobLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The evidence log that processes share could not be followed; next attempt in {Wait}.")]
    public static partial void CustodyFailed(this ILogger logger, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The evidence log is no longer followed.")]
    public static partial void CustodyStopping(this ILogger logger);
}
