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
            .WithMetadata(new KeepsToOrganizationsAttribute())
            .WithName("StreamChanges").WithSummary("Server-sent events: `changed` when a list has news, `alive` every 15 seconds");

    private static ServerSentEventsResult<string> Changes(
        HttpRequest request, ChangeCount count, IHostApplicationLifetime lifetime, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(
            WatchAsync(count, request.Headers["Last-Event-ID"].ToString(), lifetime.ApplicationStopping, cancel));

    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        ChangeCount count, string lastSeen, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        var monitor = count.Monitor;
        // One slot is enough: the message only says that there is news, so a slow reader misses nothing by merging two.
        var news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Remember() => news.Writer.TryWrite(true);
        monitor.Changed += Remember;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        try
        {
            // Whoever was cut off hears at once whether anything happened meanwhile, also over a restart of the monitor.
            var hasMissed = lastSeen.Length > 0 && lastSeen != count.Id;
            yield return Item(count, hasMissed);
            while (!end.IsCancellationRequested)
                yield return Item(count, await HasNewsAsync(news.Reader, end.Token));
        }
        finally
        {
            monitor.Changed -= Remember;
        }
    }

    private static SseItem<string> Item(ChangeCount count, bool hasNews) =>
        new("", hasNews ? "changed" : "alive") { EventId = count.Id };

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
