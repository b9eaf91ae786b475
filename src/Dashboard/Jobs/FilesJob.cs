using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// Sees to the files that are this process's own: once a second erasures that were ordered anywhere, and once a day what has been kept long
/// enough, where <see cref="RetentionJob"/> does not because another process leads. Ends the process when it was taken out of erasures.
/// </summary>
internal sealed partial class FilesJob(MonitorParts parts, RetentionPlan plan, ILogger<FilesJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromDays(1);

    private DateTimeOffset _forgotAt = DateTimeOffset.MinValue;

    /// <summary>Removes what is over from the files, if a day has passed since it did. Returns how many disclosures.</summary>
    /// <remarks>
    /// A process without persons' keys cannot know whom a legal hold keeps, and keeps nobody: those with the role respond keep theirs.
    /// </remarks>
    public int Forget()
    {
        var now = parts.Plan.Clock.GetUtcNow();
        if ((now - _forgotAt).Duration() < ForgetEvery || parts.Leadership.IsLeader)
            return 0;
        Func<string, bool> isHeld = parts.Evidence is { } evidence ? evidence.Vault.IsHeld : static _ => false;
        var disclosures = parts.Observed.Forget(now.AddYears(-plan.DisclosureYears), isHeld);
        parts.Audits.Forget();
        _forgotAt = now;
        return disclosures;
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            var wait = LookEvery;
            try
            {
                if (parts.Erasures is { } erasures && await erasures.LookAsync(stopping) is > 0 and var orders)
                    Erased(logger, orders);
                if (Forget() is > 0 and var disclosures)
                    Forgot(logger, disclosures);
                schedule = new RestartSchedule();
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested && parts.Erasures is not { IsTakenOut: true })
            {
                // Nothing is confirmed that was not done; the next look tries again.
                wait = schedule.Next();
                Failed(logger, wait, fault);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Orders} orders to erase a person were carried out on the files of this process.")]
    private static partial void Erased(ILogger logger, int orders);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Disclosures} disclosures were removed from the files of this process: their time is over.")]
    private static partial void Forgot(ILogger logger, int disclosures);

    [LoggerMessage(Level = LogLevel.Error, Message = "Erasures and retention could not be carried out on the files of this process; next attempt in {Wait}.")]
    private static partial void Failed(ILogger logger, TimeSpan wait, Exception fault);
}
