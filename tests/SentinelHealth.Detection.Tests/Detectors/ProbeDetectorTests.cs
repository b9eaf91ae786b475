using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

/// <summary>What the biometric detectors are there to find, and what they must leave alone.</summary>
public sealed class ProbeDetectorTests
{
    private const long MinuteMs = 60_000;
    private readonly Random _random = new(21);
    private long _atMs = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public void Rejected_captures_whose_scores_rise_are_strange_and_the_same_scores_shuffled_are_less()
    {
        double[] rising = [.. Enumerable.Range(0, 24).Select(i => 0.3 + (0.02 * i) - (i % 3 == 2 ? 0.03 : 0))];
        var shuffled = (double[])rising.Clone();
        new Random(5).Shuffle(shuffled);

        var (climb, order) = (Climbed(rising), Climbed(shuffled));

        Assert.True(climb.Rising > 12, $"{climb.Rising}");
        Assert.True(order.Rising < 4, $"{order.Rising}");
        Assert.Equal(order.Run, climb.Run, 9);
    }

    [Fact]
    public void Three_bad_captures_and_a_match_are_an_ordinary_morning()
    {
        var climb = TaughtClimb();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, climb.Score(Probe(entity: 500, score: 0.4 + (0.1 * i), isRejected: true)));
            climb.Learn(Probe(entity: 500, score: 0.4 + (0.1 * i), isRejected: true), 1);
        }
        Assert.Equal(0, climb.Score(Probe(entity: 500, score: 0.93)));
    }

    [Fact]
    public void Many_rejections_are_strange_though_the_matcher_tells_no_scores()
    {
        var climb = TaughtClimb();
        for (var i = 0; i < 15; i++)
            climb.Learn(Probe(entity: 501, score: double.NaN, isRejected: true), 1);
        var score = climb.Score(Probe(entity: 501, score: double.NaN, isRejected: true));
        Assert.True(score > 12, $"{score}");
    }

    [Fact]
    public void A_run_is_over_after_a_match_or_a_quiet_day()
    {
        var climb = TaughtClimb();
        for (var i = 0; i < 10; i++)
            climb.Learn(Probe(entity: 502, score: 0.4, isRejected: true), 1);
        climb.Learn(Probe(entity: 502, score: 0.95), 1);
        Assert.Equal(0, climb.Score(Probe(entity: 502, score: 0.4, isRejected: true)));

        for (var i = 0; i < 10; i++)
            climb.Learn(Probe(entity: 503, score: 0.4, isRejected: true), 1);
        _atMs += 25 * 60 * MinuteMs;
        Assert.Equal(0, climb.Score(Probe(entity: 503, score: 0.4, isRejected: true)));
    }

    [Fact]
    public void A_capture_presented_again_is_strange_where_captures_are_fresh_and_ordinary_where_they_are_not()
    {
        var (fresh, stale) = (new ProbeReuse("reuse"), new ProbeReuse("reuse"));
        for (var i = 0; i < 2_000; i++)
        {
            var capture = Key(10_000 + i);
            fresh.Learn(Probe(capture, 0.9 + (i * 1e-6), subject: Key(i % 90), capture: capture), 1);
            var again = Key(10_000 + (i / 2));
            stale.Learn(Probe(again, 0.9 + (i * 1e-6), subject: Key(i / 2 % 90), capture: again), 1);
        }
        var replayed = Probe(Key(11_999), 0.5, subject: Key(1_999 % 90), capture: Key(11_999));
        Assert.True(fresh.Score(replayed) > 6, $"{fresh.Score(replayed)}");

        var usual = Probe(Key(10_999), 0.5, subject: Key(999 % 90), capture: Key(10_999));
        Assert.True(stale.Score(usual) < 2, $"{stale.Score(usual)}");
    }

    [Fact]
    public void One_capture_held_against_many_patients_grows_stranger_with_each()
    {
        var reuse = new ProbeReuse("reuse");
        for (var i = 0; i < 1_000; i++)
            reuse.Learn(Probe(Key(20_000 + i), 0.4, subject: Key(i), capture: Key(20_000 + i)), 1);
        List<double> scores = [];
        for (var patient = 0; patient < 6; patient++)
        {
            var probe = Probe(Key(7), 0.3 + (0.01 * patient), subject: Key(5_000 + patient), capture: Key(7));
            scores.Add(reuse.Score(probe)!.Value);
            reuse.Learn(probe, 1);
        }
        Assert.Equal(0, scores[0]);
        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[5] > 20, $"{scores[5]}");
    }

    [Fact]
    public void A_sinking_camera_is_found_a_bad_picture_is_not_and_an_old_camera_is_judged_as_one()
    {
        var liveness = new LivenessErosion("liveness", 256);
        for (var i = 0; i < 6_000; i++)
        {
            var isOld = i % 10 == 0;
            liveness.Learn(Live(device: isOld ? 99ul : (ulong)(1 + (i % 10)), 0.96 + Noise(0.015) - (isOld ? 0.03 : 0)), 1);
        }
        Assert.Equal(0, liveness.Score(Live(1, 0.5)));
        Assert.True(liveness.Score(Live(99, 0.93)) < 1);

        for (var i = 0; i < 20; i++)
            liveness.Learn(Live(2, 0.925 + Noise(0.01)), 1);
        Assert.True(liveness.Score(Live(2, 0.925)) > 10, $"{liveness.Score(Live(2, 0.925))}");
    }

    [Fact]
    public void Asking_under_a_lower_threshold_is_strange()
    {
        var liveness = new LivenessErosion("liveness", 256);
        for (var i = 0; i < 500; i++)
            liveness.Learn(Live((ulong)(1 + (i % 9)), 0.96 + Noise(0.01)), 1);
        Assert.True(liveness.Score(Live(3, 0.96, threshold: 0.6)) > 8);
        Assert.Equal(0, liveness.Score(Live(3, 0.96, threshold: 0.85)));
    }

    [Fact]
    public void A_changed_template_that_strangers_match_and_the_patient_no_longer_does_is_strange()
    {
        var swap = new TemplateSwap("template", 1_024);
        for (var i = 0; i < 300; i++)
        {
            swap.Learn(Probe(Key(i), 0.9, channels: 8), 1);
            for (var visit = 0; visit < 3; visit++)
                swap.Learn(Probe(Key(i), 0.92), 1);
        }
        swap.Learn(Probe(Key(77), 0.9, channels: 8), 1);
        swap.Learn(Probe(Key(77), 0.92, isStranger: true), 1);
        var turnedAway = swap.Score(Probe(Key(77), 0.3, isRejected: true));
        Assert.True(turnedAway > 8, $"{turnedAway}");
        Assert.Equal(0, swap.Score(Probe(Key(78), 0.92)));

        _atMs += 4 * 24 * 60 * MinuteMs;
        Assert.Equal(0, swap.Score(Probe(Key(77), 0.3, isRejected: true)));
    }

    [Fact]
    public void A_rejected_capture_changes_no_template()
    {
        var swap = new TemplateSwap("template", 1_024);
        for (var i = 0; i < 300; i++)
            swap.Learn(Probe(Key(i), 0.9, channels: 8), 1);
        for (var i = 0; i < 20; i++)
            swap.Learn(Probe(Key(9_000), 0.3, isRejected: true, channels: 4), 1);

        Assert.Equal(0, swap.Score(Probe(Key(9_000), 0.3, isRejected: true, channels: 4)));
    }

    private (double Run, double Rising) Climbed(double[] scores)
    {
        var climb = TaughtClimb();
        foreach (var score in scores[..^1])
            climb.Learn(Probe(entity: 600, score, isRejected: true), 1);
        var parts = new SurprisePart[2];
        Assert.Equal(2, climb.Explain(Probe(entity: 600, scores[^1], isRejected: true), parts));
        return (parts[0].Surprise, parts[1].Surprise);
    }

    /// <summary>Knows a modality where one capture in thirty is rejected, and one retry in four again.</summary>
    private ProbeClimb TaughtClimb()
    {
        var (climb, random) = (new ProbeClimb("climb", 1_024), new Random(22));
        for (var i = 0; i < 3_000; i++)
        {
            var entity = Key(i);
            for (var chance = 1.0 / 30; random.NextDouble() < chance; chance = 0.25)
                climb.Learn(Probe(entity, 0.3 + (0.4 * random.NextDouble()), isRejected: true), 1);
            climb.Learn(Probe(entity, 0.9), 1);
        }
        return climb;
    }

    private Observation Live(ulong device, double liveness, double threshold = 0.82)
    {
        var probe = Probe(device, 0.9);
        return probe with { Numbers = new[] { 0.9, threshold, 0.8, liveness, 0, 0 } };
    }

    private Observation Probe(
        ulong entity, double score, bool isRejected = false, ulong subject = 5, ulong capture = 0, bool isStranger = false,
        uint channels = 0) => new()
        {
            AtMs = _atMs += MinuteMs,
            Entity = Key((int)(entity & 0x7FFFFFFF)),
            Peers = 1,
            Categories = new[] { subject, 2ul, 3ul, capture, 4ul },
            Numbers = new[] { score, 0.95, 0.8, 0.96, isRejected ? 1 : 0, isStranger ? 1 : 0 },
            Channels = channels,
        };

    private double Noise(double deviation) => deviation * 1.7 * ((2 * _random.NextDouble()) - 1);

    private static ulong Key(int value) => Ingest.Events.StableHash.Combine((ulong)value, 9);
}
