using SentinelHealth.Detection.TimeSeries;
using static SentinelHealth.Detection.Tests.TimeSeries.SeriesScript;

namespace SentinelHealth.Detection.Tests.TimeSeries;

/// <summary>The laws every detector obeys.</summary>
public sealed class TimeSeriesLawsTests
{
    private static readonly double[] Extremes =
        [0, -0.0, double.MaxValue, double.MinValue, double.Epsilon, 1e-300, -1e300, float.MaxValue, 1e18, 5, 5, 5];

    [Fact]
    public void A_cold_series_has_no_opinion()
    {
        var detector = new TimeSeriesDetector(8);
        for (var i = 0; i < 50; i++)
            Assert.Null(detector.Observe(Key, AtMs(i), i));
        Assert.NotNull(detector.Observe(Key, AtMs(50), 50));
        Assert.Null(detector.Score(Key + 1, AtMs(51), 50));
        Assert.Null(detector.Explain(Key + 1, AtMs(51), 50, new SeriesPart[8]));
    }

    [Fact]
    public void Judging_never_alters_a_series()
    {
        var (detector, points) = Taught(seed: 1);
        var before = Saved(detector);
        for (var i = 0; i < 100; i++)
        {
            detector.Score(Key, AtMs(points + i), i * 1e6);
            detector.Explain(Key, AtMs(points + i), -i, new SeriesPart[8]);
            detector.Score((ulong)i, AtMs(points + i), double.NaN);
        }
        Assert.Equal(before, Saved(detector));
    }

    [Fact]
    public void Observing_says_what_judging_said()
    {
        var (detector, points) = Taught(seed: 2);
        foreach (var (i, value) in Seasonal(seed: 3, days: 1).Index())
            Assert.Equal(detector.Judge(Key, AtMs(points + i), value), detector.Observe(Key, AtMs(points + i), value));
    }

    [Fact]
    public void Extremes_and_gaps_give_finite_scores_and_do_no_harm()
    {
        var detector = new TimeSeriesDetector(8);
        for (var i = 0; i < 3_000; i++)
        {
            var verdict = detector.Observe(Key, AtMs(i), Extremes[(i * 7) % Extremes.Length]);
            Assert.True(verdict is null or { Score: >= 0 and < 1, Decades: >= 0 and < double.PositiveInfinity });
        }
        var before = Saved(detector);
        foreach (var gap in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            Assert.Null(detector.Observe(Key, AtMs(4_000), gap));
        Assert.Equal(before, Saved(detector));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Extreme_times_do_no_harm(long atMs)
    {
        var (detector, points) = Taught(seed: 4, days: 2);
        detector.Learn(Key, atMs, 100);
        Assert.InRange(detector.Score(Key, AtMs(points), 100)!.Value, 0, 1);
    }

    [Fact]
    public void A_constant_series_is_never_strange()
    {
        Assert.Empty(Alarms(new double[5_000]));
        Assert.Empty(Alarms([.. Enumerable.Repeat(-1e9, 5_000)]));
    }

    [Fact]
    public void An_offset_does_not_change_what_is_strange()
    {
        var values = Seasonal(seed: 5, days: 14);
        values[^100] += 90;
        var plain = Verdicts([.. values.Select(value => Math.Round(value * 1_024) / 1_024)]);
        var shifted = Verdicts([.. values.Select(value => (Math.Round(value * 1_024) / 1_024) + (1L << 30))]);
        Assert.Equal(plain, shifted);
    }

    [Fact]
    public void The_same_points_give_the_same_series()
    {
        var (first, points) = Taught(seed: 6);
        var (second, _) = Taught(seed: 6);
        Assert.Equal(Saved(first), Saved(second));
        Assert.Equal(first.Judge(Key, AtMs(points), 130), second.Judge(Key, AtMs(points), 130));
    }

    [Fact]
    public void A_reloaded_detector_is_the_same_detector()
    {
        var (original, points) = Taught(seed: 7);
        var copy = new TimeSeriesDetector(8);
        copy.Load(new BinaryReader(new MemoryStream(Saved(original))));
        foreach (var (i, value) in Seasonal(seed: 8, days: 3).Index())
            Assert.Equal(original.Observe(Key, AtMs(points + i), value), copy.Observe(Key, AtMs(points + i), value));
        Assert.Equal(Saved(original), Saved(copy));
    }

    [Fact]
    public void State_of_another_kind_or_version_is_refused()
    {
        var saved = Saved(Taught(seed: 9, days: 1).Detector);
        foreach (var position in new[] { 0, 4, 24 })
        {
            var damaged = (byte[])saved.Clone();
            damaged[position] ^= 0x55;
            var reader = new BinaryReader(new MemoryStream(damaged));
            Assert.Throws<InvalidDataException>(() => new TimeSeriesDetector(8).Load(reader));
        }
    }

    [Fact]
    public void Series_are_bounded_and_forgotten_longest_ago_first()
    {
        var detector = new TimeSeriesDetector(64);
        for (var i = 0; i < 20_000; i++)
            detector.Learn((ulong)(i % 1_000) * 0x9E3779B97F4A7C15 + 1, AtMs(i), i % 17);
        Assert.InRange(detector.Count, 1, 64);
        Assert.InRange(detector.SizeBytes, 1, 64 * (TimeSeriesDetector.BytesPerSeries + 32));
        Assert.InRange(TimeSeriesDetector.BytesPerSeries, 1, 6_000);
    }

    [Fact]
    public void Points_of_one_series_do_not_touch_another()
    {
        var alone = new TimeSeriesDetector(8);
        var together = new TimeSeriesDetector(8);
        foreach (var (i, value) in Seasonal(seed: 10, days: 2).Index())
        {
            together.Learn(Key + 1, AtMs(i), i * 31 % 97);
            Assert.Equal(alone.Observe(Key, AtMs(i), value), together.Observe(Key, AtMs(i), value));
        }
    }

    [Fact]
    public void Observing_allocates_nothing()
    {
        var (detector, points) = Taught(seed: 11, days: 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            detector.Observe(Key, AtMs(points + i), 100 + (i % 7));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
