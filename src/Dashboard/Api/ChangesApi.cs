using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Tells programs that something has changed, so that they need not ask in loops.</summary>
internal static class ChangesApi
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    public static void MapChanges(this IEndpointRouteBuilder api) =>
        api.MapGet("/changes", Changes).RequireAuthorization(Policies.View).RequireRateLimiting(RateLimits.Stream)
            .WithName("StreamChanges").WithSummary("Server-sent events: `changed` when a list has news, `alive` every 15 seconds");

    private static ServerSentEventsResult<string> Changes(
        IMonitorStatus monitor, IHostApplicationLifetime lifetime, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(WatchAsync(monitor, lifetime.ApplicationStopping, cancel));

    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        IMonitorStatus monitor, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        // One slot is enough: the message only says that there is news, so a slow reader misses nothing by merging two.
        var news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Remember() => news.Writer.TryWrite(true);
        monitor.Changed += Remember;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        try
        {
            yield return new SseItem<string>("", "alive");
            while (!end.IsCancellationRequested)
                yield return new SseItem<string>("", await HasNewsAsync(news.Reader, end.Token) ? "changed" : "alive");
        }
        finally
        {
            monitor.Changed -= Remember;
        }
    }

    private static async Task<bool> HasNewsAsync(ChannelReader<bool> news, CancellationToken end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(SilenceMax);
        try
        {
            return await news.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Silence or the end; the loop tells which.
            return false;
        }
    }
}
