using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Biometric;

/// <summary>
/// One account or device against one patient's template: rejection after rejection (brute force), with scores that keep rising
/// (hill climbing).
/// </summary>
/// <remarks>
/// A hill-climbing attack reads the matcher's score and keeps what raises it (Soutar 2002; Uludag and Jain 2004). Honest
/// retries have no direction: in an exchangeable sequence the i-th value is a record with probability 1/i, independently
/// (Rényi 1962). The log likelihood ratio of records coming two times in five is summed and never falls below 0 (Page 1954),
/// a test that needs no distribution of scores and that quantized scores only blunt. Rejections in a row cost what one more
/// after a rejection usually costs in this modality, beyond the three that people need; learned from the first few of each
/// run, so that an attack cannot teach it. A run ends with a match or a quiet day. O(1); 24 bytes a run and none for whoever
/// matches at once, 32 a modality.
/// </remarks>
internal sealed class ProbeClimb(string name, int runsMax) : IDetector
{
    private const double RecordShare = 0.4;
    private const int QuietMinutes = 24 * 60;
    private const int HonestRejections = 3, TeachingRejections = 4;
    private const float CasesMin = 100;
    private const double NatsMax = 200;
    private const int Rejections = 0, Rising = 1;

    private readonly BoundedMap<Run> _runs = new(runsMax);
    private readonly BoundedMap<Retries> _modalities = new(64);

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } = ["captures in a row that were rejected", "rejected captures that each came closer"];

    public long SizeBytes => _runs.SizeBytes + _modalities.SizeBytes;

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[2];
        ref readonly var modality = ref _modalities.Find(observed.Peers);
        if (observed.Entity == 0 || Unsafe.IsNullRef(in modality) || modality.Attempts.Cases < CasesMin)
            return null;
        return SurprisePart.Sum(parts[..Explain(observed, parts)]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref readonly var modality = ref _modalities.Find(observed.Peers);
        if (observed.Entity == 0 || Unsafe.IsNullRef(in modality) || modality.Attempts.Cases < CasesMin)
            return 0;
        ref readonly var held = ref _runs.Find(observed.Entity);
        if (Unsafe.IsNullRef(in held))
            return 0;
        var run = held;
        Step(ref run, observed);
        if (run.Rejections <= HonestRejections)
            return 0;
        var ofRun = Math.Min(NatsMax, (run.Rejections - HonestRejections) * modality.Again.Nats);
        parts[0] = new(Rejections, ofRun, run.Rejections, Math.Log(1.5), 0, Novelty.Known);
        parts[1] = new(Rising, run.RisingNats, run.Records, Math.Log(1 + Harmonic(run.Scored)), 0, Novelty.Known);
        return 2;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Peers == 0)
            return;
        var isRejected = IsRejected(observed);
        ref var modality = ref _modalities.Touch(observed.Peers, observed.AtMs, out _);
        modality.Attempts.Learn(isRejected, trust);
        ref readonly var held = ref _runs.Find(observed.Entity);
        if (!Unsafe.IsNullRef(in held) && !IsOver(held, observed.AtMs) && held.Rejections < TeachingRejections)
            modality.Again.Learn(isRejected, trust);
        if (isRejected)
            Step(ref _runs.Touch(observed.Entity, observed.AtMs, out _), observed);
        else if (!Unsafe.IsNullRef(in held))
            _runs.Remove(observed.Entity);
    }

    public void Save(BinaryWriter writer)
    {
        _runs.Save(writer);
        _modalities.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _runs.Load(reader);
        _modalities.Load(reader);
    }

    private static bool IsRejected(in Observation observed) => observed.Numbers[ProbeFeatures.Rejected] > 0;

    private static bool IsOver(in Run run, long atMs) => (atMs / 60_000) - run.Minute > QuietMinutes;

    private static double Harmonic(int count) => count < 1 ? 0 : Math.Log(count) + 0.58;

    private static void Step(ref Run run, in Observation observed)
    {
        if (IsOver(run, observed.AtMs))
            run = default;
        run.Minute = Math.Max(run.Minute, (int)(observed.AtMs / 60_000));
        run.Rejections = Math.Min(run.Rejections + (IsRejected(observed) ? 1 : 0), 1 << 20);
        var score = observed.Numbers[ProbeFeatures.Score];
        if (!double.IsFinite(score))
            return;
        run.Scored = Math.Min(run.Scored + 1, 1 << 20);
        var isRecord = run.Scored == 1 || score > run.Best;
        run.Best = isRecord ? (float)Math.Clamp(score, -1e18, 1e18) : run.Best;
        run.Records += isRecord ? 1 : 0;
        if (run.Scored == 1)
            return;
        var chance = 1.0 / run.Scored;
        var nats = isRecord ? Math.Log(RecordShare / chance) : Math.Log((1 - RecordShare) / (1 - chance));
        run.RisingNats = (float)Math.Clamp(run.RisingNats + nats, 0, NatsMax);
    }

    private struct Run
    {
        public int Minute;
        public int Rejections;
        public int Scored;
        public int Records;
        public float Best;
        public float RisingNats;
    }

    private struct Retries
    {
        public EventRate Attempts;
        public EventRate Again;
    }
}
