using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

public class MagnitudeTests : DetectorConformance
{
    private const ulong Claims = 5;

    private static readonly double[] Medians = [60, 140, 410, 2_400, 6_800, 18_000];

    private readonly Magnitude _magnitude = New();

    protected override IDetector Cold() => New();

    [Fact]
    public void An_amount_far_above_its_own_code_is_strange_though_other_codes_reach_it()
    {
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
            Learn(code: i % Medians.Length, Near(Medians[i % Medians.Length], random));

        Assert.Equal(0, Surprise(code: 0, 65), 9);
        Assert.Equal(0, Surprise(code: 3, 2_000), 9);
        Assert.True(Surprise(code: 0, 2_000) > 6, $"{Surprise(code: 0, 2_000)}");
    }

    [Fact]
    public void A_code_seen_five_times_has_a_size_of_its_own()
    {
        var random = new Random(12);
        for (var i = 0; i < 300; i++)
            Learn(code: i % 5, Near(Medians[i % 5], random));
        for (var i = 0; i < 5; i++)
            Learn(code: 9, Near(25, random));

        Assert.True(Surprise(code: 9, 6_800) > 5, $"{Surprise(code: 9, 6_800)}");
        Assert.True(Surprise(code: 9, 30) < 1, $"{Surprise(code: 9, 30)}");
    }

    [Fact]
    public void Too_small_is_as_strange_as_too_large_and_signs_count()
    {
        var random = new Random(13);
        for (var i = 0; i < 200; i++)
            Learn(code: 0, 0.86 + (0.04 * (random.NextDouble() - 0.5)));

        Assert.True(Surprise(code: 0, -0.4) > 5);
        Assert.True(Surprise(code: 0, 3) > 5);
        Assert.Equal(0, Surprise(code: 0, 0.86), 9);
    }

    [Fact]
    public void An_absurd_value_that_was_learned_does_not_make_the_next_one_ordinary()
    {
        var random = new Random(14);
        for (var i = 0; i < 200; i++)
            Learn(code: 0, Near(100, random));
        var before = Surprise(code: 0, 1e6);
        for (var i = 0; i < 3; i++)
            Learn(code: 0, 1e9);

        Assert.True(Surprise(code: 0, 1e6) > 0.6 * before, $"{before} {Surprise(code: 0, 1e6)}");
    }

    [Fact]
    public void Values_that_are_no_numbers_are_passed_over()
    {
        for (var i = 0; i < 50; i++)
            Learn(code: 0, 10 + (i % 3));
        foreach (var absurd in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            Learn(code: 0, absurd);
            Assert.Null(_magnitude.Score(Of(0, [absurd])));
        }
        Assert.True(double.IsFinite(Surprise(code: 0, double.MaxValue)));
    }

    private static Magnitude New() => new("magnitude", new FeatureSchema([], []) { Numeric = ["amount"] }, 1_024, 64);

    private static double Near(double median, Random random) =>
        median * Math.Exp(0.28 * (random.NextDouble() + random.NextDouble() - 1));

    private static Observation Of(int code, ReadOnlySpan<double> numbers) =>
        new() { AtMs = 1_793_577_600_000, Entity = 100 + (ulong)code, Peers = Claims, Numbers = numbers };

    private void Learn(int code, double amount) => _magnitude.Learn(Of(code, [amount]), 1);

    private double Surprise(int code, double amount) => _magnitude.Score(Of(code, [amount])) ?? throw new InvalidOperationException("Cold.");
}
