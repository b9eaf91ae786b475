using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Detection.Tests.TimeSeries;

/// <summary>Made-up series at five minutes, and what the detector says about them.</summary>
internal static class SeriesScript
{
    public const int PointsPerDay = 288;
    public const ulong Key = 42;
    private static readonly long MondayMs = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static long AtMs(int point) => MondayMs + (point * 300_000L);

    /// <summary>A day's rise and fall around 100 with noise; working days are busier than the weekend.</summary>
    public static double[] Seasonal(int seed, int days)
    {
        var random = new Random(seed);
        var values = new double[days * PointsPerDay];
        for (var i = 0; i < values.Length; i++)
        {
            var busy = i / PointsPerDay % 7 < 5 ? 1 : 0.4;
            var day = Math.Max(0, Math.Sin(2 * Math.PI * (i % PointsPerDay) / PointsPerDay));
            values[i] = 100 + (50 * busy * day) + (3 * Normal(random));
        }
        return values;
    }

    /// <summary>Counts of rare events: Poisson with a heavy tail of bursts, mostly zero.</summary>
    public static double[] Counts(int seed, int days)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, days * PointsPerDay)
            .Select(_ => Math.Floor(-Math.Log(1 - random.NextDouble()) * (random.Next(20) == 0 ? 6 : 0.8)))];
    }

    public static SeriesVerdict?[] Verdicts(double[] values)
    {
        var detector = new TimeSeriesDetector(8);
        return [.. values.Select((value, i) => detector.Observe(Key, AtMs(i), value))];
    }

    /// <summary>Points at the alarm level.</summary>
    public static List<int> Alarms(double[] values) =>
        [.. Verdicts(values).Index().Where(v => v.Item?.Score >= SeriesVerdict.AlarmScore).Select(v => v.Index)];

    public static (TimeSeriesDetector Detector, int Points) Taught(int seed, int days = 10)
    {
        var detector = new TimeSeriesDetector(8);
        var values = Seasonal(seed, days);
        for (var i = 0; i < values.Length; i++)
            detector.Learn(Key, AtMs(i), values[i]);
        return (detector, values.Length);
    }

    public static byte[] Saved(TimeSeriesDetector detector)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            detector.Save(writer);
        return stream.ToArray();
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
