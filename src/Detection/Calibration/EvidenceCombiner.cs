using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Explanation;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Combines the p-values of several detectors about one event into one, respecting that they depend on each other.
/// </summary>
/// <remarks>
/// The statistic is the truncated product (Zaykin et al. 2002): the sum of ln(0.2 / p) over those with p below 0.2, so that a crowd of
/// unremarkable detectors does not dilute one that is alarmed. Its distribution under dependence has no closed form, so the
/// statistic is calibrated like any score, by the highest of each actor's hour within its peer group. O(detectors).
/// </remarks>
internal sealed class EvidenceCombiner(int actorsMax)
{
    private const double TruncateAt = 0.2;
    private const double ScoreDecades = 8;
    private readonly IntervalMaxima _maxima = new(TimeSpan.FromHours(1), actorsMax);

    /// <summary>
    /// The evidence of one p-value, in nats; never more than the detector's own surprise, so that a detector that is nearly always
    /// silent does not shout when it first has a word to say.
    /// </summary>
    public static double EvidenceOf(double pValue, double raw) => Math.Min(raw, Math.Max(0, Math.Log(TruncateAt / pValue)));

    /// <summary>
    /// Counts a thing once: of the detectors that count an entity's doings in different ways, only the most alarmed keeps its evidence.
    /// </summary>
    public static void KeepStrongest(Span<EvidenceItem> evidence, DetectorSlot[] slots)
    {
        for (var i = 1; i < evidence.Length; i++)
        {
            for (var earlier = 0; earlier < i; earlier++)
            {
                if (!slots[evidence[i].Slot].CountsLike(slots[evidence[earlier].Slot]))
                    continue;
                var weaker = evidence[i].Evidence > evidence[earlier].Evidence ? earlier : i;
                evidence[weaker] = evidence[weaker] with { Evidence = 0 };
            }
        }
    }

    /// <summary>Sum of the evidence.</summary>
    public static double Sum(ReadOnlySpan<EvidenceItem> evidence)
    {
        var sum = 0.0;
        foreach (var item in evidence)
            sum += item.Evidence;
        return sum;
    }

    /// <summary>
    /// Sum of the evidence about the actor itself: that a node, a device or a patient is busy is true of everybody who comes by, and
    /// makes nobody's run of events.
    /// </summary>
    public static double OwnSum(ReadOnlySpan<EvidenceItem> evidence, DetectorSlot[] slots)
    {
        var sum = 0.0;
        foreach (var item in evidence)
            sum += slots[item.Slot].IsOfSharedThing ? 0 : item.Evidence;
        return sum;
    }

    /// <summary>What is kept by actor.</summary>
    public Baselines.IEntityTable Table => _maxima.Table;

    public long SizeBytes => _maxima.SizeBytes;

    /// <summary>The combined p-value of a sum of evidence among the actor's peers.</summary>
    public double PValue(ulong peers, double sum) => _maxima.PValue(peers, sum);

    /// <summary>The p-value of an actor's hour that reaches the sum.</summary>
    public double HourPValue(ulong peers, double sum) => _maxima.IntervalPValue(peers, sum);

    public IntervalTurn Learn(ulong actor, ulong peers, long atMs, double sum, float trust, out FinishedInterval finished) =>
        _maxima.Learn(actor, peers, atMs, sum, trust, out finished);

    public void Save(BinaryWriter writer) => _maxima.Save(writer);

    public void Load(BinaryReader reader) => _maxima.Load(reader);

    /// <summary>The score of a p-value: 0 at 1, 1 at one in a hundred million, linear in the logarithm between.</summary>
    public static double ScoreOf(double pValue) => pValue >= 1 ? 0 : Math.Min(1, -Math.Log10(pValue) / ScoreDecades);

    /// <summary>The p-value that has this score.</summary>
    public static double PValueOf(double score) => Math.Pow(10, -ScoreDecades * score);
}
