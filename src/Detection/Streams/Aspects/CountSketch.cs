using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Aspects;

/// <summary>Counts of one aspect's keys in a fixed number of cells, whatever the number of keys.</summary>
/// <remarks>
/// A count-min sketch (Cormode and Muthukrishnan 2005) of <see cref="CountCell"/>: a key has one cell in each of two rows, and
/// the cell with less presence, the one fewer other keys share, answers for it. Only trusted rows shape the rate, as in MIDAS-F
/// (Bhatia et al. 2022), so that a flood stays one. O(1): two cache lines a row. 64 bytes times the cells of a row.
/// </remarks>
internal sealed class CountSketch
{
    private readonly CountCell[] _cells;
    private readonly int _shift;
    private readonly ulong _seed;

    public CountSketch(int cells, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.PopCount((uint)cells), 1);
        _cells = new CountCell[2 * cells];
        _shift = 32 - BitOperations.Log2((uint)cells);
        _seed = seed;
    }

    public long SizeBytes => (long)_cells.Length * Unsafe.SizeOf<CountCell>();

    /// <summary>The cell that answers for a key.</summary>
    public ref readonly CountCell Find(ulong key)
    {
        var (first, second) = Places(key);
        return ref _cells[first].Presence <= _cells[second].Presence ? ref _cells[first] : ref _cells[second];
    }

    public void Add(ulong key, int tick, float trust, StreamOptions options)
    {
        var (first, second) = Places(key);
        _cells[first].Add(tick, trust, options);
        _cells[second].Add(tick, trust, options);
    }

    public void Coarsen()
    {
        foreach (ref var cell in _cells.AsSpan())
            cell.Coarsen();
    }

    public void Save(BinaryWriter writer) => writer.Write(MemoryMarshal.AsBytes(_cells.AsSpan()));

    public void Load(BinaryReader reader) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_cells.AsSpan()));

    private (int First, int Second) Places(ulong key)
    {
        var hash = (key ^ _seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return ((int)((uint)hash >> _shift), (int)((uint)(hash >> 32) >> _shift) + (_cells.Length / 2));
    }
}
