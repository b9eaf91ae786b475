using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Per-entity state in a table keyed by a 64-bit hash, with a hard bound on entities (I7).
/// </summary>
/// <remarks>
/// Entities stand one behind the other in pages, in the order in which they came, each with its key and time beside its state; a table
/// of heads, two to four for each entity, leads to them. So memory is what the entities take, whatever the load, and a lookup waits
/// for memory about twice. A state that is kept in memory shares the pages until they change (<see cref="SharedPages{TItem}"/>), so what it costs is
/// what changes after it. At the bound a new entity takes the place of the one that was seen longest ago among eight, the next eight each
/// time. Entities that share a head are bounded as well, so that chosen keys cannot make lookups slow. All is decided by
/// content alone, so a reloaded table behaves like the saved one (I5). One owner thread.
/// </remarks>
/// <typeparam name="T">A struct without references; it is snapshotted as bytes, so its layout is part of the snapshot version.</typeparam>
public sealed class BoundedMap<T> : IEntityTable, IKeptTable
    where T : unmanaged
{
    private const int Window = 8;
    private const int ChainMax = 32;
    private const int HeaderBytes = (3 * sizeof(int)) + sizeof(long);
    private const int FirstEntries = 16;

    /// <summary>Made once: it is asked for at each going back.</summary>
    private static readonly string Itself = $"A table of {typeof(T).Name} was";

    private readonly int _entitiesMax;
    private SharedPages<Entry> _entries;

    /// <summary>One more than the number of the first entity of each chain; 0 where there is none.</summary>
    private SharedPages<int> _heads;

    /// <summary>A power of two.</summary>
    private int _headCount;

    /// <summary>Creates an empty table.</summary>
    /// <param name="entitiesMax">Upper bound on entities.</param>
    public BoundedMap(int entitiesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entitiesMax, Window);
        _entitiesMax = entitiesMax;
        Empty();
    }

    /// <summary>A table as it is now, for a kept state.</summary>
    private BoundedMap(BoundedMap<T> kept)
    {
        _entitiesMax = kept._entitiesMax;
        TakeOver(kept);
    }

    /// <summary>Entities held.</summary>
    public int Count { get; private set; }

    /// <summary>Entities forgotten because the bound was reached.</summary>
    public long EvictedCount { get; private set; }

    /// <summary>Bytes of state, keys and times together, whoever else has them as well.</summary>
    public long SizeBytes => _heads.SizeBytes + _entries.SizeBytes;

    long IKeptTable.SavedBytes => HeaderBytes + (Count * (sizeof(int) + sizeof(ulong) + sizeof(long) + (long)Unsafe.SizeOf<T>()));

    /// <summary>
    /// The entity's state to be read, or a null reference when it is not held or the key is 0 (absent). Kept states may have it as well, so it is not to
    /// be written through. Valid until the table is next changed.
    /// </summary>
    public ref readonly T Find(ulong key)
    {
        var number = NumberOf(key);
        return ref number < 0 ? ref Unsafe.NullRef<T>() : ref _entries.Read(number).State;
    }

    /// <summary>The entity's state to be changed, or a null reference when it is not held or the key is 0. It does not count as seen by
    /// that. Valid as long as one from <see cref="Touch"/>.</summary>
    public ref T Change(ulong key)
    {
        var number = NumberOf(key);
        return ref number < 0 ? ref Unsafe.NullRef<T>() : ref _entries.Write(number).State;
    }

    /// <summary>
    /// The entity's state to be changed, new and zeroed when it was not held. The reference is valid until the next call of this method, and
    /// until the table is saved.
    /// </summary>
    /// <param name="key">The entity; 0 means absent and is not allowed.</param>
    /// <param name="atMs">Event time, for the choice of whom to forget.</param>
    /// <param name="isNew">Whether the state was just made.</param>
    public ref T Touch(ulong key, long atMs, out bool isNew)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        var number = NumberOf(key);
        isNew = number < 0;
        ref var entry = ref _entries.Write(isNew ? Insert(key) : number);
        entry.SeenAtSecond = Math.Max(entry.SeenAtSecond, SecondOf(atMs));
        return ref entry.State;
    }

    /// <summary>Forgets an entity; does nothing when it is not held. References to states are void after it.</summary>
    public void Remove(ulong key)
    {
        if (NumberOf(key) < 0)
            return;
        var hole = Unlink(key);
        var last = Count - 1;
        if (hole != last)
        {
            // The last one moves into the hole, so that there is none.
            var moved = _entries.Read(last);
            Unlink(moved.Key);
            _entries.Write(hole) = moved;
            Link(hole);
        }
        _entries.Write(last) = default;
        Count--;
    }

    /// <summary>Writes the table; to a destination that keeps tables as they are it is given as it is.</summary>
    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new BoundedMap<T>(this));
            return;
        }
        writer.Write((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Count)));
        writer.Write(Count);
        writer.Write(EvictedCount);
        writer.Write(Marshal.SizeOf<T>());
        for (var number = 0; number < Count; number++)
        {
            ref readonly var entry = ref _entries.Read(number);
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
        if (KeptTable.TryTake<BoundedMap<T>>(reader, Itself, out var kept))
        {
            TakeOver(kept);
            return;
        }
        var slots = reader.ReadInt32();
        var count = reader.ReadInt32();
        var evicted = reader.ReadInt64();
        if (count < 0 || count > slots || count > _entitiesMax || reader.ReadInt32() != Marshal.SizeOf<T>())
            throw new InvalidDataException($"A table of {count} of {typeof(T).Name} does not fit: it was saved with other bounds or by another version.");
        Empty();
        for (var i = 0; i < count; i++)
        {
            _ = reader.ReadInt32();
            var key = reader.ReadUInt64();
            if (key == 0 || NumberOf(key) >= 0)
                throw new InvalidDataException($"A table of {typeof(T).Name} holds an entity twice, or none.");
            ref var entry = ref _entries.Write(Insert(key));
            entry.SeenAtSecond = SecondOf(reader.ReadInt64());
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref entry.State)));
        }
        EvictedCount = evicted;
    }

    void IEntityTable.FetchHead(ulong key) => Foresight.Fetch(in _heads.Read(HeadNumberOf(key)));

    void IEntityTable.FetchState(ulong key)
    {
        var first = key == 0 ? 0 : _heads.Read(HeadNumberOf(key));
        if (first == 0)
            return;
        ref var start = ref Unsafe.As<Entry, byte>(ref Unsafe.AsRef(in _entries.Read(first - 1)));
        for (var offset = 0; offset < Unsafe.SizeOf<Entry>(); offset += Foresight.LineBytes)
            Foresight.Fetch(ref Unsafe.Add(ref start, offset));
    }

    private void Empty() =>
        (_entries, _heads, _headCount, Count) = (new(FirstEntries), new(FirstEntries), FirstEntries, 0);

    /// <summary>Becomes as another table is now; the two share what neither changes from here on.</summary>
    private void TakeOver(BoundedMap<T> other)
    {
        if (other.Count > _entitiesMax)
            throw new InvalidDataException($"A table of {other.Count} of {typeof(T).Name} does not fit: it was kept with other bounds.");
        (_entries, _heads, _headCount) = (other._entries.Share(), other._heads.Share(), other._headCount);
        (Count, EvictedCount) = (other.Count, other.EvictedCount);
    }

    private static uint SecondOf(long atMs) => (uint)Math.Clamp(atMs / 1_000, 0, uint.MaxValue);

    private int HeadNumberOf(ulong key) => (int)(key >> 32) & (_headCount - 1);

    /// <summary>Which entity it is, from 0; below 0 when it is not held.</summary>
    private int NumberOf(ulong key)
    {
        var next = key == 0 ? 0 : _heads.Read(HeadNumberOf(key));
        while (next != 0)
        {
            ref readonly var entry = ref _entries.Read(next - 1);
            if (entry.Key == key)
                break;
            next = entry.Next;
        }
        return next - 1;
    }

    private int Insert(ulong key)
    {
        var number = IsChainFull(key, out var stalest) ? Evict(stalest) : Count < _entitiesMax ? Append() : Evict(Stalest());
        ref var entry = ref _entries.Write(number);
        entry = default;
        entry.Key = key;
        Link(number);
        return number;
    }

    private int Append()
    {
        var number = Count++;
        _entries.EnsureRoom(Count);
        if (2 * Count > _headCount)
            Rehash(number);
        return number;
    }

    /// <summary>Twice the heads for the entities below a number.</summary>
    private void Rehash(int count)
    {
        _headCount *= 2;
        _heads = new(_headCount);
        for (var number = 0; number < count; number++)
            Link(number);
    }

    /// <summary>Takes an entity out of its chain and gives its place. Those among whom the next one will be chosen are asked for.</summary>
    private int Evict(ulong key)
    {
        EvictedCount++;
        var next = (int)(EvictedCount * Window % Count);
        Foresight.Fetch(in _entries.Read(next));
        Foresight.Fetch(in _entries.Read((next + Window - 1) % Count));
        return Unlink(key);
    }

    private ulong Stalest()
    {
        var number = (int)(EvictedCount * Window % Count);
        var (key, seenAt) = (0ul, uint.MaxValue);
        for (var i = 0; i < Window; i++, number = number + 1 == Count ? 0 : number + 1)
        {
            ref readonly var entry = ref _entries.Read(number);
            if (key == 0 || entry.SeenAtSecond < seenAt)
                (key, seenAt) = (entry.Key, entry.SeenAtSecond);
        }
        return key;
    }

    private bool IsChainFull(ulong key, out ulong stalest)
    {
        var (length, seenAt) = (0, uint.MaxValue);
        stalest = 0;
        for (var next = _heads.Read(HeadNumberOf(key)); next != 0; length++)
        {
            ref readonly var entry = ref _entries.Read(next - 1);
            if (stalest == 0 || (entry.SeenAtSecond, entry.Key).CompareTo((seenAt, stalest)) < 0)
                (stalest, seenAt) = (entry.Key, entry.SeenAtSecond);
            next = entry.Next;
        }
        return length >= ChainMax;
    }

    private void Link(int number)
    {
        ref var entry = ref _entries.Write(number);
        ref var head = ref _heads.Write(HeadNumberOf(entry.Key));
        (entry.Next, head) = (head, number + 1);
    }

    private int Unlink(ulong key)
    {
        var (before, number) = (-1, _heads.Read(HeadNumberOf(key)) - 1);
        while (_entries.Read(number).Key != key)
            (before, number) = (number, _entries.Read(number).Next - 1);
        var next = _entries.Read(number).Next;
        if (before < 0)
            _heads.Write(HeadNumberOf(key)) = next;
        else
            _entries.Write(before).Next = next;
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
