namespace SentinelHealth.Detection.Streams.Evidence;

/// <summary>Decides how much a row may teach, from how strange it was.</summary>
/// <remarks>
/// A row among the strangest <c>suspectShare</c> of what was learned teaches nothing (the conditional merge of MIDAS-F, for
/// the whole
/// detector at once), so that a flood cannot become the habit it is judged by. Robust estimates break down at one half (Hampel
/// 1971): once
/// more than half of a long time was strange, it is the baseline that is wrong, and strange rows teach as far as they exceed
/// that half.
/// </remarks>
internal sealed class SuspicionGate(double suspectShare)
{
    private const double BreakdownShare = 0.5;

    /// <summary>Strangeness has to prevail for hundreds of thousands of rows, or months of minutes, before it is
    /// believed.</summary>
    private const double MemoryRate = 2e-6;

    private const double LearnsAllBelow = 100;

    private readonly TailEvidence _totals = new(TailScale.Linear);
    private readonly double _suspectFrom = -Math.Log(suspectShare);
    private double _weight, _suspectedShare;

    public static long SizeBytes => TailEvidence.SizeBytes + 24;

    /// <summary>How much a row of this total may teach, 0..1.</summary>
    /// <param name="total">The row's score.</param>
    /// <param name="weight">What the row weighs in time.</param>
    public float Admit(double total, double weight)
    {
        var isSuspect = _weight >= LearnsAllBelow && _totals.Of(total) > _suspectFrom;
        _suspectedShare += MemoryRate * weight * ((isSuspect ? 1 : 0) - _suspectedShare);
        var trust = !isSuspect ? 1 : (float)Math.Max(0, 1 - (BreakdownShare / _suspectedShare));
        _totals.Learn(total, weight * trust);
        _weight += weight * trust;
        return trust;
    }

    public void Save(BinaryWriter writer)
    {
        _totals.Save(writer);
        writer.Write(_weight);
        writer.Write(_suspectedShare);
    }

    public void Load(BinaryReader reader)
    {
        _totals.Load(reader);
        _weight = reader.ReadDouble();
        _suspectedShare = reader.ReadDouble();
    }
}
