using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using Microsoft.Win32.SafeHandles;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>
/// The evidence log: an append-only Merkle tree (RFC 6962) over the leaves in its segment files. A batch is on the disk when
/// <see cref="Append"/> returns.
/// </summary>
/// <remarks>
/// Opening reads every entry from the first (I4), cuts a batch off that a crash left half written, and refuses a log that is not what
/// a signed head or an anchor says it was. Memory does not grow with the log. One process at a time, which a lock file enforces; others
/// read with <see cref="EvidenceReader"/>. Appending is for one thread; reading for any.
/// </remarks>
public sealed class EvidenceLog : IDisposable
{
    private readonly EvidenceFolder _folder;
    private readonly EvidenceLogOptions _options;
    private readonly FileStream _lock;
    private readonly MerkleRange _range = new();
    private readonly DerivedFile _places;
    private readonly DerivedFile _nodes;
    private SafeFileHandle _segment = null!;
    private int _segmentNumber;
    private long _segmentBytes;
    private byte[] _buffer = new byte[256 * 1024];

    private EvidenceLog(EvidenceFolder folder, EvidenceLogOptions options, FileStream @lock)
    {
        (_folder, _options, _lock) = (folder, options, @lock);
        _places = new DerivedFile(folder.Places, EvidenceReader.PlaceBytes, FileAccess.ReadWrite);
        _nodes = new DerivedFile(folder.Nodes, MerkleHash.Bytes, FileAccess.ReadWrite);
    }

    /// <summary>Entries.</summary>
    public long Size => _range.Size;

    /// <summary>Reads what has been appended.</summary>
    public EvidenceReader Reader { get; private set; } = null!;

    /// <summary>Opens or creates a log.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="known">Heads that are known from elsewhere, such as signed and anchored ones: the log must agree with each.</param>
    /// <exception cref="EvidenceTamperedException">It is not what was written.</exception>
    /// <exception cref="IOException">Another process has it open, or it cannot be used.</exception>
    public static EvidenceLog Open(string path, EvidenceLogOptions options, IReadOnlyList<TreeHead> known) =>
        Open(path, options, known, []);

    /// <summary>Opens or creates a log that follows another one.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="known">Heads that the log must agree with and have come up to.</param>
    /// <param name="ahead">Heads that it must agree with as far as it has come.</param>
    /// <exception cref="EvidenceTamperedException">It is not what was written.</exception>
    /// <exception cref="IOException">Another process has it open, or it cannot be used.</exception>
    public static EvidenceLog Open(
        string path, EvidenceLogOptions options, IReadOnlyList<TreeHead> known, IReadOnlyList<TreeHead> ahead)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(ahead);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var folder = new EvidenceFolder(path);
        folder.Create();
        var @lock = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        EvidenceLog? log = null;
        try
        {
            log = new EvidenceLog(folder, options, @lock);
            log.Restore(new KnownHeads(known, ahead));
            if (!log.IsDerivedWrong)
                return log;
        }
        catch
        {
            log?.Dispose();
            @lock.Dispose();
            throw;
        }
        // The segments are what was signed; what follows from them is made anew.
        log.Dispose();
        File.Delete(folder.Places);
        File.Delete(folder.Nodes);
        return Open(path, options, known, ahead);
    }

    private bool IsDerivedWrong => _places.IsWrong || _nodes.IsWrong;

    /// <summary>The root of everything appended.</summary>
    public byte[] Root() => _range.Root();

    /// <summary>The root there would be with more entries. O(entries); nothing is appended.</summary>
    public byte[] RootWith(IEnumerable<EvidenceRecord> more)
    {
        ArgumentNullException.ThrowIfNull(more);
        var range = _range.Copy();
        Extend(range, more);
        return range.Root();
    }

    /// <summary>The right edge of the tree, to go on from.</summary>
    internal MerkleRange Edge() => _range.Copy();

    /// <summary>Appends entries to an edge, and to nothing else.</summary>
    internal static void Extend(MerkleRange range, IEnumerable<EvidenceRecord> more)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Bytes];
        foreach (var record in more)
        {
            MerkleHash.OfLeaf(record.Leaf.Span, hash);
            range.Append(hash);
        }
    }

    /// <summary>Appends a batch. When it returns, all of it is on the disk; after a crash a beginning of it may be.</summary>
    /// <exception cref="IOException">It could not be written; open the log again.</exception>
    public void Append(IReadOnlyList<EvidenceRecord> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            return;
        if (_segmentBytes >= _options.SegmentBytesMax)
            Roll();
        var bytes = Layout(batch);
        RandomAccess.Write(_segment, _buffer.AsSpan(0, bytes), _segmentBytes);
        RandomAccess.FlushToDisk(_segment);
        foreach (var record in batch)
        {
            Enter(record.Leaf.Span, _segmentBytes);
            _segmentBytes += RecordCodec.LengthOf(record);
        }
        _places.Flush();
        _nodes.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader?.Dispose();
        _places.Dispose();
        _nodes.Dispose();
        _segment?.Dispose();
        _lock.Dispose();
    }

    private int Layout(IReadOnlyList<EvidenceRecord> batch)
    {
        var bytes = 0;
        foreach (var record in batch)
        {
            if (record.Leaf.Length > RecordCodec.LeafBytesMax || record.Payload.Length > RecordCodec.PayloadBytesMax)
                throw new ArgumentException("An entry is longer than the log takes.", nameof(batch));
            bytes += RecordCodec.LengthOf(record);
        }
        if (_buffer.Length < bytes)
            _buffer = new byte[bytes];
        var at = 0;
        foreach (var record in batch)
        {
            RecordCodec.Write(record, _buffer.AsSpan(at));
            at += RecordCodec.LengthOf(record);
        }
        return bytes;
    }

    private void Enter(ReadOnlySpan<byte> leaf, long position)
    {
        Span<byte> place = stackalloc byte[EvidenceReader.PlaceBytes];
        BinaryPrimitives.WriteInt32LittleEndian(place, _segmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], position);
        _places.Append(place);
        Span<byte> hash = stackalloc byte[MerkleHash.Bytes];
        MerkleHash.OfLeaf(leaf, hash);
        _range.Append(hash, _nodes.Append);
    }

    private void Roll()
    {
        _segment.Dispose();
        _segmentNumber++;
        OpenSegment(0);
    }

    private void OpenSegment(long bytes)
    {
        _segment = File.OpenHandle(
            _folder.Segment(_segmentNumber), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _segmentBytes = bytes;
    }

    /// <summary>Reads everything again from the first entry and holds it against what is known.</summary>
    private void Restore(KnownHeads known)
    {
        var segments = _folder.SegmentCount();
        known.Check(_range);
        for (var number = 0; number < segments; number++)
        {
            _segmentNumber = number;
            using var file = File.OpenHandle(_folder.Segment(number), FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            RestoreSegment(file, isLast: number == segments - 1, known);
        }
        known.CheckEnd(_range.Size);
        OpenSegment(_segmentBytes);
        _places.Trim();
        _nodes.Trim();
        Reader = EvidenceReader.Open(_folder.Path);
    }

    private void RestoreSegment(SafeFileHandle file, bool isLast, KnownHeads known)
    {
        var scan = new SegmentScan(file);
        var position = 0L;
        while (scan.TryNext(out var leaf, out _))
        {
            Enter(leaf.Span, position);
            position = scan.Position;
            known.Compare(_range.Size - 1, _nodes.IsWrong);
            known.Check(_range);
        }
        if (!scan.IsAtEnd)
        {
            // Half a batch at the very end is what a crash leaves; anywhere else, or below a signed head, it is damage.
            if (!isLast || _range.Size < known.SizeMax)
                throw new EvidenceTamperedException($"Entry {_range.Size} of the evidence log is damaged.");
            RandomAccess.SetLength(file, position);
            RandomAccess.FlushToDisk(file);
        }
        _segmentBytes = position;
    }
}
