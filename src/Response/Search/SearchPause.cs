using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Search;

/// <summary>How long to wait before a request is made again.</summary>
/// <remarks>
/// Twice as long each time, and a random part of it ("full jitter"), so that many senders do not come back together. What the engine
/// asks for in <c>Retry-After</c> is the least. One owner.
/// </remarks>
internal sealed class SearchPause(Func<double> chance)
{
    private static readonly ReconcileSchedule Most = new()
    {
        First = TimeSpan.FromSeconds(0.5),
        Longest = TimeSpan.FromSeconds(30),
    };

    private int _failures;

    /// <summary>The next pause.</summary>
    /// <param name="retryAfter">What the engine asked for; null for nothing.</param>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        var pause = Most.WaitAfter(_failures++) * chance();
        return retryAfter is { } asked && asked > pause ? asked : pause;
    }

    /// <summary>Something succeeded.</summary>
    public void Reset() => _failures = 0;
}
