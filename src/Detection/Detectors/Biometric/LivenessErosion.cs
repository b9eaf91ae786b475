using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Biometric;

/// <summary>
/// A sensor whose liveness or quality scores sink, or which is asked under a lower threshold than its modality uses: presentation
/// attacks being tried out, a camera that was tampered with, threshold shopping.
/// </summary>
/// <remarks>
/// Presentation attacks pass the single check and show in the scores (ISO/IEC 30107-3 reports both errors for that reason).
/// Per device two one-sided cumulative sums (Page 1954) of standardized shortfall, tuned to a shift of one and a half
/// deviations, with a little leak so that old wear fades; the standard is the modality's, drawn to the device's own slow
/// mean, so that an old camera is judged as one. Shortfalls are winsorized at three deviations: one dark picture is no
/// erosion, and it takes three in a row to say anything. A threshold below the modality's usual one costs its surprise times
/// the rejections it could undo. O(1); 36 bytes a device, 48 a modality.
/// </remarks>
internal sealed class LivenessErosion(string name, int devicesMax) : IDetector
{
    private const int Liveness = 0, Quality = 1, Threshold = 2;
    private const float OwnRate = 1f / 256, PeersRate = 1f / 2_048;
    private const float LearnedMin = 50;
    private const double Shift = 1.5, DeviationsMax = 3, Kept = 0.995, NatsMax = 100, FreeNats = 8;
    private const double ThresholdVarianceFloor = 1e-5;

    private static readonly int[] Numbers = [ProbeFeatures.Liveness, ProbeFeatures.Quality, ProbeFeatures.Threshold];

    private readonly BoundedMap<Sensor> _sensors = new(devicesMax);
    private readonly BoundedMap<Standard> _standards = new(64);

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } = ["liveness", "capture quality", "acceptance threshold"];

    public long SizeBytes => _sensors.SizeBytes + _standards.SizeBytes;

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[3];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref readonly var standard = ref _standards.Find(observed.Peers);
        if (observed.Entity == 0 || Unsafe.IsNullRef(in standard))
            return 0;
        ref readonly var held = ref _sensors.Find(observed.Entity);
        var sensor = Unsafe.IsNullRef(in held) ? default : held;
        var written = 0;
        for (var part = Liveness; part <= Threshold; part++)
        {
            var value = observed.Numbers[Numbers[part]];
            if (!double.IsFinite(value) || standard[part].Weight < LearnedMin)
                continue;
            var nats = part == Threshold
                ? BelowThreshold(value, standard[part])
                : Math.Max(0, Sum(sensor[part], value, standard[part]) - FreeNats);
            parts[written++] = new(
                part, nats, Math.Round(value, 3), QuantityHabit.ToScale(standard[part].Mean), 0, Novelty.Known);
        }
        return written;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Peers == 0)
            return;
        ref var standard = ref _standards.Touch(observed.Peers, observed.AtMs, out _);
        ref var sensor = ref _sensors.Touch(observed.Entity, observed.AtMs, out _);
        for (var part = Liveness; part <= Threshold; part++)
        {
            var value = observed.Numbers[Numbers[part]];
            if (!double.IsFinite(value))
                continue;
            if (part != Threshold && standard[part].Weight >= LearnedMin)
                sensor[part].Nats = (float)Sum(sensor[part], value, standard[part]);
            var learned = Drawn(value, standard[part]);
            sensor[part].Own.Learn(learned, trust, OwnRate);
            standard[part].Learn(learned, trust, PeersRate);
        }
    }

    public void Save(BinaryWriter writer)
    {
        _sensors.Save(writer);
        _standards.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _sensors.Load(reader);
        _standards.Load(reader);
    }

    /// <summary>The cumulative log likelihood ratio of a sunken mean, with this value.</summary>
    private static double Sum(in Wear wear, double value, in FadingMoments standard)
    {
        var own = wear.Own.Weight / (wear.Own.Weight + 100);
        var usual = (own * wear.Own.Mean) + ((1 - own) * standard.Mean);
        var deviation = Math.Sqrt(standard.Variance + 1e-6);
        var shortfall = Math.Clamp((usual - value) / deviation, -DeviationsMax, DeviationsMax);
        return Math.Clamp((Kept * wear.Nats) + (Shift * (shortfall - (Shift / 2))), 0, NatsMax);
    }

    private static double BelowThreshold(double value, in FadingMoments standard)
    {
        var below = standard.Mean - value;
        var variance = standard.Variance + ThresholdVarianceFloor;
        return below <= 0 ? 0 : Math.Clamp((2.5 * Math.Log(1 + (below * below / (4 * variance)))) - FreeNats, 0, NatsMax);
    }

    private static float Drawn(double value, in FadingMoments standard)
    {
        if (standard.Weight < LearnedMin)
            return (float)Math.Clamp(value, -1e15, 1e15);
        var reach = 4 * Math.Sqrt(standard.Variance + 1e-6);
        return (float)Math.Clamp(value, standard.Mean - reach, standard.Mean + reach);
    }

    /// <summary>One kind of score at one device. 16 bytes.</summary>
    private struct Wear
    {
        public FadingMoments Own;
        public float Nats;
    }

    [InlineArray(3)]
    private struct Sensor
    {
        private Wear _first;
    }

    [InlineArray(3)]
    private struct Standard
    {
        private FadingMoments _first;
    }
}
