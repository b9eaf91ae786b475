namespace SentinelHealth.Detection.Streams.Evidence;

/// <summary>Decides how much a row may teach, from how strange it was.</summary>
/// <remarks>
/// A row among the strangest <c>suspectShare</c> of what was learned teaches nothing (the conditional merge of MIDAS-F, for the
/// whole detector at once), so that a flood cannot become the habit it is judged by; from <c>doubtShare</c> on trust falls in
/// proportion to the nats. Without that slope a lasting attack whose rows hover about the threshold is learned whenever it dips
/// below, which makes the next dip deeper. Robust estimates break down at one half (Hampel 1971): once more than half of a long
/// time was strange, it is the baseline that is wrong, and strange rows teach as far as they exceed that half.
/// </remarks>
internal sealed class SuspicionGate(double doubtShare, double suspectShare)
{
    private const double BreakdownShare = 0.5;

    /// <summary>Strangeness has to prevail for hundreds of thousands of rows, or months of minutes, before it is
    /// believed.</summary>
    private const double MemoryRate = 2e-6;

    private const double LearnsAllBelow = 100;
    private const double TrustRate = 1e-3;

    private readonly TailEvidence _totals = new(TailScale.Linear);
    private readonly double _doubtFrom = -Math.Log(doubtShare), _suspectFrom = -Math.Log(suspectShare);
    private double _weight, _suspectedShare;

    public static long SizeBytes => TailEvidence.SizeBytes + 32;

    /// <summary>Mean trust in rows that are not suspect, 0..1: how far counts of trusted rows fall short of all ordinary ones.</summary>
    public double OrdinaryTrust { get; private set; } = 1;

    /// <summary>How much a row of this total may teach, 0..1.</summary>
    /// <param name="total">The row's score.</param>
    /// <param name="weight">What the row weighs in time.</param>
    public float Admit(double total, double weight)
    {
        var nats = _weight >= LearnsAllBelow ? _totals.Of(total) : 0;
        var isSuspect = nats > _suspectFrom;
        _suspectedShare += MemoryRate * weight * ((isSuspect ? 1 : 0) - _suspectedShare);
        var trust = isSuspect ? (float)Math.Max(0, 1 - (BreakdownShare / _suspectedShare))
            : nats > _doubtFrom ? (float)((_suspectFrom - nats) / (_suspectFrom - _doubtFrom)) : 1;
        if (!isSuspect)
            OrdinaryTrust += TrustRate * weight * (trust - OrdinaryTrust);
        _totals.Learn(total, weight * trust);
        _weight += weight * trust;
        return trust;
    }

    public void Save(BinaryWriter writer)
    {
        _totals.Save(writer);
        writer.Write(_weight);
        writer.Write(_suspectedShare);
        writer.Write(OrdinaryTrust);
    }

    public void Load(BinaryReader reader)
    {
        _totals.Load(reader);
        _weight = reader.ReadDouble();
        _suspectedShare = reader.ReadDouble();
        OrdinaryTrust = reader.ReadDouble();
    }
}
