using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Streams;

namespace SentinelHealth.Detection.Tests.Streams;

public sealed class StreamDetectorTests
{
    [Fact]
    public void A_burst_of_one_source_stands_out_and_stays_so_while_it_lasts()
    {
        var rows = new StreamRows(seed: 1).Teach(minutes: 300);
        var usual = rows.Usual(0.99);
        for (var i = 0; i < 2_000; i++)
            rows.Detector.Learn(rows.Row(7, 120, 0, 0), 1);
        Assert.True(rows.Detector.Score(rows.Row(7, 120, 0, 0)) > usual);
    }

    [Fact]
    public void A_flood_does_not_hide_the_next_attack()
    {
        var rows = new StreamRows(seed: 2).Teach(minutes: 300);
        for (var i = 0; i < 20_000; i++)
            rows.Detector.Learn(rows.Row(7, 120, 0, 0), 1);
        rows.Teach(minutes: 30);
        var usual = rows.Usual(0.99);
        for (var i = 0; i < 2_000; i++)
            rows.Detector.Learn(rows.Row(9, 130, 0, 0), 1);
        Assert.True(rows.Detector.Score(rows.Row(9, 130, 0, 0)) > usual);
    }

    [Fact]
    public void A_source_never_seen_scores_above_the_usual_ones()
    {
        var rows = new StreamRows(seed: 3).Teach(minutes: 300);
        var median = rows.Usual(0.5);
        Assert.True(rows.Detector.Score(rows.Row(999, 120, 0, 0)) > median);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(0, 60)]
    public void Numbers_out_of_range_or_out_of_step_stand_out_in_a_table(double size, double duration)
    {
        var rows = new StreamRows(seed: 4, StreamClock.None).Teach(minutes: 100);
        var usual = rows.Usual(0.99);
        Assert.True(rows.Detector.Score(rows.Row(1, 100, size, duration)) > usual);
    }

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.MaxValue, -double.MaxValue)]
    [InlineData(double.Epsilon, -0.0)]
    public void Extreme_and_missing_numbers_give_finite_scores_and_do_no_harm(double size, double duration)
    {
        var rows = new StreamRows(seed: 5).Teach(minutes: 20);
        for (var i = 0; i < 600; i++)
            rows.Detector.Learn(rows.Numbers(size, duration), 1);
        Assert.InRange(rows.Detector.Score(rows.Numbers(size, duration))!.Value, 0, double.MaxValue);
        Assert.InRange(rows.Detector.Score(rows.Ordinary())!.Value, 0, double.MaxValue);
    }

    [Fact]
    public void Parts_sum_to_the_score()
    {
        var rows = new StreamRows(seed: 6).Teach(minutes: 100);
        var parts = new SurprisePart[rows.Detector.PartNames.Count];
        foreach (var (source, size) in new[] { (1ul, 0.0), (999ul, 0.0), (3ul, 50.0), (888ul, -20.0) })
        {
            var score = rows.Detector.Score(rows.Row(source, 120, size, 0))!.Value;
            var count = rows.Detector.Explain(rows.Row(source, 120, size, 0), parts);
            Assert.Equal(score, parts.Take(count).Sum(part => part.Surprise), 9);
        }
    }

    [Fact]
    public void Scoring_and_learning_at_once_is_scoring_and_then_learning()
    {
        StreamRows apart = new(seed: 7), together = new(seed: 7);
        for (var i = 0; i < 2_000; i++)
        {
            var observed = apart.Ordinary();
            var score = apart.Detector.Score(observed);
            apart.Detector.Learn(observed, 1);
            Assert.Equal(score, together.Detector.ScoreThenLearn(together.Ordinary(), 1));
        }
        Assert.Equal(apart.Saved(), together.Saved());
    }

    [Fact]
    public void A_reloaded_detector_with_numbers_goes_on_bit_for_bit()
    {
        var rows = new StreamRows(seed: 8).Teach(minutes: 60);
        var copy = StreamRows.New(StreamClock.EventTime);
        copy.Load(new BinaryReader(new MemoryStream(rows.Saved())));
        for (var i = 0; i < 1_000; i++)
        {
            var observed = rows.Ordinary();
            Assert.Equal(rows.Detector.ScoreThenLearn(observed, 1), copy.ScoreThenLearn(observed, 1));
        }
    }

    [Fact]
    public void State_of_other_options_is_refused()
    {
        var rows = new StreamRows(seed: 9).Teach(minutes: 2);
        var other = StreamRows.New(StreamClock.EventTime, sketchCells: 512);
        Assert.Throws<InvalidDataException>(() => other.Load(new BinaryReader(new MemoryStream(rows.Saved()))));
    }

    [Fact]
    public void Bytes_do_not_grow_with_keys()
    {
        var rows = new StreamRows(seed: 10).Teach(minutes: 2);
        var before = (rows.Detector.SizeBytes, rows.Saved().Length);
        for (var key = 1ul; key < 20_000; key++)
            rows.Detector.Learn(rows.Row(key, key * 31, 0, 0), 1);
        Assert.Equal(before, (rows.Detector.SizeBytes, rows.Saved().Length));
    }

    [Fact]
    public void A_row_allocates_nothing()
    {
        var rows = new StreamRows(seed: 11).Teach(minutes: 60);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5_000; i++)
            rows.Detector.ScoreThenLearn(rows.Ordinary(), 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ticks_widen_until_they_hold_rows()
    {
        var rows = new StreamRows(seed: 12);
        var observed = rows.Ordinary();
        for (var i = 0; i < 5_000; i++)
        {
            var later = new Features.Observation
            {
                AtMs = i * 3_600_000L,
                Entity = 1,
                Peers = 1,
                Categories = observed.Categories,
                Numbers = observed.Numbers,
            };
            Assert.True(rows.Detector.ScoreThenLearn(later, 1) is null or (>= 0 and < double.MaxValue));
        }
    }
}
