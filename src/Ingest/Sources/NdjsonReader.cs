using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Reads a stream line by line in bounded memory, whatever the length of its lines.</summary>
/// <remarks>
/// A line ends with LF or CRLF. Lines of white space only are passed over but numbered; a byte order mark at the start of the stream
/// is dropped. After <see cref="ReadAsync"/> returned false it may be called again: on a stream that has grown (a file being
/// written) it goes on where it stopped, an unfinished line included. One thread at a time. O(bytes); allocates only for oversized lines.
/// </remarks>
public sealed class NdjsonReader : IDisposable
{
    private const int FirstBufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly NdjsonLimits _limits;
    private readonly int _bufferBytesMax;
    private byte[] _buffer;
    private int _start;
    private int _scanned;
    private int _end;
    private bool _atStreamStart;
    private OversizedLineDigest? _oversized;
    private long _oversizedBytes;

    /// <summary>A reader of the rest of a stream.</summary>
    /// <param name="stream">Where to read; not disposed of. Already stands at <paramref name="start"/>.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="start">Where the stream stands: the default at its beginning.</param>
    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    public NdjsonReader(Stream stream, NdjsonLimits limits, NdjsonPosition start = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(limits);
        Validator.ValidateObject(limits, new ValidationContext(limits), validateAllProperties: true);
        _stream = stream;
        _limits = limits;
        // Room for the line break, so that a line of exactly the limit still fits.
        _bufferBytesMax = limits.LineBytesMax + 2;
        _buffer = new byte[Math.Min(FirstBufferBytes, _bufferBytesMax)];
        _atStreamStart = start.Byte == 0;
        Position = start;
    }

    /// <summary>The line last read.</summary>
    public NdjsonLine Current { get; private set; }

    /// <summary>The place behind the line last read, and behind the empty lines that were passed over.</summary>
    public NdjsonPosition Position { get; private set; }

    /// <summary>Whether there are bytes behind <see cref="Position"/> that are not yet a whole line.</summary>
    public bool HasRest => _oversized is not null || _end > _start;

    /// <summary>Moves to the next finished line.</summary>
    /// <returns>False when the stream holds no further finished line now.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            while (TryTakeLine(out var hasContent))
                if (hasContent)
                    return true;
            MakeRoom();
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (read == 0)
                return false;
            _end += read;
            DropByteOrderMark();
        }
    }

    /// <summary>After <see cref="ReadAsync"/> returned false: takes what stands after the last line break as the last line.</summary>
    /// <returns>False when nothing but white space stands there.</returns>
    public bool TryTakeRest()
    {
        if (!HasRest)
            return false;
        var rest = _buffer.AsMemory(_start, _end - _start);
        var hasContent = Take(rest, rest.Length, isBroken: false);
        _start = _scanned = _end;
        return hasContent;
    }

    /// <summary>Frees the digest of a line that was being passed over. The stream stays open.</summary>
    public void Dispose() => _oversized?.Dispose();

    private bool TryTakeLine(out bool hasContent)
    {
        hasContent = false;
        var found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
        if (found < 0)
        {
            _scanned = _end;
            return false;
        }
        var lineEnd = _scanned + found;
        hasContent = Take(_buffer.AsMemory(_start, lineEnd - _start), lineEnd - _start + 1, isBroken: true);
        _start = _scanned = lineEnd + 1;
        return true;
    }

    /// <summary>Makes the bytes the current line, together with what was passed over of it. False when it is empty.</summary>
    private bool Take(ReadOnlyMemory<byte> line, int bytesUsed, bool isBroken)
    {
        _atStreamStart = false;
        Position = new NdjsonPosition(Position.Byte + _oversizedBytes + bytesUsed, Position.Line + 1);
        _oversizedBytes = 0;
        var content = isBroken && line.Span.EndsWith("\r"u8) ? line[..^1] : line;
        if (_oversized is null && content.Length <= _limits.LineBytesMax)
        {
            Current = new NdjsonLine(Position.Line, content, null);
            return content.Span.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
        }
        using var digest = _oversized ?? new OversizedLineDigest(_limits.HeadBytesMax);
        _oversized = null;
        digest.Add(line.Span);
        Current = digest.ToLine(Position.Line, isBroken);
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _scanned, _end) = (0, _scanned - _start, _end - _start);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length < _bufferBytesMax)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, _bufferBytesMax));
            return;
        }
        // Full without a line break: the line is over the limit, so from here on only its digest is kept.
        _oversized ??= new OversizedLineDigest(_limits.HeadBytesMax);
        _oversized.Add(_buffer.AsSpan(0, _end));
        _oversizedBytes += _end;
        _scanned = _end = 0;
    }

    private void DropByteOrderMark()
    {
        if (!_atStreamStart || _end < 3)
            return;
        _atStreamStart = false;
        if (!_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8))
            return;
        _start += 3;
        _scanned = Math.Max(_scanned, _start);
        Position = Position with { Byte = 3 };
    }
}
