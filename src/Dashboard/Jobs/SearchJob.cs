using SentinelHealth.Response.Search;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Sends what waits for the search engine, as long as the program runs.</summary>
internal abstract partial class SearchJob(SearchFeed feed, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends the next part. False when nothing waited.</summary>
    protected abstract Task<bool> StepAsync(CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var schedule = new RestartSchedule();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Reading blocks takes time that belongs to nobody's request.
                if (!await Task.Run(() => StepAsync(stopping), stopping))
                    await Task.Delay(LookEvery, stopping);
                schedule = new RestartSchedule();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Nothing is lost: what was not answered for waits where it is.
                feed.Note(fault is SearchUnavailableException or SearchRefusedException ? fault.Message : fault.GetType().Name);
                var wait = schedule.Next();
                NotSent(logger, wait, fault);
                await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search engine could not be told; it is tried again in {Wait}.")]
    private static partial void NotSent(ILogger logger, TimeSpan wait, Exception fault);
}

/// <summary>Sends the events this process archives.</summary>
internal sealed class SearchEventsJob(SearchFeed feed, ILogger<SearchEventsJob> logger) : SearchJob(feed, logger)
{
    private readonly SearchFeed _feed = feed;

    protected override Task<bool> StepAsync(CancellationToken stopping) => _feed.StepEventsAsync(stopping);
}

/// <summary>Sends alerts that changed, from the store that processes share: only one of them does.</summary>
internal sealed class SearchAlertsJob(SearchFeed feed, ILogger<SearchAlertsJob> logger) : SearchJob(feed, logger)
{
    private readonly SearchFeed _feed = feed;

    protected override Task<bool> StepAsync(CancellationToken stopping) => _feed.StepAlertsAsync(stopping);
}
