namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>A hit: an event that a rule of the correlation matched.</summary>
/// <param name="Time">When it happened, in UTC ticks.</param>
/// <param name="Value">What is measured: a number's bits, a hash, or the rule, depending on the correlation.</param>
/// <param name="Ids">List of the identifiers of its events.</param>
/// <param name="Carried">List of values that a correlation further up asks for.</param>
internal readonly record struct Hit(long Time, long Value, int Ids, int Carried);

/// <summary>The hits of keys, column by column in blocks of an arena, so that a column can be searched as a whole.</summary>
internal sealed class HitBlocks(BlockArena arena, TextLists texts, bool isOrderedByValue)
{
    private const int Columns = 3;

    /// <summary>Hits of all keys.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<long> Times(in CorrelationKey key) => Column(key, 0);

    public ReadOnlySpan<long> Values(in CorrelationKey key) => Column(key, 1);

    public int IdsOf(in CorrelationKey key, int hit) => (int)Lists(key)[hit];

    public int CarriedOf(in CorrelationKey key, int hit) => (int)(Lists(key)[hit] >> 32);

    /// <summary>
    /// Where a hit belongs: behind all that are not after it. Hits of one instant stand in the order of their values or of their events first, as the
    /// correlation has it; that of arrival does not count.
    /// </summary>
    public int PlaceOf(in CorrelationKey key, long time, long value, ReadOnlySpan<byte> ids)
    {
        var place = key.End;
        if (place == key.First)
            return place;
        var times = Times(key);
        var values = Values(key);
        while (place > key.First && times[place - 1] > time)
            place--;
        while (place > key.First && times[place - 1] == time && IsAfter(key, values[place - 1], place - 1, value, ids))
            place--;
        return place;
    }

    /// <summary>Whether the hit before a place is the same event, told again.</summary>
    public bool IsRepeated(in CorrelationKey key, int place, long time, long value, ReadOnlySpan<byte> ids) =>
        place > key.First && Times(key)[place - 1] == time && Values(key)[place - 1] == value && ids.Length > sizeof(ushort)
        && texts[IdsOf(key, place - 1)].SequenceEqual(ids);

    /// <summary>Puts a hit at its place. The block has room.</summary>
    public void Insert(ref CorrelationKey key, int place, in Hit hit)
    {
        var columns = arena.Write(key.Hits, key.Capacity * Columns);
        Open(columns, place, key.End, hit.Time);
        Open(columns[key.Capacity..], place, key.End, hit.Value);
        Open(columns[(2 * key.Capacity)..], place, key.End, ((long)hit.Carried << 32) | (uint)hit.Ids);
        key.End++;
        Count++;
    }

    /// <summary>Removes a hit.</summary>
    public void RemoveAt(ref CorrelationKey key, int hit)
    {
        Release(key, hit);
        Count--;
        if (hit == key.First)
        {
            key.First++;
            return;
        }
        var columns = arena.Write(key.Hits, key.Capacity * Columns);
        for (var column = 0; column < Columns; column++)
            Close(columns[(column * key.Capacity)..], hit, key.End);
        key.End--;
    }

    /// <summary>Makes room for one more hit.</summary>
    /// <returns>By how much the hits moved toward the front.</returns>
    public int MakeRoom(ref CorrelationKey key)
    {
        if (key.End < key.Capacity)
            return 0;
        var moved = key.First;
        var count = key.End - key.First;
        var larger = key;
        if (count * 2 >= key.Capacity)
        {
            larger.Capacity = Math.Max(1, key.Capacity * 2);
            larger.Hits = arena.Rent(larger.Capacity * Columns);
        }
        // Asked for before anything is read: the chunk that both stand in may be copied by that.
        var to = arena.Write(larger.Hits, larger.Capacity * Columns);
        for (var column = 0; count > 0 && column < Columns; column++)
            Column(key, column).Slice(key.First, count).CopyTo(to[(column * larger.Capacity)..]);
        if (larger.Capacity != key.Capacity && key.Capacity > 0)
            arena.Return(key.Hits, key.Capacity * Columns);
        (key.Hits, key.Capacity) = (larger.Hits, larger.Capacity);
        (key.First, key.Evaluated, key.End) = (0, key.Evaluated - moved, count);
        return moved;
    }

    /// <summary>Gives back all that a key holds.</summary>
    public void Free(ref CorrelationKey key)
    {
        for (var hit = key.First; hit < key.End; hit++)
            Release(key, hit);
        if (key.Capacity > 0)
            arena.Return(key.Hits, key.Capacity * Columns);
        Count -= key.End - key.First;
        texts.Remove(key.Group);
        (key.Capacity, key.First, key.Evaluated, key.End, key.Group) = (0, 0, 0, 0, TextLists.Empty);
    }

    /// <summary>Takes over how many another one has; the arenas must be alike.</summary>
    public void TakeOver(HitBlocks other) => Count = other.Count;

    private ReadOnlySpan<long> Lists(in CorrelationKey key) => Column(key, 2);

    private ReadOnlySpan<long> Column(in CorrelationKey key, int column) =>
        arena.Read(key.Hits, key.Capacity * Columns).Slice(column * key.Capacity, key.Capacity);

    private bool IsAfter(in CorrelationKey key, long otherValue, int hit, long value, ReadOnlySpan<byte> ids)
    {
        var byValue = otherValue.CompareTo(value);
        var byEvents = texts[IdsOf(key, hit)].SequenceCompareTo(ids);
        return (isOrderedByValue, byValue, byEvents) is (true, > 0, _) or (true, 0, > 0) or (false, _, > 0) or (false, > 0, 0);
    }

    private void Release(in CorrelationKey key, int hit)
    {
        texts.Remove(IdsOf(key, hit));
        texts.Remove(CarriedOf(key, hit));
    }

    private static void Open(Span<long> column, int place, int end, long value)
    {
        column[place..end].CopyTo(column[(place + 1)..]);
        column[place] = value;
    }

    private static void Close(Span<long> column, int hit, int end) => column[(hit + 1)..end].CopyTo(column[hit..]);
}
