namespace SentinelHealth.Ingest.Ledgers;

/// <summary>
/// How many blocks to ask for at once: half as many after each failure, twice as many after some successes. Endpoints limit
/// answers by bytes, items or time and say so in words of their own, so any failure counts as a limit.
/// </summary>
internal sealed class LedgerRange(int blocksMax)
{
    /// <summary>Successes before a larger range is tried: an endpoint at its limit then fails once in so many, not every time.</summary>
    private const int SuccessesToGrow = 4;

    private readonly int _blocksMax = blocksMax;
    private int _successes;

    /// <summary>Blocks to ask for now.</summary>
    public int Blocks { get; private set; } = blocksMax;

    public void Succeeded()
    {
        if (++_successes < SuccessesToGrow)
            return;
        _successes = 0;
        Blocks = Math.Min(_blocksMax, Blocks * 2);
    }

    /// <summary>False when it cannot be less: then the range is not the reason.</summary>
    public bool TryShrink()
    {
        _successes = 0;
        if (Blocks == 1)
            return false;
        Blocks /= 2;
        return true;
    }
}
