using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Ordering;

/// <summary>Where an event stands in its ledger; zero for what is in none, and for what does not say.</summary>
/// <param name="Block">Number of the block.</param>
/// <param name="LogIndex">Place in the block.</param>
public readonly record struct LedgerPlace(long Block, long LogIndex) : IComparable<LedgerPlace>
{
    /// <summary>The place an event states. What is no number that fits is the nearest that does.</summary>
    public static LedgerPlace Of(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return new LedgerPlace((long)observed.Number(NumberField.Block), (long)observed.Number(NumberField.LogIndex));
    }

    /// <inheritdoc/>
    public int CompareTo(LedgerPlace other)
    {
        var order = Block.CompareTo(other.Block);
        return order != 0 ? order : LogIndex.CompareTo(other.LogIndex);
    }

    /// <summary>Whether one comes before another.</summary>
    public static bool operator <(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after another.</summary>
    public static bool operator >(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) > 0;

    /// <summary>Whether one does not come after another.</summary>
    public static bool operator <=(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one does not come before another.</summary>
    public static bool operator >=(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) >= 0;
}
