using System.Runtime.InteropServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Detectors.Biometric;

/// <summary>
/// The same capture again: against the same patient (replay), against many (dragnet), or a score repeated to its last digit.
/// </summary>
/// <remarks>
/// No sensor gives the same bytes twice, so equality is the oldest replay test (Ratha, Connell and Bolle 2001). What equality
/// means is learned: each kind costs minus the log of how often it happens here, times how often it has happened to this
/// capture, so a matcher that rounds its scores to two digits makes equal scores cheap. Two direct-mapped tables of 8,192
/// places remember about the last day; a capture whose place was taken counts as new. Rules remember longer and only equality
/// with the same patient. O(1); 256 KB in all, whatever the number of patients.
/// </remarks>
internal sealed class ProbeReuse(string name) : IDetector
{
    private const int Places = 8_192;
    private const float CasesMin = 200;
    private const int TimesMax = 20;
    private const int Same = 0, Others = 1, Scores = 2;

    private readonly SharedArray<Place> _captures = new(Places);
    private readonly SharedArray<Place> _scores = new(Places);
    private readonly EventRate[] _rates = new EventRate[3];

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } =
        ["times the same capture again", "other patients for one capture", "times the same score again"];

    public long SizeBytes => _captures.SizeBytes + _scores.SizeBytes + (3 * 8);

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[3];
        return observed.Entity == 0 || _rates[Same].Cases < CasesMin ? null : SurprisePart.Sum(parts[..Explain(observed, parts)]);
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0 || _rates[Same].Cases < CasesMin)
            return 0;
        var written = 0;
        var subject = (uint)observed.Categories[ProbeFeatures.Subject];
        ref readonly var capture = ref _captures.Read(PlaceOf(observed.Entity));
        if (subject != 0 && capture.Key == (uint)observed.Entity && capture.Key != 0)
        {
            var isSame = capture.Subject == subject;
            var times = (isSame ? capture.Again : capture.Others) + 1;
            parts[written++] = Part(isSame ? Same : Others, times);
        }
        var key = ScoreKey(observed);
        if (key == 0)
            return written;
        ref readonly var score = ref _scores.Read(PlaceOf(key));
        if (score.Key == (uint)key)
            parts[written++] = Part(Scores, score.Again + 1);
        return written;
    }

    public void Learn(in Observation observed, float trust)
    {
        var subject = (uint)observed.Categories[ProbeFeatures.Subject];
        if (observed.Entity == 0 || subject == 0)
            return;
        ref var capture = ref _captures.Write(PlaceOf(observed.Entity));
        var isKnown = capture.Key == (uint)observed.Entity;
        if (!isKnown)
            capture = new Place { Key = (uint)observed.Entity, Subject = subject };
        var (isSame, isOther) = (isKnown && capture.Subject == subject, isKnown && capture.Subject != subject);
        capture.Again = Math.Min(capture.Again + (isSame ? 1 : 0), TimesMax);
        capture.Others = Math.Min(capture.Others + (isOther ? 1 : 0), TimesMax);
        _rates[Same].Learn(isSame, trust);
        _rates[Others].Learn(isOther, trust);
        if (ScoreKey(observed) is var key and not 0)
            LearnScore(key, trust);
    }

    public void Save(BinaryWriter writer)
    {
        _captures.Save(writer);
        _scores.Save(writer);
        writer.Write(MemoryMarshal.AsBytes(_rates.AsSpan()));
    }

    public void Load(BinaryReader reader)
    {
        _captures.Load(reader);
        _scores.Load(reader);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_rates.AsSpan()));
    }

    private void LearnScore(ulong key, float trust)
    {
        ref var score = ref _scores.Write(PlaceOf(key));
        var isAgain = score.Key == (uint)key;
        if (isAgain)
            score.Again = Math.Min(score.Again + 1, TimesMax);
        else
            score = new Place { Key = (uint)key };
        _rates[Scores].Learn(isAgain, trust);
    }

    private SurprisePart Part(int part, int times) =>
        new(part, Math.Min(times, TimesMax) * _rates[part].Nats, times, 0, 0, Novelty.Known);

    private static ulong ScoreKey(in Observation observed)
    {
        var score = observed.Numbers[ProbeFeatures.Score];
        var subject = observed.Categories[ProbeFeatures.Subject];
        return subject == 0 || !double.IsFinite(score)
            ? 0 : StableHash.Combine(subject, 1 + (ulong)BitConverter.DoubleToInt64Bits(score));
    }

    private static int PlaceOf(ulong key) => (int)((key >> 32) % Places);

    /// <summary>What was seen where a key falls. 16 bytes.</summary>
    private struct Place
    {
        public uint Key;
        public uint Subject;
        public int Again;
        public int Others;
    }
}
