using SentinelHealth.Detection.TimeSeries;
using static SentinelHealth.Detection.Tests.TimeSeries.SeriesScript;

namespace SentinelHealth.Detection.Tests.TimeSeries;

/// <summary>What is found, how soon, by which component, and how quiet it is when nothing happens.</summary>
public sealed class TimeSeriesDetectionTests
{
    private const int Days = 28;
    private const int Start = (24 * PointsPerDay) + 100;
    private static readonly int[] Seeds = [.. Enumerable.Range(100, 8)];

    /// <summary>Seeds whose anomaly is alarmed on within so many points of its start.</summary>
    private static int Found(Action<double[], int> spoil, int pointsMax, int start = Start) => Seeds.Count(seed =>
    {
        var values = Seasonal(seed, Days);
        spoil(values, start);
        return Alarms(values).Any(point => point >= start && point < start + pointsMax);
    });

    [Fact]
    public void A_spike_is_found_at_once() => Assert.Equal(8, Found((values, at) => values[at] += 80, pointsMax: 1));

    [Fact]
    public void A_drop_to_nothing_is_found_at_once() =>
        Assert.Equal(8, Found((values, at) => values.AsSpan(at, 20).Clear(), pointsMax: 2));

    [Fact]
    public void A_level_shift_of_a_third_is_found_within_minutes() => Assert.Equal(8, Found((values, at) =>
    {
        for (var i = at; i < values.Length; i++)
            values[i] += 35;
    }, pointsMax: 6));

    [Fact]
    public void A_working_day_that_does_not_rise_is_found_within_two_hours() => Assert.Equal(8, Found((values, at) =>
    {
        var random = new Random(at);
        for (var i = at; i < at + (PointsPerDay / 2); i++)
            values[i] = 100 + (3 * (random.NextDouble() - 0.5));
    }, pointsMax: 24, start: 24 * PointsPerDay));

    [Fact]
    public void A_busy_night_within_the_usual_range_is_found_within_the_hour() => Assert.Equal(8, Found((values, at) =>
    {
        for (var i = at; i < at + 40; i++)
            values[i] += 40;
    }, pointsMax: 12, start: Start + 90));

    [Fact]
    public void A_line_gone_flat_names_stillness()
    {
        var (detector, points) = Taught(seed: 20, days: 14);
        var parts = new SeriesPart[8];
        var most = 0.0;
        for (var i = 0; i < 100; i++)
        {
            // Flat exactly where the season has its mean, so that only the missing movement is strange.
            var expected = detector.Explain(Key, AtMs(points + i), 100, parts)!.Value;
            foreach (var part in parts.AsSpan(0, expected.Parts))
                most = part.Component == SeriesComponent.Stillness ? Math.Max(most, part.Decades) : most;
            detector.Learn(Key, AtMs(points + i), expected.Expected);
        }
        Assert.InRange(most, 0.3, 10);
    }

    [Fact]
    public void Clean_seasonal_noise_is_quiet()
    {
        var alarms = Seeds.Sum(seed => Alarms(Seasonal(seed, Days)).Count(point => point > 7 * PointsPerDay));
        Assert.InRange(alarms, 0, 8 * 21 / 7);
    }

    [Fact]
    public void Bursty_counts_are_quiet()
    {
        var alarms = Seeds.Sum(seed => Alarms(Counts(seed, Days)).Count(point => point > 7 * PointsPerDay));
        Assert.InRange(alarms, 0, 8 * 21 / 7);
    }

    [Fact]
    public void What_lasts_is_told_once_and_then_learned()
    {
        var values = Seasonal(seed: 30, days: Days + 14);
        for (var i = Start; i < values.Length; i++)
            values[i] += 60;
        var alarms = Alarms(values).Where(point => point >= Start).ToList();
        Assert.InRange(alarms.Count(point => point < Start + 120), 1, 8);
        Assert.InRange(alarms.Count(point => point >= Start + (10 * PointsPerDay)), 0, 2);
    }

    [Fact]
    public void An_echo_scores_half()
    {
        var values = Seasonal(seed: 31, days: Days);
        values[Start] += 200;
        values[Start + 30] += 100;
        var verdicts = Verdicts(values);
        Assert.False(verdicts[Start]!.Value.IsEcho);
        var echo = verdicts[Start + 30]!.Value;
        Assert.True(echo.IsEcho);
        Assert.Equal(0.5 * echo.Decades / (echo.Decades + SeriesVerdict.HalfDecades), echo.Score, 12);
        Assert.True(echo.Score < SeriesVerdict.AlarmScore);
    }

    [Fact]
    public void The_parts_sum_to_the_evidence_and_name_the_cause()
    {
        var (detector, points) = Taught(seed: 32, days: 21);
        var parts = new SeriesPart[8];
        foreach (var value in new[] { 100.0, 140, 180, 300, -50 })
        {
            var explained = detector.Explain(Key, AtMs(points), value, parts)!.Value;
            var verdict = detector.Judge(Key, AtMs(points), value)!.Value;
            Assert.Equal(verdict.Decades, parts.Take(explained.Parts).Sum(part => part.Decades), 9);
            Assert.Equal(value, explained.Observed);
            Assert.InRange(explained.Expected, 90, 110);
            Assert.InRange(explained.Low, 80, explained.Expected);
            Assert.InRange(explained.High, explained.Expected, 140);
        }
        var spike = detector.Explain(Key, AtMs(points), 300, parts)!.Value;
        Assert.Contains(parts.Take(spike.Parts), part => part.Component == SeriesComponent.Novelty && part.Decades > 1);
        Assert.Contains(parts.Take(spike.Parts), part => part.Component == SeriesComponent.SeasonalResidual && part.Decades > 1);
    }
}
