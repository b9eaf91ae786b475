using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Hunting;

/// <summary>Who is in the events of a few organizations, counted anew once in a while: a name that is being typed asks at every letter.</summary>
/// <remarks>Safe from many threads. Holds the counts of at most eight fences.</remarks>
internal sealed class FencedEntities(EventArchive archive, TimeProvider clock)
{
    private const int FencesMax = 8;

    private static readonly TimeSpan Past = TimeSpan.FromDays(28), GoodFor = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (DateTimeOffset At, IReadOnlyList<KnownEntity> Known)> _counted = [];

    /// <summary>Everyone as counted lately; null when it is too long ago.</summary>
    public IReadOnlyList<KnownEntity>? Find(HuntFence fence)
    {
        lock (_counted)
            return _counted.TryGetValue(KeyOf(fence), out var counted) && clock.GetUtcNow() - counted.At < GoodFor
                ? counted.Known : null;
    }

    /// <summary>Counts the last 28 days.</summary>
    public IReadOnlyList<KnownEntity> Count(HuntFence fence, CancellationToken cancel)
    {
        // Another may have counted while this one waited for its turn.
        if (Find(fence) is { } lately)
            return lately;
        var known = archive.EntitiesWithin(fence, clock.GetUtcNow() - Past, cancel);
        lock (_counted)
        {
            if (_counted.Count >= FencesMax)
                _counted.Clear();
            _counted[KeyOf(fence)] = (clock.GetUtcNow(), known);
        }
        return known;
    }

    private static string KeyOf(HuntFence fence) => string.Join('\n', fence.NodeIds);
}
