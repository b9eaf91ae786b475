using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Detectors.Ledger;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams;
using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>One case for every detector of the product. The suite fails when a detector has none.</summary>
internal static class DetectorCases
{
    private const int Entities = DetectorCase.EntitiesMax, Groups = 64;

    private static readonly FeatureSchema Channels = new(["a", "b"], ["events", "reads", "failures"]);

    public static IReadOnlyList<DetectorCase> All { get; } =
    [
        new(typeof(Rarity), () => new Rarity("d", Columns(8), Entities, Groups)) { EntityBytesMax = 750, FixedBytesMax = 400_000 },
        new(typeof(Volume), () => new Volume("d", Channels, Entities, Groups)) { EntityBytesMax = 600, FixedBytesMax = 160_000 },
        new(typeof(Spread), () => new Spread("d", [new("patients", 0, SpreadKeys.All), new("new patients", 0, SpreadKeys.Unfamiliar)],
            Entities, Groups)) { EntityBytesMax = 1_020, FixedBytesMax = 64_000 },
        new(typeof(Magnitude), () => new Magnitude("d", new FeatureSchema([], []) { Numeric = ["amount"] }, Entities, Groups))
            { EntityBytesMax = 128, Strange = (random, atMs) => WithNumber(random, atMs, 0, 1_000) },
        new(typeof(Drip), () => new Drip("d", Channels, DripClock.ElapsedHours, Entities, Groups)) { EntityBytesMax = 136 },
        new(typeof(Drift), () => new Drift("d", distinctCategory: 0, Entities)) { EntityBytesMax = 110 },
        new(typeof(StreamDetector), () => new StreamDetector("d", Columns(3), new() { SketchCells = 256 }))
            { FixedBytesMax = 600_000, ConstantEveryMs = 1_000, ConstantNatsMax = 5 },
        new(typeof(SeriesAsDetector), () => new SeriesAsDetector(Entities))
            { EntityBytesMax = TimeSeriesDetector.BytesPerSeries + 32, FixedBytesMax = 0, Strange = Fifty },
        new(typeof(ProbeClimb), () => new ProbeClimb("d", Entities)) { EntityBytesMax = 40, Ordinary = Probe, Strange = Rejected },
        new(typeof(ProbeReuse), () => new ProbeReuse("d")) { FixedBytesMax = 263_000, Ordinary = Captured, Strange = Replayed },
        new(typeof(LivenessErosion), () => new LivenessErosion("d", Entities)) { EntityBytesMax = 64, Ordinary = Probe, Strange = Dim },
        new(typeof(TemplateSwap), () => new TemplateSwap("d", Entities)) { EntityBytesMax = 24, Ordinary = Probe, Strange = Changed },
        new(typeof(GroupBurst), () => new GroupBurst("d", Columns(5))) { FixedBytesMax = 263_000, Strange = Crowding },
        new(typeof(Lockstep), () => new Lockstep("d")) { FixedBytesMax = 145_000, Ordinary = Vote, Strange = VoteTogether },
        new(typeof(ModelUpdate), () => new ModelUpdate("d", Entities)) { EntityBytesMax = 40, Ordinary = Update, Strange = Poisoned },
        new(typeof(Settlement), () => new Settlement("d", Entities)) { EntityBytesMax = 36, Ordinary = Claim, Strange = Unseen },
    ];

    public static DetectorCase Of(string name) => All.Single(one => one.Type.Name == name);

    private static FeatureSchema Columns(int count) => new([.. Enumerable.Range(0, count).Select(i => $"c{i}")], []);

    private static Sample Fifty(Random random, long atMs) => WithNumber(random, atMs, 0, 50);

    private static Sample WithNumber(Random random, long atMs, int number, double value)
    {
        var sample = Sample.Any(random, atMs);
        sample.Numbers[number] = value;
        return sample;
    }

    /// <summary>A verification that matches: score, threshold, quality, liveness, rejected, stranger.</summary>
    private static Sample Probe(Random random, long atMs) => Sample.Any(random, atMs) with
    {
        Entity = Sample.Key(random.Next(1, 51)),
        Categories = [Sample.Key(random.Next(1, 51)), Sample.Key(60), Sample.Key(70),
            Sample.Key(random.Next(1_000, 1 << 24)), 5, 0, 0, 0, 0, 0],
        Numbers = [0.9 + (0.05 * random.NextDouble()), 0.8, 0.8 + (0.05 * random.NextDouble()),
            0.95 + (0.02 * random.NextDouble()), random.NextDouble() < 0.02 ? 1 : 0, 0],
        Channels = random.NextDouble() < 0.01 ? 8u : 0,
    };

    private static Sample Captured(Random random, long atMs)
    {
        var probe = Probe(random, atMs);
        return probe with { Entity = probe.Categories[ProbeFeatures.Capture] };
    }

    private static Sample Rejected(Random random, long atMs)
    {
        var probe = Probe(random, atMs) with { Entity = Sample.Key(7) };
        (probe.Numbers[0], probe.Numbers[4]) = (0.3 + (0.4 * random.NextDouble()), 1);
        return probe;
    }

    private static Sample Replayed(Random random, long atMs)
    {
        var probe = Probe(random, atMs);
        ulong[] categories = [Sample.Key(random.Next(1, 4)), 1, 2, Sample.Key(9), 5, 0, 0, 0, 0, 0];
        return probe with { Entity = Sample.Key(9), Categories = categories };
    }

    private static Sample Dim(Random random, long atMs)
    {
        var probe = Probe(random, atMs) with { Entity = Sample.Key(3) };
        (probe.Numbers[2], probe.Numbers[3]) = (0.5, 0.8);
        return probe;
    }

    private static Sample Changed(Random random, long atMs) => Probe(random, atMs) with { Entity = Sample.Key(11), Channels = 8 };

    private static Sample Crowding(Random random, long atMs)
    {
        var sample = Sample.Any(random, atMs) with { Entity = Sample.Key(random.Next(1, 2_000)) };
        sample.Categories[1] = Sample.Key(42);
        return sample;
    }

    private static Sample Vote(Random random, long atMs) => Sample.Any(random, atMs) with
    {
        Entity = Sample.Key(random.Next(1, 12)),
        Categories = [Sample.Key((int)(atMs / 7_200_000 % 1_000)), (ulong)random.Next(1, 3), 0, 0, 0, 0, 0, 0, 0, 0],
        Channels = random.NextDouble() < 0.002 ? LedgerFeatures.ProposalChannel : LedgerFeatures.VoteChannel,
    };

    private static Sample VoteTogether(Random random, long atMs) => Vote(random, atMs) with
    {
        AtMs = atMs - (atMs % 9_000),
        Entity = Sample.Key(20 + random.Next(0, 3)),
        Channels = LedgerFeatures.VoteChannel,
        Categories = [Sample.Key((int)(atMs / 7_200_000 % 1_000)), 1, 0, 0, 0, 0, 0, 0, 0, 0],
    };

    /// <summary>An update: norm, cosine, round, unattributed.</summary>
    private static Sample Update(Random random, long atMs) => Sample.Any(random, atMs) with
    {
        Numbers = [1 + (0.1 * random.NextDouble()), 0.85 + (0.05 * random.NextDouble()), Math.Floor(atMs / 2.88e7), 0, 0, 0],
    };

    private static Sample Poisoned(Random random, long atMs)
    {
        var update = Update(random, atMs);
        (update.Numbers[0], update.Numbers[1]) = (6, -0.3);
        return update;
    }

    /// <summary>A claim: amount, unseen, ungranted.</summary>
    private static Sample Claim(Random random, long atMs) => Sample.Any(random, atMs) with
    {
        Numbers = [Math.Round(100 * (1 + random.NextDouble()), 4), random.NextDouble() < 0.01 ? 1 : 0,
            double.NaN, double.NaN, 0, 0],
    };

    private static Sample Unseen(Random random, long atMs)
    {
        var claim = Claim(random, atMs) with { Entity = Sample.Key(13) };
        claim.Numbers[1] = 1;
        return claim;
    }
}
