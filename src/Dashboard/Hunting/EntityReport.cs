using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Hunting;

/// <summary>One of an entity's peers and what its risk was at the instants of the report.</summary>
/// <param name="Known">The peer.</param>
/// <param name="Risk">0 to 100 each.</param>
public sealed record PeerRisk(KnownEntity Known, IReadOnlyList<double> Risk);

/// <summary>What is known of an entity.</summary>
/// <param name="Entity">Who or what.</param>
/// <param name="History">What it did and with whom; null when only alerts speak of it.</param>
/// <param name="Alerts">Alerts about it, newest first.</param>
/// <param name="Instants">Evenly spaced, oldest first.</param>
/// <param name="Risk">Its risk at the instants, 0 to 100 each.</param>
/// <param name="RiskParts">What its risk at the last instant is made of, the largest first.</param>
/// <param name="Peers">Those of the same kind, role and organization.</param>
public sealed record EntityReport(
    EntityRef Entity, EntityHistory? History, IReadOnlyList<TriagedAlert> Alerts, IReadOnlyList<DateTimeOffset> Instants,
    IReadOnlyList<double> Risk, IReadOnlyList<RiskContribution> RiskParts, IReadOnlyList<PeerRisk> Peers)
{
    private const int HoursPerWeek = 168, HoursPerDay = 24;

    // The first of January 1970 was a Thursday.
    private const int FirstDay = (int)DayOfWeek.Thursday - 1;

    /// <summary>Events by hour of the week, from Monday 00:00 UTC; 168 numbers.</summary>
    public IReadOnlyList<long> ByHourOfWeek()
    {
        var sums = new long[HoursPerWeek];
        foreach (var (hour, count) in History?.Hours ?? new Dictionary<long, long>())
            sums[HourOfWeek(hour)] += count;
        return sums;
    }

    /// <summary>
    /// Events by hour over the last days, with what the same hour of the day usually held before: the middle 80 % of the days told.
    /// </summary>
    /// <param name="now">The time now.</param>
    /// <param name="days">How many days.</param>
    public IReadOnlyList<HourActivity> Activity(DateTimeOffset now, int days)
    {
        if (History is not { } history)
            return [];
        var last = now.ToUnixTimeSeconds() / 3_600;
        var first = history.Known.FirstAt.ToUnixTimeSeconds() / 3_600;
        var bands = Enumerable.Range(0, HoursPerDay).Select(hour => BandOf(history.Hours, hour, first, last)).ToList();
        return [.. Enumerable.Range(0, days * HoursPerDay).Select(i => last - (days * HoursPerDay) + 1 + i).Select(hour =>
            new HourActivity(DateTimeOffset.FromUnixTimeSeconds(hour * 3_600), history.Hours.GetValueOrDefault(hour),
                bands[(int)(hour % HoursPerDay)].Low, bands[(int)(hour % HoursPerDay)].High))];
    }

    /// <summary>The middle 80 % of its peers' risk at each instant; empty without peers.</summary>
    public IReadOnlyList<(double Low, double High)> PeerBand() => Peers.Count == 0 ? [] : [.. Instants.Select((_, i) =>
    {
        var sorted = Peers.Select(peer => peer.Risk[i]).Order().ToList();
        return (Quantile(sorted, 0.1), Quantile(sorted, 0.9));
    })];

    private static (double Low, double High) BandOf(IReadOnlyDictionary<long, long> hours, int hourOfDay, long first, long last)
    {
        var counts = new List<double>();
        for (var hour = first - (first % HoursPerDay) + hourOfDay; hour < last; hour += HoursPerDay)
        {
            if (hour >= first)
                counts.Add(hours.TryGetValue(hour, out var count) ? count : 0);
        }
        counts.Sort();
        return (Quantile(counts, 0.1), Quantile(counts, 0.9));
    }

    /// <summary>Between the two nearest ranks, in proportion (type 7 of Hyndman and Fan 1996); 0 of nothing.</summary>
    private static double Quantile(List<double> sorted, double share)
    {
        if (sorted.Count == 0)
            return 0;
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        return below + 1 < sorted.Count ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    private static int HourOfWeek(long hour) => (int)((hour + (FirstDay * HoursPerDay)) % HoursPerWeek);
}

/// <summary>An hour of an entity's activity.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Count">Its events.</param>
/// <param name="Low">What this hour of the day usually holds at least.</param>
/// <param name="High">What it usually holds at most.</param>
public readonly record struct HourActivity(DateTimeOffset At, long Count, double Low, double High);
