using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Benchmarks;

/// <summary>
/// <c>series-throughput</c>: points per second of the time series detector on one core, beside a windowed Gaussian over a
/// dictionary in the same run.
/// </summary>
internal static class SeriesThroughputCommand
{
    private const int IntervalMs = 300_000;

    public static Command Create()
    {
        Option<int> points = new("--points") { DefaultValueFactory = _ => 4_000_000, Description = "Points to score and learn." };
        Option<int> series = new("--series") { DefaultValueFactory = _ => 100, Description = "Series among them, in turn." };
        Command command = new("series-throughput", "Points per second and bytes per series of the time series detector.")
        {
            points, series,
        };
        command.SetAction(parsed => Console.WriteLine(JsonSerializer.Serialize(
            Measure(parsed.GetValue(points), parsed.GetValue(series)), JsonSerializerOptions.Web)));
        return command;
    }

    /// <summary>
    /// What the command prints. Seconds are processor time of this process, so that a busy machine does not count.
    /// </summary>
    internal sealed record Figures(
        int Points, int Series, double PointsPerSecond, double PlainPointsPerSecond, double Ratio,
        int BytesPerSeries, double AllocatedBytesPerPoint, double ScoreSum);

    internal static Figures Measure(int points, int series)
    {
        var values = Values();
        Run(new TimeSeriesDetector(Math.Max(8, series)), values, 400_000, series);
        Run(new PlainWindowedGaussian(), values, 400_000, series);
        TimeSeriesDetector detector = new(Math.Max(8, 2 * series));
        Run(detector, values, 64 * series, series);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var (seconds, sum) = Run(detector, values, points, series);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        var (plainSeconds, plainSum) = Run(new PlainWindowedGaussian(), values, points, series);
        return new Figures(points, series, points / seconds, points / plainSeconds, plainSeconds / seconds,
            TimeSeriesDetector.BytesPerSeries, (double)allocated / points, sum + plainSum);
    }

    private static (double Seconds, double Sum) Run(TimeSeriesDetector detector, double[] values, int points, int series)
    {
        var (before, sum) = (Cpu(), 0.0);
        for (var i = 0; i < points; i++)
        {
            var key = ((ulong)(i % series) * 0x9E3779B97F4A7C15UL) | 1;
            sum += detector.Observe(key, (long)(i / series) * IntervalMs, values[i & (values.Length - 1)])?.Score ?? 0;
        }
        return ((Cpu() - before).TotalSeconds, sum);
    }

    private static (double Seconds, double Sum) Run(PlainWindowedGaussian detector, double[] values, int points, int series)
    {
        var (before, sum) = (Cpu(), 0.0);
        for (var i = 0; i < points; i++)
            sum += detector.Observe(((ulong)(i % series) * 0x9E3779B97F4A7C15UL) | 1, values[i & (values.Length - 1)]);
        return ((Cpu() - before).TotalSeconds, sum);
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

    private static double[] Values()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 1 << 16).Select(i => 100 + (30 * Math.Sin(i / 45.0)) + (10 * random.NextDouble()))];
    }

    /// <summary>
    /// The yardstick: mean and deviation of the last 100 values of a series, recomputed at each point, in doubles.
    /// </summary>
    private sealed class PlainWindowedGaussian
    {
        private const int Window = 100;
        private readonly Dictionary<ulong, Queue<double>> _series = [];

        public double Observe(ulong key, double value)
        {
            if (!_series.TryGetValue(key, out var window))
                _series[key] = window = new Queue<double>();
            var deviations = 0.0;
            if (window.Count > 1)
            {
                var mean = window.Average();
                var deviation = Math.Sqrt(window.Sum(past => (past - mean) * (past - mean)) / (window.Count - 1));
                deviations = Math.Abs(value - mean) / Math.Max(deviation, 1e-9);
            }
            window.Enqueue(value);
            if (window.Count > Window)
                window.Dequeue();
            return deviations;
        }
    }
}
