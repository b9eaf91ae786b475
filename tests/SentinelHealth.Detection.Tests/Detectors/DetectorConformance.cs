using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

/// <summary>The laws of <see cref="IDetector"/>; every detector inherits them.</summary>
public abstract class DetectorConformance
{
    protected const int CategoryCount = 10;
    private static readonly long MondayMs = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>A cold detector over categories 0..9, channels 0..5 and one number.</summary>
    protected abstract IDetector Cold();

    [Fact]
    public void A_cold_detector_has_no_opinion()
    {
        var detector = Cold();
        var categories = Categories(1);
        Assert.Null(detector.Score(Observation(MondayMs, 1, categories)));
        Assert.Equal(0, detector.Explain(Observation(MondayMs, 1, categories), new SurprisePart[16]));
    }

    [Fact]
    public void A_taught_detector_has_an_opinion()
    {
        var (detector, atMs) = Taught(seed: 1);
        Assert.NotNull(detector.Score(Observation(atMs, 1, Categories(1))));
    }

    [Fact]
    public void Scoring_never_alters_a_baseline()
    {
        var (detector, atMs) = Taught(seed: 2);
        var before = Saved(detector);
        for (var i = 0; i < 100; i++)
        {
            detector.Score(Observation(atMs + (i * 60_000), (ulong)(i + 1), Categories((ulong)i)));
            detector.Explain(Observation(atMs, (ulong)(i + 1), Categories((ulong)i)), new SurprisePart[16]);
        }
        Assert.Equal(before, Saved(detector));
    }

    [Fact]
    public void Scores_are_finite_not_negative_and_the_sum_of_their_parts()
    {
        var (detector, atMs) = Taught(seed: 3);
        var random = new Random(3);
        var parts = new SurprisePart[16];
        var strange = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var categories = Categories((ulong)random.Next(1, 400));
            var observed = Observation(atMs + random.Next(0, 86_400_000), (ulong)random.Next(1, 60), categories);
            var score = detector.Score(observed);
            if (score is null)
                continue;
            Assert.True(double.IsFinite(score.Value) && score.Value >= 0);
            var count = detector.Explain(observed, parts);
            Assert.Equal(score.Value, parts.Take(count).Sum(part => part.Surprise), 9);
            Assert.All(parts.Take(count), part => Assert.InRange(part.Part, 0, detector.PartNames.Count - 1));
            strange += score.Value > 0 ? 1 : 0;
        }
        Assert.True(strange > 0, "Nothing scored above zero, so the test showed nothing.");
    }

    [Fact]
    public void Absent_features_are_not_strange_and_do_no_harm()
    {
        var (detector, atMs) = Taught(seed: 4);
        var absent = new ulong[CategoryCount];
        var observed = Observation(atMs, 1, absent, channels: 0);
        Assert.True(detector.Score(observed) is null or 0);
        detector.Learn(observed, 1);
    }

    [Fact]
    public void The_same_observations_give_the_same_scores()
    {
        var (first, atMs) = Taught(seed: 5);
        var (second, _) = Taught(seed: 5);
        Assert.Equal(Saved(first), Saved(second));
        Assert.Equal(first.Score(Observation(atMs, 7, Categories(9))), second.Score(Observation(atMs, 7, Categories(9))));
    }

    [Fact]
    public void A_reloaded_detector_is_the_same_detector()
    {
        var (original, atMs) = Taught(seed: 6);
        var copy = Cold();
        copy.Load(new BinaryReader(new MemoryStream(Saved(original))));
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            var categories = Categories((ulong)random.Next(1, 300));
            var observed = Observation(atMs + (i * 30_000L), (ulong)random.Next(1, 60), categories);
            Assert.Equal(original.Score(observed), copy.Score(observed));
            original.Learn(observed, 1);
            copy.Learn(observed, 1);
        }
        Assert.Equal(Saved(original), Saved(copy));
    }

    [Fact]
    public void Extreme_times_and_keys_do_no_harm()
    {
        var (detector, _) = Taught(seed: 7);
        foreach (var atMs in new[] { 0L, 946_684_800_000, 7_258_118_399_999 })
        {
            var categories = Categories(ulong.MaxValue);
            var observed = Observation(atMs, ulong.MaxValue, categories);
            detector.Learn(observed, 1);
            Assert.True(detector.Score(observed) is null or (>= 0 and < double.PositiveInfinity));
        }
    }

    protected static Observation Observation(long atMs, ulong entity, ReadOnlySpan<ulong> categories, uint channels = 0b11) =>
        new()
        {
            AtMs = atMs,
            // Keys are hashes: tables place by their high bits.
            Entity = Ingest.Events.StableHash.Combine(entity, 99),
            Peers = 77,
            Categories = categories,
            Numbers = new[] { categories[0] == 0 ? double.NaN : categories[0] % 97 },
            Channels = channels,
        };

    protected static ulong[] Categories(ulong value)
    {
        var categories = new ulong[CategoryCount];
        for (var i = 0; i < CategoryCount; i++)
            categories[i] = Ingest.Events.StableHash.Combine(value % 40 + 1, (ulong)i + 1);
        return categories;
    }

    /// <summary>A detector that has seen 50 entities over 20 days.</summary>
    protected (IDetector Detector, long AtMs) Taught(int seed)
    {
        var detector = Cold();
        var random = new Random(seed);
        var atMs = MondayMs;
        for (var i = 0; i < 12_000; i++)
        {
            atMs += random.Next(0, 300_000);
            detector.Learn(Observation(atMs, (ulong)random.Next(1, 51), Categories((ulong)random.Next(1, 30))), 1);
        }
        return (detector, atMs);
    }

    private static byte[] Saved(IDetector detector)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            detector.Save(writer);
        return stream.ToArray();
    }
}
