namespace SentinelHealth.Ingest.Sources;

/// <summary>One message of a syslog stream.</summary>
/// <param name="Message">Its bytes, valid until the next is read; empty when it was too long.</param>
/// <param name="Oversized">What is known of a message over the limit; null otherwise.</param>
/// <param name="IsBroken">Whether the framing is lost here: this is the unreadable rest, and nothing more can be read.</param>
internal readonly record struct SyslogFrame(ReadOnlyMemory<byte> Message, OversizedLine? Oversized, bool IsBroken);

/// <summary>
/// Cuts a stream into syslog messages: octet counting (RFC 6587 3.4.1, RFC 5425) when a message begins with a digit, an LF or NUL at
/// its end otherwise (RFC 6587 3.4.2). Senders may mix them.
/// </summary>
/// <remarks>Holds at most one message of the limit. One reader, one thread. O(bytes).</remarks>
internal sealed class SyslogFrameReader(Stream stream, int messageBytesMax, int headBytesMax)
{
    /// <summary>A count of ten digits is already more than any limit.</summary>
    private const int CountDigitsMax = 10;

    private byte[] _buffer = new byte[4_096];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private bool _isBroken;

    /// <summary>Whether a whole message can be read without waiting for the sender. May be false although one can be.</summary>
    public bool HasMore => _end > _start && !_isBroken && IsWhole();

    /// <summary>The next message; null at the end of the stream.</summary>
    public async ValueTask<SyslogFrame?> ReadAsync(CancellationToken cancel)
    {
        if (_isBroken)
            return null;
        do
        {
            while (_start < _end && _buffer[_start] is (byte)'\n' or (byte)'\r' or 0)
                _start++;
        }
        while (_start == _end && await FillAsync(cancel));
        if (_start == _end)
            return null;
        return _buffer[_start] switch
        {
            >= (byte)'1' and <= (byte)'9' => await CountedAsync(cancel),
            (byte)'<' => await DelimitedAsync(cancel),
            _ => Broken(),
        };
    }

    private async ValueTask<SyslogFrame> CountedAsync(CancellationToken cancel)
    {
        int digits;
        while ((digits = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)' ')) < 0 && _end - _start <= CountDigitsMax)
            if (!await FillAsync(cancel))
                break;
        if (digits is < 1 or > CountDigitsMax || !TryCount(_buffer.AsSpan(_start, digits), out var count))
            return Broken();
        _start += digits + 1;
        if (count > messageBytesMax)
            return await SkipAsync(count, cancel);
        while (_end - _start < count && await FillAsync(cancel))
            continue;
        if (_end - _start < count)
            return Broken();
        var message = _buffer.AsMemory(_start, (int)count);
        _start += (int)count;
        return new(message, null, false);
    }

    private async ValueTask<SyslogFrame> DelimitedAsync(CancellationToken cancel)
    {
        var scanned = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOfAny((byte)'\n', (byte)0);
            if (end >= 0)
            {
                var message = _buffer.AsMemory(_start, scanned + end);
                _start += scanned + end + 1;
                return message.Length > messageBytesMax ? Digest(message.Span) : new(message, null, false);
            }
            scanned = _end - _start;
            if (scanned > messageBytesMax)
                return await SkipLineAsync(cancel);
            if (!await FillAsync(cancel))
            {
                // The sender closed behind its last message, which is how some of them end it.
                var last = _buffer.AsMemory(_start, scanned);
                _start = _end;
                return new(last, null, false);
            }
        }
    }

    private async ValueTask<SyslogFrame> SkipAsync(long count, CancellationToken cancel)
    {
        using var digest = new OversizedLineDigest(headBytesMax);
        var left = count;
        while (left > 0)
        {
            var here = (int)Math.Min(left, _end - _start);
            digest.Add(_buffer.AsSpan(_start, here));
            _start += here;
            left -= here;
            if (left > 0 && _start == _end && !await FillAsync(cancel))
                break;
        }
        return Oversized(digest, isBroken: left > 0);
    }

    private async ValueTask<SyslogFrame> SkipLineAsync(CancellationToken cancel)
    {
        using var digest = new OversizedLineDigest(headBytesMax);
        while (true)
        {
            var held = _buffer.AsSpan(_start, _end - _start);
            var end = held.IndexOfAny((byte)'\n', (byte)0);
            digest.Add(end < 0 ? held : held[..end]);
            _start += end < 0 ? held.Length : end + 1;
            if (end >= 0 || !await FillAsync(cancel))
                return Oversized(digest, isBroken: false);
        }
    }

    private SyslogFrame Digest(ReadOnlySpan<byte> message)
    {
        using var digest = new OversizedLineDigest(headBytesMax);
        digest.Add(message);
        return Oversized(digest, isBroken: false);
    }

    private SyslogFrame Oversized(OversizedLineDigest digest, bool isBroken)
    {
        _isBroken |= isBroken;
        var line = digest.ToLine(0, isBroken: false);
        return new(line.Payload, line.Oversized, isBroken);
    }

    private SyslogFrame Broken()
    {
        _isBroken = true;
        var rest = _buffer.AsMemory(_start, Math.Min(_end - _start, headBytesMax));
        _start = _end;
        return new(rest, null, true);
    }

    private bool IsWhole()
    {
        var held = _buffer.AsSpan(_start, _end - _start);
        if (held[0] is < (byte)'1' or > (byte)'9')
            return held.ContainsAny((byte)'\n', (byte)0);
        var digits = held.IndexOf((byte)' ');
        return digits is >= 1 and <= CountDigitsMax && TryCount(held[..digits], out var count)
            && held.Length - digits - 1 >= count;
    }

    private static bool TryCount(ReadOnlySpan<byte> digits, out long count) =>
        long.TryParse(digits, System.Globalization.NumberStyles.None, null, out count) && count > 0;

    /// <summary>Reads more behind what is held, making room first; false at the end.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_isAtEnd)
            return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            // Bounded: no caller fills on beyond one message of the limit and its count.
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, Math.Max(messageBytesMax, 4_096) + 4_096));
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
        _end += read;
        _isAtEnd = read == 0;
        return read > 0;
    }
}
