using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Detection.Tests.Federation;

/// <summary>Small sites, whose habits are mostly noise: they must not be refused for what chance has added.</summary>
public class HonestSitesTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<ContributionBuilder>> Small = new(() =>
        [.. Enumerable.Range(1, 3).Select(seed => Sites.Counted(Sites.Records(seed, days: 1, eventsPerDay: 6_000)))]);

    [Theory]
    [InlineData(3.0, 20)]
    [InlineData(9.0, 60)]
    [InlineData(20.0, 20)]
    public void Small_honest_sites_are_let_in_whatever_the_noise(double epsilon, int draws)
    {
        var cost = PrivacyCost.Of(epsilon, 1e-6);
        var refused = new List<string>();
        for (var draw = 0; draw < draws; draw++)
        {
            var noise = new DiscreteGaussian(Sites.Bits(draw));
            var sites = Small.Value.Select((site, index) => site.Build($"site-{index}", round: 1, cost, noise)).ToList();
            refused.AddRange(ContributionReview.Review(sites[1], [sites[0]]).Concat(ContributionReview.Review(sites[2], sites))
                .Select(finding => $"{finding.Role}, {finding.Statistic}: {finding.Detail}"));
        }

        output.WriteLine(string.Join('\n', refused));
        Assert.Empty(refused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void A_share_lies_within_what_the_noise_allows_as_often_as_its_deviations_say(int size)
    {
        const int bins = 24, draws = 3_000, deviations = 2;
        long[] people = [.. Enumerable.Range(0, bins).Select(bin => ((bin % 5) + 1) * 4_000L)];
        var (variance, isIn) = (2_000L * 2_000, new bool[bins]);
        isIn.AsSpan(0, size).Fill(true);
        var share = (double)people.Take(size).Sum() / people.Sum();
        var noise = new DiscreteGaussian(Sites.Bits(size));
        var (tooLow, tooHigh) = (0, 0);
        for (var draw = 0; draw < draws; draw++)
        {
            var histogram = new NoisyHistogram(
                [.. people.Select(count => count + noise.Sample(variance))], people.Sum() + noise.Sample(variance), variance);
            var (low, high) = histogram.ShareOf(isIn, deviations);
            (tooLow, tooHigh) = (tooLow + (high < share ? 1 : 0), tooHigh + (low > share ? 1 : 0));
        }

        // 2.3 % lie above two deviations: of one statement for the upper bound, of two for the lower, and some for the sample.
        output.WriteLine($"{tooLow} below, {tooHigh} above");
        Assert.InRange(tooLow, 0.012 * draws, 0.033 * draws);
        Assert.InRange(tooHigh, 0.012 * draws, 0.056 * draws);
    }
}
