using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Per-entity state in a table keyed by a 64-bit hash, with a hard bound on entities (I7).
/// </summary>
/// <remarks>
/// Entities stand one behind the other in pages, in the order in which they came, each with its key and time beside its state; a table
/// of heads, two to four for each entity, leads to them. So memory is what the entities take, whatever the load, and a lookup waits
/// for memory about twice. At the bound a new entity takes the place of the one that was seen longest ago among eight, the next eight each
/// time. Entities that share a head are bounded as well, so that chosen keys cannot make lookups slow. All is decided by
/// content alone, so a reloaded table behaves like the saved one (I5). One owner thread.
/// </remarks>
/// <typeparam name="T">A struct without references; it is snapshotted as bytes, so its layout is part of the snapshot version.</typeparam>
public sealed class BoundedMap<T> : IEntityTable
    where T : unmanaged
{
    private const int Window = 8;
    private const int ChainMax = 32;
    private const int PageBytesMax = 128 * 1_024;
    private const int FirstEntries = 16;

    private readonly int _entitiesMax;
    private readonly int _pageShift;
    private Entry[][] _pages = [new Entry[FirstEntries]];
    private int _pageCount = 1;

    /// <summary>One more than the number of the first entity of each chain; 0 where there is none.</summary>
    private int[] _heads = new int[FirstEntries];

    /// <summary>Creates an empty table.</summary>
    /// <param name="entitiesMax">Upper bound on entities.</param>
    public BoundedMap(int entitiesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entitiesMax, Window);
        _entitiesMax = entitiesMax;
        _pageShift = BitOperations.Log2((uint)Math.Max(FirstEntries, PageBytesMax / Unsafe.SizeOf<Entry>()));
    }

    /// <summary>Entities held.</summary>
    public int Count { get; private set; }

    /// <summary>Entities forgotten because the bound was reached.</summary>
    public long EvictedCount { get; private set; }

    /// <summary>Bytes of state, keys and times together.</summary>
    public long SizeBytes =>
        (4L * _heads.Length) + ((((_pageCount - 1L) << _pageShift) + _pages[_pageCount - 1].Length) * Unsafe.SizeOf<Entry>());

    /// <summary>The entity's state, or a null reference when it is not held or the key is 0 (absent). Nothing changes.</summary>
    public ref T Find(ulong key)
    {
        ref var entry = ref EntryOf(key);
        return ref Unsafe.IsNullRef(ref entry) ? ref Unsafe.NullRef<T>() : ref entry.State;
    }

    /// <summary>The entity's state, new and zeroed when it was not held. The reference is valid until the next call of this method.</summary>
    /// <param name="key">The entity; 0 means absent and is not allowed.</param>
    /// <param name="atMs">Event time, for the choice of whom to forget.</param>
    /// <param name="isNew">Whether the state was just made.</param>
    public ref T Touch(ulong key, long atMs, out bool isNew)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        ref var entry = ref EntryOf(key);
        isNew = Unsafe.IsNullRef(ref entry);
        if (isNew)
            entry = ref Insert(key);
        entry.SeenAtSecond = Math.Max(entry.SeenAtSecond, SecondOf(atMs));
        return ref entry.State;
    }

    /// <summary>Forgets an entity; does nothing when it is not held. References to states are void after it.</summary>
    public void Remove(ulong key)
    {
        if (Unsafe.IsNullRef(ref EntryOf(key)))
            return;
        var hole = Unlink(key);
        var last = Count - 1;
        if (hole != last)
        {
            // The last one moves into the hole, so that there is none.
            var moved = At(last);
            Unlink(moved.Key);
            At(hole) = moved;
            Link(hole);
        }
        At(last) = default;
        Count--;
    }

    /// <summary>Writes the table.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Count)));
        writer.Write(Count);
        writer.Write(EvictedCount);
        writer.Write(Marshal.SizeOf<T>());
        for (var number = 0; number < Count; number++)
        {
            ref var entry = ref At(number);
            writer.Write(number);
            writer.Write(entry.Key);
            writer.Write(1_000L * entry.SeenAtSecond);
            writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in entry.State)));
        }
    }

    /// <summary>Reads a table written by <see cref="Save"/>, now or when entities still had places of their own.</summary>
    /// <exception cref="InvalidDataException">The table does not fit this bound or this state layout.</exception>
    public void Load(BinaryReader reader)
    {
        var slots = reader.ReadInt32();
        var count = reader.ReadInt32();
        var evicted = reader.ReadInt64();
        if (count < 0 || count > slots || count > _entitiesMax || reader.ReadInt32() != Marshal.SizeOf<T>())
            throw new InvalidDataException($"A table of {count} of {typeof(T).Name} does not fit: it was saved with other bounds or by another version.");
        (_pages, _pageCount, _heads, Count) = ([new Entry[FirstEntries]], 1, new int[FirstEntries], 0);
        for (var i = 0; i < count; i++)
        {
            _ = reader.ReadInt32();
            var key = reader.ReadUInt64();
            if (key == 0 || !Unsafe.IsNullRef(ref EntryOf(key)))
                throw new InvalidDataException($"A table of {typeof(T).Name} holds an entity twice, or none.");
            ref var entry = ref Insert(key);
            entry.SeenAtSecond = SecondOf(reader.ReadInt64());
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref entry.State)));
        }
        EvictedCount = evicted;
    }

    void IEntityTable.FetchHead(ulong key) => Foresight.Fetch(ref HeadOf(key));

    void IEntityTable.FetchState(ulong key)
    {
        var first = key == 0 ? 0 : HeadOf(key);
        if (first == 0)
            return;
        ref var start = ref Unsafe.As<Entry, byte>(ref At(first - 1));
        for (var offset = 0; offset < Unsafe.SizeOf<Entry>(); offset += Foresight.LineBytes)
            Foresight.Fetch(ref Unsafe.Add(ref start, offset));
    }

    private static uint SecondOf(long atMs) => (uint)Math.Clamp(atMs / 1_000, 0, uint.MaxValue);

    private ref Entry At(int number) => ref _pages[number >> _pageShift][number & ((1 << _pageShift) - 1)];

    private ref int HeadOf(ulong key) => ref _heads[(int)(key >> 32) & (_heads.Length - 1)];

    private ref Entry EntryOf(ulong key)
    {
        var next = key == 0 ? 0 : HeadOf(key);
        while (next != 0)
        {
            ref var entry = ref At(next - 1);
            if (entry.Key == key)
                return ref entry;
            next = entry.Next;
        }
        return ref Unsafe.NullRef<Entry>();
    }

    private ref Entry Insert(ulong key)
    {
        var number = IsChainFull(key, out var stalest) ? Evict(stalest) : Count < _entitiesMax ? Append() : Evict(Stalest());
        ref var entry = ref At(number);
        entry = default;
        entry.Key = key;
        Link(number);
        return ref entry;
    }

    private int Append()
    {
        var number = Count++;
        var (page, place) = (number >> _pageShift, number & ((1 << _pageShift) - 1));
        if (page == _pageCount)
        {
            if (page == _pages.Length)
                Array.Resize(ref _pages, 2 * page);
            _pages[_pageCount++] = new Entry[1 << _pageShift];
        }
        else if (place == _pages[page].Length)
            Array.Resize(ref _pages[page], 2 * place);
        if (2 * Count > _heads.Length)
            Rehash(number);
        return number;
    }

    /// <summary>Twice the heads for the entities below a number.</summary>
    private void Rehash(int count)
    {
        _heads = new int[2 * _heads.Length];
        for (var number = 0; number < count; number++)
            Link(number);
    }

    /// <summary>Takes an entity out of its chain and gives its place. Those among whom the next one will be chosen are asked for.</summary>
    private int Evict(ulong key)
    {
        EvictedCount++;
        var next = (int)(EvictedCount * Window % Count);
        Foresight.Fetch(ref At(next));
        Foresight.Fetch(ref At((next + Window - 1) % Count));
        return Unlink(key);
    }

    private ulong Stalest()
    {
        var number = (int)(EvictedCount * Window % Count);
        var (key, seenAt) = (0ul, uint.MaxValue);
        for (var i = 0; i < Window; i++, number = number + 1 == Count ? 0 : number + 1)
        {
            ref var entry = ref At(number);
            if (key == 0 || entry.SeenAtSecond < seenAt)
                (key, seenAt) = (entry.Key, entry.SeenAtSecond);
        }
        return key;
    }

    private bool IsChainFull(ulong key, out ulong stalest)
    {
        var (length, seenAt) = (0, uint.MaxValue);
        stalest = 0;
        for (var next = HeadOf(key); next != 0; length++)
        {
            ref var entry = ref At(next - 1);
            if (stalest == 0 || entry.SeenAtSecond < seenAt)
                (stalest, seenAt) = (entry.Key, entry.SeenAtSecond);
            next = entry.Next;
        }
        return length >= ChainMax;
    }

    private void Link(int number)
    {
        ref var entry = ref At(number);
        ref var head = ref HeadOf(entry.Key);
        (entry.Next, head) = (head, number + 1);
    }

    private int Unlink(ulong key)
    {
        ref var next = ref HeadOf(key);
        while (At(next - 1).Key != key)
            next = ref At(next - 1).Next;
        var number = next - 1;
        next = At(number).Next;
        return number;
    }

    private struct Entry
    {
        public ulong Key;

        /// <summary>Seconds since 1970; whom to forget needs no more.</summary>
        public uint SeenAtSecond;

        /// <summary>One more than the number of the next entity of the chain.</summary>
        public int Next;

        public T State;
    }
}
