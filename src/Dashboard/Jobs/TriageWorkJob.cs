using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Works off orders over many alerts until the host stops; the next start goes on where this one was.</summary>
internal sealed class TriageWorkJob(TriageDesk desk, ILogger<TriageWorkJob> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await desk.RunAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The store's trouble: nothing is lost, because each step is one transaction.
                logger.OrdersNotWorkedOff(fault);
                await Task.Delay(AfterFault, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

internal static partial class TriageWorkJobLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Orders over alerts could not be worked off; they are tried again.")]
    public static partial void OrdersNotWorkedOff(this ILogger logger, Exception fault);
}
