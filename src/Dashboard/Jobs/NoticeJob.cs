using SentinelHealth.Response.Notifications;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Delivers notices until the host stops; what was not delivered waits in the store for the next start.</summary>
internal sealed class NoticeJob(NoticeDispatcher dispatcher, ILogger<NoticeJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await dispatcher.DispatchAsync(stopping) > 0)
                    continue;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // The store's trouble; the next look tries again.
                logger.NoticesNotRead(fault);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(LookEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

internal static partial class NoticeJobLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Notices could not be read; they are tried again.")]
    public static partial void NoticesNotRead(this ILogger logger, Exception fault);
}
