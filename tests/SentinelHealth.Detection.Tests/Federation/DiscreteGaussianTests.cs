using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Detection.Tests.Federation;

public class DiscreteGaussianTests
{
    [Fact]
    public void Samples_have_the_shares_of_the_discrete_gaussian()
    {
        const int samples = 40_000, variance = 4, farthest = 5;
        var noise = new DiscreteGaussian(Sites.Bits(1));
        var counts = new int[(2 * farthest) + 1];
        for (var i = 0; i < samples; i++)
        {
            var sample = noise.Sample(variance);
            if (Math.Abs(sample) <= farthest)
                counts[sample + farthest]++;
        }

        var whole = Enumerable.Range(-60, 121).Sum(value => Math.Exp(-value * value / (2.0 * variance)));
        var chiSquare = 0.0;
        for (var value = -farthest; value <= farthest; value++)
        {
            var expected = samples * Math.Exp(-value * value / (2.0 * variance)) / whole;
            chiSquare += Math.Pow(counts[value + farthest] - expected, 2) / expected;
        }
        // The 99.9 % point of chi-square with 11 degrees of freedom is 31.3.
        Assert.InRange(chiSquare, 0, 31.3);
    }

    [Fact]
    public void A_large_variance_is_met_within_the_error_of_the_sample()
    {
        const int samples = 20_000;
        var variance = Sites.Cost.NoiseVariance;
        var noise = new DiscreteGaussian(Sites.Bits(2));
        var drawn = Enumerable.Range(0, samples).Select(_ => (double)noise.Sample(variance)).ToList();

        Assert.InRange(drawn.Average() / Math.Sqrt(variance), -0.03, 0.03);
        Assert.InRange(drawn.Sum(value => value * value) / samples / variance, 0.95, 1.05);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(ulong.MaxValue)]
    public void A_source_that_is_not_random_ends_in_an_error_and_not_in_an_endless_loop(ulong bits)
    {
        var noise = new DiscreteGaussian(() => bits);

        Assert.Throws<InvalidOperationException>(() => noise.Sample(100));
    }
}
