using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>The laws of <see cref="IDetector"/>, over every detector there is.</summary>
public sealed class DetectorLawsTests(ITestOutputHelper output)
{
    private const int PartsMax = 64;

    public static TheoryData<string> Detectors => [.. DetectorCases.All.Select(one => one.Type.Name)];

    [Fact]
    public void Every_detector_of_the_product_has_a_case()
    {
        var detectors = typeof(IDetector).Assembly.GetTypes().Where(type =>
            type is { IsClass: true, IsAbstract: false, IsGenericType: false }
            && (typeof(IDetector).IsAssignableFrom(type) || IsStreamingDetector(type)));
        // The time series detector speaks of series and not of observations; it is tried through an adapter.
        var cased = DetectorCases.All.Select(one => one.Type == typeof(SeriesAsDetector)
            ? typeof(Detection.TimeSeries.TimeSeriesDetector) : one.Type);
        Assert.Equal(detectors.Select(type => type.Name).Order(), cased.Select(type => type.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void A_cold_detector_has_no_opinion(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(1));
        var detector = law.Cold();
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(detector.Score(law.Ordinary(random, Sample.MondayMs).Seen));
            Assert.Equal(0, detector.Explain(law.Strange(random, Sample.MondayMs).Seen, new SurprisePart[PartsMax]));
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Scoring_never_alters_a_baseline(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(2));
        var (detector, atMs) = Taught(law, seed: 2);
        var before = Saved(detector);
        for (var i = 0; i < 200; i++)
        {
            var sample = i % 2 == 0 ? law.Ordinary(random, atMs + (i * 600_000)) : law.Strange(random, atMs);
            detector.Score(sample.Seen);
            detector.Explain(sample.Seen, new SurprisePart[PartsMax]);
        }
        Assert.Equal(before, Saved(detector));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Scores_are_finite_not_negative_and_the_sum_of_their_parts(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(3));
        var (detector, atMs) = Taught(law, seed: 3);
        var (parts, highest) = (new SurprisePart[PartsMax], 0.0);
        for (var i = 0; i < 1_000; i++)
        {
            atMs += random.Next(0, 20_000);
            var sample = i < 500 ? law.Ordinary(random, atMs) : law.Strange(random, atMs);
            if (detector.Score(sample.Seen) is { } score)
            {
                Assert.True(double.IsFinite(score) && score >= 0, $"{score}");
                var count = detector.Explain(sample.Seen, parts);
                Assert.Equal(score, parts.Take(count).Sum(part => part.Surprise), 9);
                Assert.All(parts.Take(count), part => Assert.InRange(part.Part, 0, detector.PartNames.Count - 1));
                highest = Math.Max(highest, score);
            }
            detector.Learn(sample.Seen, 0.1f);
        }
        Assert.True(highest > 1, $"What it is there to find scored {highest}.");
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Missing_features_are_not_strange_and_do_no_harm(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(4));
        var (detector, atMs) = Taught(law, seed: 4);
        for (var i = 0; i < 50; i++)
        {
            var empty = law.Ordinary(random, atMs).Empty;
            Assert.True(detector.Score(empty.Seen) is null or 0);
            detector.Learn(empty.Seen, 1);
        }
        Assert.True(IsSound(detector.Score(law.Ordinary(random, atMs).Seen)));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Extreme_values_times_and_keys_do_no_harm(string name)
    {
        double[] extremes =
            [double.MaxValue, double.MinValue, double.Epsilon, -0.0, 1e300, -1e18, double.PositiveInfinity, double.NaN];
        long[] times = [0, 1, 946_684_800_000, 7_258_118_399_999];
        var (law, random) = (DetectorCases.Of(name), new Random(5));
        var (detector, taughtMs) = Taught(law, seed: 5);
        for (var i = 0; i < 200; i++)
        {
            var entity = i % 3 == 0 ? ulong.MaxValue : Sample.Key(i % 5);
            var sample = law.Ordinary(random, times[i % times.Length]) with { Entity = entity };
            Array.Fill(sample.Categories, i % 2 == 0 ? ulong.MaxValue : 1);
            Array.Fill(sample.Numbers, extremes[i % extremes.Length]);
            Assert.True(IsSound(detector.Score(sample.Seen)), $"observation {i}");
            detector.Learn(sample.Seen, 1);
        }
        Assert.True(IsSound(detector.Score(law.Ordinary(random, taughtMs).Seen)));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void What_never_changes_is_never_strange(string name)
    {
        var law = DetectorCases.Of(name);
        var detector = law.Cold();
        var always = law.Ordinary(new Random(6), Sample.MondayMs);
        var highest = 0.0;
        for (var i = 0; i < 4_000; i++)
        {
            var again = always with { AtMs = Sample.MondayMs + (i * law.ConstantEveryMs) };
            if (i > 2_000)
                highest = Math.Max(highest, detector.Score(again.Seen) ?? 0);
            detector.Learn(again.Seen, 1);
        }
        Assert.InRange(highest, 0, law.ConstantNatsMax);
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void The_same_observations_give_the_same_detector(string name)
    {
        var law = DetectorCases.Of(name);
        Assert.Equal(Saved(Taught(law, seed: 7).Detector), Saved(Taught(law, seed: 7).Detector));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void A_reloaded_detector_is_the_same_detector(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(8));
        var (original, atMs) = Taught(law, seed: 8);
        var copy = law.Cold();
        copy.Load(new BinaryReader(new MemoryStream(Saved(original))));
        for (var i = 0; i < 500; i++)
        {
            var sample = i % 5 == 0 ? law.Strange(random, atMs += 30_000) : law.Ordinary(random, atMs += 30_000);
            Assert.Equal(original.Score(sample.Seen), copy.Score(sample.Seen));
            original.Learn(sample.Seen, 1);
            copy.Learn(sample.Seen, 1);
        }
        Assert.Equal(Saved(original), Saved(copy));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void A_detector_goes_back_to_a_kept_state_which_stays_what_it_was(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(10));
        var (original, atMs) = Taught(law, seed: 10);
        var bytes = Saved(original);
        var kept = SavedState.Of(stream => Save(original, stream));
        var samples = Enumerable.Range(1, 500)
            .Select(i => (i % 5 == 0 ? law.Strange : law.Ordinary)(random, atMs + (i * 30_000))).ToList();
        var scores = samples.ConvertAll(sample => ScoredAndLearned(original, sample));
        var after = Saved(original);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var copy = law.Cold();
            using (var reader = new BinaryReader(kept.OpenRead()))
                copy.Load(reader);
            Assert.Equal(scores, samples.ConvertAll(sample => ScoredAndLearned(copy, sample)));
            Assert.Equal(after, Saved(copy));
            using var written = new MemoryStream();
            kept.WriteTo(written);
            Assert.Equal(bytes, written.ToArray());
            Assert.Equal(bytes.Length, kept.Length);
        }
        Assert.Equal(after, Saved(original));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Memory_stays_within_what_the_detector_says(string name)
    {
        var (law, random) = (DetectorCases.Of(name), new Random(9));
        var detector = law.Cold();
        for (var i = 0; i < 8_000; i++)
        {
            var draw = i % 2 == 0 ? law.Ordinary : law.Strange;
            var sample = draw(random, Sample.MondayMs + (i * 1_000L));
            detector.Learn((sample with { Entity = Sample.Key(i), Peers = Sample.Key(i % 500) }).Seen, 1);
        }
        output.WriteLine($"{name}: {detector.SizeBytes:#,0} bytes for {DetectorCase.EntitiesMax} entities at most");
        Assert.InRange(detector.SizeBytes, 1, law.FixedBytesMax + (law.EntityBytesMax * (long)DetectorCase.EntitiesMax));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Any_arrival_order_within_the_lateness_gives_the_same_detector(string name)
    {
        var law = DetectorCases.Of(name);
        var records = Enumerable.Range(0, 400).Select(i => Some.BiometricQueryJson(
            ("id", $"bq-{i}"), ("time", DateTimeOffset.FromUnixTimeMilliseconds(Sample.MondayMs + (i * 20_000L)).ToString("O")))).ToList();
        var random = new Random(10);
        // Each record moves by at most a dozen places, four of the ten minutes allowed.
        var shuffled = records.Select((record, i) => (Record: record, At: i + random.Next(0, 12))).OrderBy(pair => pair.At)
            .Select(pair => pair.Record).ToList();
        Assert.NotEqual(records, shuffled);
        Assert.Equal(Settled(law, records), Settled(law, shuffled));
    }

    private static byte[] Settled(DetectorCase law, List<byte[]> records)
    {
        var scoring = new OrderedScoring(
            state => new OneDetectorEngine(law, state), new NativeEventDecoder(), new() { CheckpointEveryEvents = 100 });
        for (var i = 0; i < records.Count; i++)
        {
            var decoded = Some.Decoded(records[i]);
            scoring.Add((0, i), decoded.OccurredAt.AddMinutes(5), decoded);
            if (i % 7 == 0)
                Assert.Equal(0, scoring.Settle().Count(said => said.Alerts.Count > 0));
        }
        Assert.Equal(0, scoring.Settle().Count(said => said.Alerts.Count > 0));
        Assert.Equal(0, scoring.LateCount);
        using var state = new MemoryStream();
        scoring.Engine.Save(state);
        return state.ToArray();
    }

    private static bool IsSound(double? score) => score is null || (double.IsFinite(score.Value) && score.Value >= 0);

    private static bool IsStreamingDetector(Type type) =>
        type.Name.EndsWith("Detector", StringComparison.Ordinal)
        && Array.TrueForAll(["Learn", "Score", "Save", "Load"], verb => type.GetMethod(verb) is not null);

    /// <summary>A detector that has seen fifty entities over three weeks, and the time it got to.</summary>
    private static (IDetector Detector, long AtMs) Taught(DetectorCase law, int seed)
    {
        var (detector, random, atMs) = (law.Cold(), new Random(seed), Sample.MondayMs);
        for (var i = 0; i < 5_000; i++)
        {
            atMs += random.Next(0, 360_000);
            detector.Learn(law.Ordinary(random, atMs).Seen, 1);
        }
        return (detector, atMs);
    }

    private static double? ScoredAndLearned(IDetector detector, Sample sample)
    {
        var score = detector.Score(sample.Seen);
        detector.Learn(sample.Seen, 1);
        return score;
    }

    private static byte[] Saved(IDetector detector)
    {
        using var stream = new MemoryStream();
        Save(detector, stream);
        return stream.ToArray();
    }

    private static void Save(IDetector detector, Stream destination)
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        detector.Save(writer);
    }
}
