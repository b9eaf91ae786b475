using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Detection.Tests.TimeSeries;

public sealed class TailHistogramTests
{
    [Fact]
    public void Rarity_is_that_of_the_rank_among_what_was_seen()
    {
        var tail = new TailHistogram();
        for (var i = 1; i <= 1_000; i++)
            tail.Learn(i);
        // 100 of 1,000 lie above 900; a bucket is 19 % wide and is shared out evenly.
        Assert.InRange(tail.Rarity(900), 0.9, 1.1);
        Assert.InRange(tail.Rarity(500), 0.28, 0.32);
        Assert.Equal(0, tail.Rarity(0));
        // Beyond all of them, the rest of the highest bucket still counts as above.
        Assert.InRange(tail.Rarity(1_001), 1.6, 3.01);
    }

    [Fact]
    public void Rarity_never_falls_as_the_deviation_grows()
    {
        var random = new Random(1);
        var tail = new TailHistogram();
        for (var i = 0; i < 3_000; i++)
            tail.Learn(Math.Exp(6 * random.NextDouble()) - 2);
        var last = 0.0;
        for (var deviation = 1e-6; deviation < 1e9; deviation *= 1.1)
        {
            var rarity = tail.Rarity(deviation);
            Assert.True(rarity >= last && double.IsFinite(rarity), $"Rarity fell at {deviation}.");
            last = rarity;
        }
        Assert.True(last > 3);
    }

    [Fact]
    public void Rarities_of_exchangeable_deviations_hold_their_promise()
    {
        var random = new Random(2);
        var tail = new TailHistogram();
        var (asked, rare) = (0, 0);
        for (var i = 0; i < 60_000; i++)
        {
            var deviation = -Math.Log(1 - random.NextDouble());
            if (i > 1_000)
            {
                asked++;
                rare += tail.Rarity(deviation) >= 2 ? 1 : 0;
            }
            tail.Learn(deviation);
        }
        Assert.InRange((double)rare / asked, 0.005, 0.0125);
    }

    [Fact]
    public void A_huge_deviation_moves_the_buckets_and_loses_no_count()
    {
        var tail = new TailHistogram();
        for (var i = 0; i < 99; i++)
            tail.Learn(1e-9);
        tail.Learn(1e15);
        Assert.InRange(tail.Rarity(1e14), Math.Log10(101 / 2.0) - 0.01, Math.Log10(101 / 2.0) + 0.01);
        Assert.True(tail.Rarity(1e-9) < 2);
    }
}
