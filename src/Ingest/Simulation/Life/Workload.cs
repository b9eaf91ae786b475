using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>
/// Keeps the network near its wanted events a day: staffing follows demand. Each midnight everyone's pace moves a little toward
/// what the day should have had; weekends stay quiet because a weekend's day should have less.
/// </summary>
internal static class Workload
{
    /// <summary>Events of a weekend's day and of a weekday, in parts of the week's mean. Measured on this simulator.</summary>
    private const double Weekend = 0.70, Weekday = (7 - (2 * Weekend)) / 5;

    private const double Gain = 0.6, DaysToMakeUp = 6;

    private const double Least = 0.05, Most = 4;

    /// <summary>Where to begin, for a network with more people than its events need, or a run of few days.</summary>
    public static double Initial(SimulationOptions options, int staff) =>
        Math.Clamp(options.EventsPerDay / (staff * NetworkSize.EventsPerStaffDay * MeanWeight(options)), Least, Most);

    public static IEnumerable<DateTimeOffset> Balance(Scene scene, DateTimeOffset at)
    {
        var perWeight = scene.Options.EventsPerDay / MeanWeight(scene.Options);
        var owed = 0.0;
        for (; ; )
        {
            var before = scene.OrdinaryRecords;
            var wanted = perWeight * Weight(at);
            yield return at = at.AddDays(1);
            var had = scene.OrdinaryRecords - before;
            owed = Math.Clamp(owed + wanted - had, -wanted, wanted);
            // A part of what was missed so far is made up for each day, so that whole runs come out right.
            var ratio = (wanted + (owed / DaysToMakeUp)) / Math.Max(1, had) / scene.Season;
            scene.Workload = Math.Clamp(scene.Workload * Math.Clamp(1 + (Gain * (ratio - 1)), 0.85, 1.12), Least, Most);
        }
    }

    private static double Weight(DateTimeOffset day) =>
        day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Weekend : Weekday;

    /// <summary>Mean weight over the first weeks of the run: near 1 unless the run is shorter than a week.</summary>
    private static double MeanWeight(SimulationOptions options)
    {
        var days = (int)Math.Clamp(Math.Ceiling(options.Days), 1, 28);
        var sum = 0.0;
        for (var day = 0; day < days; day++)
            sum += Weight(options.StartAt.AddDays(day));
        return sum / days;
    }
}
