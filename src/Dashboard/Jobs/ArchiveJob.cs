using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Packs archived events into blocks as they come, and lets go of what is too old.</summary>
internal sealed partial class ArchiveJob(EventArchive archive, TimeProvider clock, ILogger<ArchiveJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), ForgetEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var forgottenAt = DateTimeOffset.MinValue;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (archive.Seal())
                    stopping.ThrowIfCancellationRequested();
                if (clock.GetUtcNow() - forgottenAt >= ForgetEvery)
                {
                    archive.Forget(clock.GetUtcNow());
                    forgottenAt = clock.GetUtcNow();
                }
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // Nothing is lost: events stay loose until they are packed.
                NotPacked(logger, fault);
            }
            // Not the monitor's clock: a demonstration lets that run faster.
            await Task.Delay(LookEvery, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Archived events could not be packed; it is tried again.")]
    private static partial void NotPacked(ILogger logger, Exception fault);
}
