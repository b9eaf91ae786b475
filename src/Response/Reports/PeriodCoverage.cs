using System.Text.Json;
using SentinelHealth.Response.Custody;

namespace SentinelHealth.Response.Reports;

/// <summary>The monitor's word that it was alive.</summary>
/// <param name="At">When.</param>
/// <param name="Every">How often it says so.</param>
/// <param name="Events">Events scored since it was installed.</param>
/// <param name="DeadLetters">Records it could not read since then.</param>
/// <param name="Filtered">Records left out on purpose since then.</param>
/// <param name="Lag">Events that waited to be scored.</param>
public sealed record Heartbeat(DateTimeOffset At, TimeSpan Every, long Events, long DeadLetters, long Filtered, long Lag)
{
    /// <summary>A heartbeat from its entry; null when it is not one.</summary>
    public static Heartbeat? Of(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Body.Length == 0)
            return null;
        using var body = JsonDocument.Parse(entry.Body);
        var root = body.RootElement;
        return new Heartbeat(
            entry.Entry.At, TimeSpan.FromSeconds(root.TryGetProperty("everySeconds", out var every) ? every.GetDouble() : 60),
            Count(root, "events"), Count(root, "deadLetters"), Count(root, "filtered"), LagOf(root));
    }

    /// <summary>Positions are of the last entry scored, -1 for none; ends are of the last entry there is.</summary>
    private static long LagOf(JsonElement root)
    {
        if (!root.TryGetProperty("ends", out var ends) || !root.TryGetProperty("scored", out var scored))
            return 0;
        return ends.EnumerateObject().Sum(end => Math.Max(
            0, end.Value.GetInt64() - (scored.TryGetProperty(end.Name, out var at) ? at.GetInt64() : -1)));
    }

    private static long Count(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}

/// <summary>A time in which nobody watched.</summary>
/// <param name="From">When watching stopped.</param>
/// <param name="To">When it went on.</param>
public sealed record CoverageGap(DateTimeOffset From, DateTimeOffset To);

/// <summary>How much of a period was watched, by the heartbeats in the evidence log. Pure.</summary>
/// <param name="Watched">The share of the period that was watched, 0..1.</param>
/// <param name="Gaps">Times in which nobody watched, oldest first.</param>
/// <param name="HeartbeatCount">Heartbeats in the period.</param>
/// <param name="LagMax">The most events that waited to be scored.</param>
/// <param name="Events">Events scored.</param>
/// <param name="DeadLetters">Records that could not be read.</param>
/// <param name="Filtered">Records left out on purpose.</param>
public sealed record PeriodCoverage(
    double Watched, IReadOnlyList<CoverageGap> Gaps, int HeartbeatCount, long LagMax, long Events, long DeadLetters,
        long Filtered)
{
    /// <summary>Heartbeats that may be missing in a row before it counts as a gap.</summary>
    private const int MissedMax = 2;

    /// <summary>The coverage of a period. O(heartbeats).</summary>
    /// <param name="beats">Heartbeats, in any order; those outside the period are left out.</param>
    /// <param name="from">The beginning.</param>
    /// <param name="to">The end.</param>
    public static PeriodCoverage Of(IReadOnlyList<Heartbeat> beats, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(beats);
        var inside = beats.Where(beat => beat.At >= from && beat.At < to).OrderBy(beat => beat.At).ToList();
        var gaps = new List<CoverageGap>();
        var since = from;
        foreach (var beat in inside)
        {
            if (beat.At - since > beat.Every * (MissedMax + 1))
                gaps.Add(new CoverageGap(since, beat.At));
            since = beat.At;
        }
        var every = inside.Count > 0 ? inside[^1].Every : TimeSpan.Zero;
        if (to - since > every * (MissedMax + 1))
            gaps.Add(new CoverageGap(since, to));
        var missing = gaps.Sum(gap => (gap.To - gap.From).TotalSeconds);
        var whole = (to - from).TotalSeconds;
        return new PeriodCoverage(
            whole <= 0 ? 0 : Math.Clamp(1 - (missing / whole), 0, 1), gaps, inside.Count,
            inside.Count == 0 ? 0 : inside.Max(beat => beat.Lag), Grown(beat => beat.Events),
            Grown(beat => beat.DeadLetters), Grown(beat => beat.Filtered));

        long Grown(Func<Heartbeat, long> count) => inside.Count == 0 ? 0 : Math.Max(0, count(inside[^1]) - count(inside[0]));
    }
}
