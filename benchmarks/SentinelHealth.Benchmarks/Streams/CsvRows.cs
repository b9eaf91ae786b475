using System.IO.Compression;

namespace SentinelHealth.Benchmarks.Streams;

/// <summary>Lines of a CSV file, plain or gzipped, as slices of one reused buffer.</summary>
internal sealed class CsvRows : IDisposable
{
    private const int LineBytesMax = 1 << 20;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[4 * LineBytesMax];
    private int _start, _end;
    private bool _isAtEnd;

    public CsvRows(FileInfo file)
    {
        Stream opened = file.OpenRead();
        _stream = file.Extension == ".gz" ? new GZipStream(opened, CompressionMode.Decompress) : opened;
    }

    /// <summary>The next line without its end; false after the last. Valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0 || (_isAtEnd && _end > _start))
            {
                length = length >= 0 ? length : _end - _start;
                line = _buffer.AsSpan(_start, length).TrimEnd((byte)'\r');
                _start = Math.Min(_start + length + 1, _end);
                return true;
            }
            if (_isAtEnd)
            {
                line = default;
                return false;
            }
            Fill();
        }
    }

    /// <summary>Takes the next field off a line.</summary>
    public static ReadOnlySpan<byte> NextField(ref ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && line[0] == (byte)'"' && line[1..].IndexOf((byte)'"') is >= 0 and var quoted)
        {
            var inside = line.Slice(1, quoted);
            line = line[(quoted + 2)..];
            line = line.IsEmpty ? line : line[1..];
            return inside;
        }
        var comma = line.IndexOf((byte)',');
        var field = comma < 0 ? line : line[..comma];
        line = comma < 0 ? [] : line[(comma + 1)..];
        return field;
    }

    public void Dispose() => _stream.Dispose();

    private void Fill()
    {
        if (_end - _start >= LineBytesMax)
            throw new InvalidDataException($"A line is longer than {LineBytesMax} bytes.");
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = read == 0;
        _end += read;
    }
}
