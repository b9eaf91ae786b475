using System.Numerics;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// Per-entity state in one flat table keyed by a 64-bit hash, with a hard bound on entities (I7).
/// </summary>
/// <remarks>
/// Open addressing over windows of 8 neighbouring slots. Where a window is full, neighbours move over within their own windows to make
/// room (hopscotch hashing; Herlihy, Shavit and Tzafrir 2008), so that no entity is forgotten while the table is moderately full. Then the
/// table doubles while it may; once it may not, a new entity takes the place of the entity in its window that was seen longest ago.
/// All of it is decided by content alone, so a reloaded table behaves byte for byte like the saved one (I5). Lookup is O(8).
/// One owner thread.
/// </remarks>
/// <typeparam name="T">A struct without references; it is snapshotted as bytes, so its layout is part of the snapshot version.</typeparam>
public sealed class BoundedMap<T>
    where T : unmanaged
{
    private const int Window = 8;

    /// <summary>How far from its window a free slot is looked for. Farther ones take too many moves to be worth it.</summary>
    private const int HopReach = 128;

    private readonly int _slotsMax;
    private ulong[] _keys;
    private long[] _seenAtMs;
    private T[] _states;

    /// <summary>Creates an empty table.</summary>
    /// <param name="entitiesMax">Upper bound on entities; rounded up to a power of two.</param>
    public BoundedMap(int entitiesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entitiesMax, Window);
        _slotsMax = (int)BitOperations.RoundUpToPowerOf2((uint)entitiesMax);
        var slots = Math.Min(_slotsMax, 256);
        _keys = new ulong[slots];
        _seenAtMs = new long[slots];
        _states = new T[slots];
    }

    /// <summary>Entities held.</summary>
    public int Count { get; private set; }

    /// <summary>Entities forgotten because the bound was reached.</summary>
    public long EvictedCount { get; private set; }

    /// <summary>Bytes of state, keys and times together.</summary>
    public long SizeBytes => (long)_keys.Length * (16 + Marshal.SizeOf<T>());

    /// <summary>The entity's state, or a null reference when it is not held or the key is 0 (absent). Nothing changes.</summary>
    public ref T Find(ulong key)
    {
        var slot = SlotOf(key);
        if (slot < 0)
            return ref System.Runtime.CompilerServices.Unsafe.NullRef<T>();
        return ref _states[slot];
    }

    /// <summary>The entity's state, new and zeroed when it was not held. The reference is valid until the next call of this method.</summary>
    /// <param name="key">The entity; 0 means absent and is not allowed.</param>
    /// <param name="atMs">Event time, for the choice of whom to forget.</param>
    /// <param name="isNew">Whether the state was just made.</param>
    public ref T Touch(ulong key, long atMs, out bool isNew)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        var slot = SlotOf(key);
        isNew = slot < 0;
        if (isNew)
            slot = Insert(key);
        _seenAtMs[slot] = Math.Max(atMs, _seenAtMs[slot]);
        return ref _states[slot];
    }

    /// <summary>Forgets an entity; does nothing when it is not held.</summary>
    public void Remove(ulong key)
    {
        var slot = SlotOf(key);
        if (slot < 0)
            return;
        (_keys[slot], _seenAtMs[slot], _states[slot]) = (0, 0, default);
        Count--;
    }

    /// <summary>Writes the table.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_keys.Length);
        writer.Write(Count);
        writer.Write(EvictedCount);
        writer.Write(Marshal.SizeOf<T>());
        for (var slot = 0; slot < _keys.Length; slot++)
        {
            if (_keys[slot] == 0)
                continue;
            writer.Write(slot);
            writer.Write(_keys[slot]);
            writer.Write(_seenAtMs[slot]);
            writer.Write(MemoryMarshal.AsBytes(_states.AsSpan(slot, 1)));
        }
    }

    /// <summary>Reads a table written by <see cref="Save"/>.</summary>
    /// <exception cref="InvalidDataException">The table does not fit this bound or this state layout.</exception>
    public void Load(BinaryReader reader)
    {
        var slots = reader.ReadInt32();
        var count = reader.ReadInt32();
        EvictedCount = reader.ReadInt64();
        if (!BitOperations.IsPow2(slots) || slots > _slotsMax || count < 0
            || count > slots || reader.ReadInt32() != Marshal.SizeOf<T>())
            throw new InvalidDataException($"A table of {slots} slots of {typeof(T).Name} does not fit: it was saved with other bounds or by another version.");
        (_keys, _seenAtMs, _states) = (new ulong[slots], new long[slots], new T[slots]);
        for (var i = 0; i < count; i++)
        {
            var slot = reader.ReadInt32();
            if ((uint)slot >= (uint)slots)
                throw new InvalidDataException($"Slot {slot} is outside a table of {slots}.");
            _keys[slot] = reader.ReadUInt64();
            _seenAtMs[slot] = reader.ReadInt64();
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_states.AsSpan(slot, 1)));
        }
        Count = count;
    }

    private int SlotOf(ulong key)
    {
        if (key == 0)
            return -1;
        var mask = _keys.Length - 1;
        var home = Home(key);
        for (var i = 0; i < Window; i++)
        {
            var slot = (home + i) & mask;
            if (_keys[slot] == key)
                return slot;
        }
        return -1;
    }

    private int Insert(ulong key)
    {
        int slot;
        while ((slot = Room(key)) < 0 && _keys.Length < _slotsMax)
            Grow();
        if (slot < 0)
            slot = Forget(key);
        Put(slot, key, 0, default);
        Count++;
        return slot;
    }

    private int Room(ulong key)
    {
        var slot = FreeSlot(key);
        return slot >= 0 ? slot : HopIn(key);
    }

    /// <summary>Moves a free slot from beyond the window into it, one neighbour at a time; -1 when no neighbour can move.</summary>
    private int HopIn(ulong key)
    {
        var (mask, home) = (_keys.Length - 1, Home(key));
        var distance = Window;
        while (distance < HopReach && _keys[(home + distance) & mask] != 0)
            distance++;
        if (distance >= Math.Min(HopReach, _keys.Length))
            return -1;
        while (distance >= Window)
        {
            var free = (home + distance) & mask;
            var step = Window - 1;
            while (step > 0 && ((free - Home(_keys[(free - step) & mask])) & mask) >= Window)
                step--;
            if (step == 0)
                return -1;
            var from = (free - step) & mask;
            Put(free, _keys[from], _seenAtMs[from], _states[from]);
            Put(from, 0, 0, default);
            distance -= step;
        }
        return (home + distance) & mask;
    }

    private int Forget(ulong key)
    {
        EvictedCount++;
        Count--;
        return StalestSlot(key);
    }

    private void Put(int slot, ulong key, long seenAtMs, in T state) =>
        (_keys[slot], _seenAtMs[slot], _states[slot]) = (key, seenAtMs, state);

    private int Home(ulong key) => (int)(key >> 32) & (_keys.Length - 1);

    private int FreeSlot(ulong key)
    {
        var mask = _keys.Length - 1;
        for (var i = 0; i < Window; i++)
        {
            var slot = (Home(key) + i) & mask;
            if (_keys[slot] == 0)
                return slot;
        }
        return -1;
    }

    private int StalestSlot(ulong key)
    {
        var mask = _keys.Length - 1;
        var stalest = Home(key);
        for (var i = 1; i < Window; i++)
        {
            var slot = (Home(key) + i) & mask;
            if (_seenAtMs[slot] < _seenAtMs[stalest])
                stalest = slot;
        }
        return stalest;
    }

    private void Grow()
    {
        var (keys, seen, states) = (_keys, _seenAtMs, _states);
        var slots = keys.Length * 2;
        (_keys, _seenAtMs, _states, Count) = (new ulong[slots], new long[slots], new T[slots], 0);
        for (var old = 0; old < keys.Length; old++)
        {
            if (keys[old] == 0)
                continue;
            // Even a doubled table can have a neighbourhood where nobody can move.
            var slot = Room(keys[old]);
            if (slot < 0)
                slot = Forget(keys[old]);
            Put(slot, keys[old], seen[old], states[old]);
            Count++;
        }
    }
}
