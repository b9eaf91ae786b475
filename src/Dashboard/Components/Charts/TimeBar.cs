using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>How many of what there were in a span of time.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end, exclusive.</param>
/// <param name="Parts">Counts from below to above, each with the suffix of its fill style.</param>
public sealed record TimeBar(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<(string Css, long Count)> Parts)
{
    /// <summary>All of its parts.</summary>
    public long Count => Parts.Sum(part => part.Count);

    /// <summary>Alerts by severity, the most severe lowest. Bars are of equal width; a single one is told as a minute.</summary>
    public static IReadOnlyList<TimeBar> OfAlerts(IReadOnlyList<AlertBar> bars)
    {
        var width = bars.Count > 1 ? bars[1].At - bars[0].At : TimeSpan.FromMinutes(1);
        return [.. bars.Select((bar, i) => new TimeBar(
            bar.At, i + 1 < bars.Count ? bars[i + 1].At : bar.At + width,
            [.. Enum.GetValues<Severity>().Reverse().Select(severity => (Marks.Css(severity), bar.Counts[(int)severity]))]))];
    }

    /// <summary>Counts of equal spans, oldest first.</summary>
    public static IReadOnlyList<TimeBar> Of(IReadOnlyList<long> counts, DateTimeOffset from, DateTimeOffset to)
    {
        return [.. counts.Select((count, i) => new TimeBar(TimeAt(i), TimeAt(i + 1), [("accent", count)]))];

        DateTimeOffset TimeAt(int bar) => from + ((to - from) * bar / counts.Count);
    }
}
