using Microsoft.Win32.SafeHandles;

namespace SentinelHealth.Response.Custody;

/// <summary>Reads a segment from its beginning, record by record, in one pass with one buffer.</summary>
internal sealed class SegmentScan(SafeFileHandle file)
{
    private readonly byte[] _buffer = new byte[RecordCodec.HeaderBytes + RecordCodec.LeafBytesMax + RecordCodec.PayloadBytesMax];
    private readonly long _length = RandomAccess.GetLength(file);
    private int _start;
    private int _end;

    /// <summary>Where the next record begins: everything before it is whole.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the file ends where a record ends.</summary>
    public bool IsAtEnd => Position == _length;

    /// <summary>The next record; false at the end, and where no whole record begins.</summary>
    public bool TryNext(out ReadOnlyMemory<byte> leaf, out ReadOnlyMemory<byte> payload)
    {
        (leaf, payload) = (default, default);
        if (!Fill(RecordCodec.HeaderBytes) || RecordCodec.LengthsOf(_buffer.AsSpan(_start)) is not { } lengths)
            return false;
        var total = RecordCodec.HeaderBytes + lengths.Leaf + lengths.Payload;
        if (!Fill(total) || !RecordCodec.IsWhole(_buffer.AsSpan(_start, total)))
            return false;
        leaf = _buffer.AsMemory(_start + RecordCodec.HeaderBytes, lengths.Leaf);
        payload = _buffer.AsMemory(_start + RecordCodec.HeaderBytes + lengths.Leaf, lengths.Payload);
        _start += total;
        Position += total;
        return true;
    }

    private bool Fill(int bytes)
    {
        if (_end - _start >= bytes)
            return true;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < bytes)
        {
            var read = RandomAccess.Read(file, _buffer.AsSpan(_end), Position + _end);
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }
}
