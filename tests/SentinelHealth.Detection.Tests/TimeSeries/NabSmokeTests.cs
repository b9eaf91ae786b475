using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Detection.Tests.TimeSeries;

/// <summary>
/// A few files of the Numenta Anomaly Benchmark when its data lie beside the repository; made-up series with the same kinds of
/// anomaly otherwise. The whole benchmark is a command, see docs/quality.md.
/// </summary>
public sealed class NabSmokeTests
{
    private static readonly string[] Files =
    [
        "artificialWithAnomaly/art_daily_jumpsup.csv", "artificialWithAnomaly/art_daily_nojump.csv",
        "artificialWithAnomaly/art_daily_flatmiddle.csv", "realTraffic/speed_7578.csv", "realTraffic/occupancy_t4013.csv",
        "realKnownCause/nyc_taxi.csv", "realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv",
    ];

    [Fact]
    public void Labeled_windows_are_found_with_few_alarms_outside_them()
    {
        var series = NabDirectory() is { } nab ? Files.Select(file => Read(nab, file)).ToList() : MadeUp();
        var (windows, found, outside, points) = (0, 0, 0, 0);
        foreach (var (times, values, labels) in series)
        {
            var alarms = Alarms(times, values);
            windows += labels.Count;
            points += times.Length;
            found += labels.Count(label => alarms.Any(at => at >= label.From && at <= label.To));
            outside += alarms.Count(at => !labels.Any(label => at >= label.From && at <= label.To));
        }
        Assert.True(found >= 0.9 * windows, $"{found} of {windows} windows were found.");
        Assert.True(outside <= points / 1_000, $"{outside} of {points} points raised an alarm outside a window.");
    }

    /// <summary>Alarms after the first 15 %, in which the benchmark lets every detector learn.</summary>
    private static List<long> Alarms(long[] times, double[] values)
    {
        TimeSeriesDetector detector = new(8);
        List<long> alarms = [];
        for (var i = 0; i < times.Length; i++)
        {
            var verdict = detector.Observe(1, times[i], values[i]);
            if (verdict?.Score >= SeriesVerdict.AlarmScore && i >= 0.15 * times.Length)
                alarms.Add(times[i]);
        }
        return alarms;
    }

    private static string? NabDirectory()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var nab = Path.Combine(directory.FullName, "shared", "data", "nab");
            if (File.Exists(Path.Combine(nab, "labels", "combined_windows.json")))
                return nab;
        }
        return null;
    }

    private static (long[] Times, double[] Values, List<(long From, long To)> Labels) Read(string nab, string file)
    {
        var rows = File.ReadLines(Path.Combine(nab, "data", file)).Skip(1).Select(line => line.Split(',')).ToList();
        using var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(nab, "labels", "combined_windows.json")));
        var labels = all.RootElement.GetProperty(file).EnumerateArray()
            .Select(window => (TimeOf(window[0].GetString()!), TimeOf(window[1].GetString()!))).ToList();
        return ([.. rows.Select(row => TimeOf(row[0]))],
            [.. rows.Select(row => double.Parse(row[1], CultureInfo.InvariantCulture))], labels);
    }

    private static long TimeOf(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();

    private static List<(long[] Times, double[] Values, List<(long From, long To)> Labels)> MadeUp() =>
        [.. Enumerable.Range(0, 4).Select(seed =>
        {
            var values = SeriesScript.Seasonal(seed, days: 21);
            var at = 18 * SeriesScript.PointsPerDay;
            for (var i = at; i < at + 60; i++)
                values[i] += 45;
            long[] times = [.. values.Select((_, i) => SeriesScript.AtMs(i))];
            return (times, values, new List<(long From, long To)> { (times[at], times[at + 200]) });
        })];
}
