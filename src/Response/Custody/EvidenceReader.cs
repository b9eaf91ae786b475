using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Reads entries and proofs of an evidence log, also while another process appends to it.</summary>
/// <remarks>O(1) reads an entry, O(log n) reads a proof. Safe from many threads. Nothing beyond the size it is asked for is looked at.</remarks>
public sealed class EvidenceReader : IDisposable
{
    private readonly EvidenceFolder _folder;
    private readonly DerivedFile _places;
    private readonly DerivedFile _nodes;
    private readonly Dictionary<int, SafeFileHandle> _segments = [];
    private readonly Lock _gate = new();

    private EvidenceReader(EvidenceFolder folder)
    {
        _folder = folder;
        _places = new DerivedFile(folder.Places, PlaceBytes, FileAccess.Read);
        _nodes = new DerivedFile(folder.Nodes, MerkleHash.Bytes, FileAccess.Read);
    }

    /// <summary>Bytes of a place: segment and position in it.</summary>
    internal const int PlaceBytes = 12;

    /// <summary>Opens a log for reading.</summary>
    /// <exception cref="IOException">There is none in the folder, or it cannot be read.</exception>
    public static EvidenceReader Open(string folder) => new(new EvidenceFolder(folder));

    /// <summary>One entry as it is stored.</summary>
    /// <exception cref="InvalidDataException">It is not there, or damaged.</exception>
    public EvidenceRecord Read(long number)
    {
        Span<byte> place = stackalloc byte[PlaceBytes];
        _places.Read(number, place);
        return ReadAt(BinaryPrimitives.ReadInt32LittleEndian(place), BinaryPrimitives.ReadInt64LittleEndian(place[4..]), number);
    }

    /// <summary>The first of a number of entries that is not before an instant, as far as their instants grow; the number when all are before it. O(log n).</summary>
    /// <exception cref="InvalidDataException">An entry is damaged.</exception>
    public long FirstFrom(DateTimeOffset at, long size)
    {
        var (low, high) = (0L, size);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (EvidenceEntry.FromLeaf(Read(middle).Leaf).At < at)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The root of the first entries.</summary>
    public byte[] Root(long size) => MerkleProofs.Root(Node, size);

    /// <summary>What shows that an entry is in the tree of a size.</summary>
    public IReadOnlyList<byte[]> Inclusion(long number, long size) => MerkleProofs.Inclusion(Node, number, size);

    /// <summary>What shows that a tree is the beginning of a larger one.</summary>
    public IReadOnlyList<byte[]> Consistency(long first, long second) => MerkleProofs.Consistency(Node, first, second);

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _nodes.Dispose();
        lock (_gate)
        {
            foreach (var segment in _segments.Values)
                segment.Dispose();
            _segments.Clear();
        }
    }

    /// <summary>Nodes lie in the order in which they were completed: after n leaves there are 2n minus the number of ones in n.</summary>
    internal static long PlaceOf(int level, long index)
    {
        var last = ((index + 1) << level) - 1;
        return (2 * last) - BitOperations.PopCount((ulong)last) + level;
    }

    private void Node(int level, long index, Span<byte> hash) => _nodes.Read(PlaceOf(level, index), hash);

    private EvidenceRecord ReadAt(int segment, long position, long number)
    {
        var file = SegmentOf(segment);
        Span<byte> header = stackalloc byte[RecordCodec.HeaderBytes];
        if (RandomAccess.Read(file, header, position) != header.Length || RecordCodec.LengthsOf(header) is not { } lengths)
            throw new InvalidDataException($"Entry {number} of the evidence log is not where it was written.");
        var record = new byte[RecordCodec.HeaderBytes + lengths.Leaf + lengths.Payload];
        if (RandomAccess.Read(file, record, position) != record.Length || !RecordCodec.IsWhole(record))
            throw new InvalidDataException($"Entry {number} of the evidence log is damaged.");
        return new EvidenceRecord(
            record.AsMemory(RecordCodec.HeaderBytes, lengths.Leaf), record.AsMemory(RecordCodec.HeaderBytes + lengths.Leaf));
    }

    private SafeFileHandle SegmentOf(int number)
    {
        lock (_gate)
        {
            if (!_segments.TryGetValue(number, out var file))
                _segments[number] = file = File.OpenHandle(
                    _folder.Segment(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file;
        }
    }
}
