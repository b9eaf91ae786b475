using SentinelHealth.Detection.Explanation;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Combines the p-values of several detectors about one event into one, respecting that they depend on each other.
/// </summary>
/// <remarks>
/// The statistic is the truncated product (Zaykin et al. 2002): the sum of ln(0.2 / p) over those with p below 0.2, so that a crowd of
/// unremarkable detectors does not dilute one that is alarmed. Its distribution under dependence has no closed form, so the
/// statistic is calibrated like any score, per kind of event. O(detectors).
/// </remarks>
internal sealed class EvidenceCombiner
{
    private const double TruncateAt = 0.2;
    private readonly CalibratorBank _bank = new();

    /// <summary>The evidence of one p-value, in nats.</summary>
    public static double EvidenceOf(double pValue) => Math.Max(0, Math.Log(TruncateAt / pValue));

    /// <summary>Sum of the evidence.</summary>
    public static double Sum(ReadOnlySpan<EvidenceItem> evidence)
    {
        var sum = 0.0;
        foreach (var item in evidence)
            sum += item.Evidence;
        return sum;
    }

    /// <summary>The combined p-value of a sum of evidence for this kind of event.</summary>
    public double PValue(ulong eventClass, double sum) => sum <= 0 ? 1 : _bank.PValue(eventClass, sum);

    public void Learn(ulong eventClass, double sum, float trust) => _bank.Learn(eventClass, sum, trust);

    public void Save(BinaryWriter writer) => _bank.Save(writer);

    public void Load(BinaryReader reader) => _bank.Load(reader);

    /// <summary>The score of a p-value: 0 at 1, 1 at one in a hundred million, linear in the logarithm between.</summary>
    public static double ScoreOf(double pValue) => Math.Clamp(-Math.Log10(pValue) / 8, 0, 1);
}
