namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// An event's place in the one order in which events are finally scored: by time, then by its place in its ledger, then by identifier, then by
/// place in the log.
/// </summary>
/// <param name="AtMs">Time by which it is ordered, Unix milliseconds: its own, unless it came too late for that.</param>
/// <param name="Ledger">Where it stands in its ledger: transactions of one block have one time, and their order may say who was allowed what.</param>
/// <param name="IdKey">Hash of its identifier: ties do not depend on which came first.</param>
/// <param name="Partition">Partition of the log.</param>
/// <param name="Offset">Offset in it.</param>
public readonly record struct EventRank(long AtMs, LedgerPlace Ledger, ulong IdKey, int Partition, long Offset)
    : IComparable<EventRank>
{
    /// <summary>Before every event.</summary>
    public static EventRank First { get; } = new(long.MinValue, default, 0, 0, -1);

    /// <inheritdoc/>
    public int CompareTo(EventRank other)
    {
        var order = AtMs.CompareTo(other.AtMs);
        order = order != 0 ? order : Ledger.CompareTo(other.Ledger);
        order = order != 0 ? order : IdKey.CompareTo(other.IdKey);
        order = order != 0 ? order : Partition.CompareTo(other.Partition);
        return order != 0 ? order : Offset.CompareTo(other.Offset);
    }

    /// <summary>Whether one comes before another.</summary>
    public static bool operator <(EventRank left, EventRank right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after another.</summary>
    public static bool operator >(EventRank left, EventRank right) => left.CompareTo(right) > 0;

    /// <summary>Whether one does not come after another.</summary>
    public static bool operator <=(EventRank left, EventRank right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one does not come before another.</summary>
    public static bool operator >=(EventRank left, EventRank right) => left.CompareTo(right) >= 0;
}
