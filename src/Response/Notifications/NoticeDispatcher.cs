using Microsoft.Extensions.Logging;

namespace SentinelHealth.Response.Notifications;

/// <summary>Delivers what is in the outbox: each notice until it arrives, is refused for good or has been tried long enough.</summary>
/// <remarks>A notice may arrive twice after a crash, never not at all without a trace. One dispatcher per store. A dead channel does not hold up the others for longer than its patience.</remarks>
public sealed class NoticeDispatcher(
    INoticeStore store, IEnumerable<INoticeChannel> channels, TimeProvider clock, ILogger<NoticeDispatcher> logger)
{
    /// <summary>Tries before a notice is given up; with the waits between them about four hours.</summary>
    public const int AttemptsMax = 12;

    private const int BatchMax = 64;
    private const int DetailLengthMax = 300;
    private static readonly TimeSpan WaitFirst = TimeSpan.FromSeconds(5), WaitLongest = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, INoticeChannel> _channels =
        channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);

    /// <summary>Tries every notice that is due, at most 64.</summary>
    /// <returns>How many it tried.</returns>
    public async Task<int> DispatchAsync(CancellationToken cancel)
    {
        var due = await store.DueNoticesAsync(clock.GetUtcNow(), BatchMax, cancel);
        foreach (var notice in due)
            await DeliverAsync(notice, cancel);
        return due.Count;
    }

    /// <summary>How long to wait after this many tries.</summary>
    public static TimeSpan WaitAfter(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempts);
        // 2^16 first waits are beyond the longest; the bound keeps the shift from overflowing.
        var wait = WaitFirst * (1L << Math.Min(attempts, 16));
        return wait < WaitLongest ? wait : WaitLongest;
    }

    private async Task DeliverAsync(StoredNotice stored, CancellationToken cancel)
    {
        var tried = stored with { Attempts = stored.Attempts + 1 };
        if (!_channels.TryGetValue(stored.Notice.Channel, out var channel))
        {
            await BuryAsync(tried, "The settings have no channel of this name.", cancel);
            return;
        }
        try
        {
            await channel.SendAsync(stored.Notice, cancel);
            await store.ConcludeNoticeAsync(tried with { State = NoticeState.Sent, Detail = "" }, null, cancel);
        }
        catch (NoticeRefusedException fault)
        {
            await BuryAsync(tried, fault.Message, cancel);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            // Whatever a receiver or the network does is a reason to try again, and not to stop telling others.
            var detail = Bounded($"{fault.GetType().Name}: {fault.Message}");
            if (tried.Attempts >= AttemptsMax)
            {
                await BuryAsync(tried, $"Given up after {AttemptsMax} tries. {detail}", cancel);
                return;
            }
            logger.NoticeDelayed(stored.Notice.Channel, tried.Attempts, detail);
            var dueAt = clock.GetUtcNow() + WaitAfter(stored.Attempts);
            await store.ConcludeNoticeAsync(tried with { Detail = detail }, dueAt, cancel);
        }
    }

    private async Task BuryAsync(StoredNotice tried, string why, CancellationToken cancel)
    {
        logger.NoticeDead(tried.Notice.Channel, tried.Notice.IncidentId, why);
        await store.ConcludeNoticeAsync(tried with { State = NoticeState.Dead, Detail = Bounded(why) }, null, cancel);
    }

    private static string Bounded(string text) => text.Length <= DetailLengthMax ? text : text[..DetailLengthMax];
}

internal static partial class NoticeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A notice to {Channel} was not delivered in {Attempts} tries and is tried again: {Detail}")]
    public static partial void NoticeDelayed(this ILogger logger, string channel, int attempts, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "A notice to {Channel} about {IncidentId} is given up: {Detail}")]
    public static partial void NoticeDead(this ILogger logger, string channel, string incidentId, string detail);
}
