namespace SentinelHealth.Ingest.Intake;

/// <summary>A request's body with a bound on its length and a look at its beginning.</summary>
internal sealed class RequestBody(Stream inner, long bytesMax) : Stream
{
    private byte[] _head = [];
    private int _headLength;
    private int _headRead;
    private long _bytes;

    /// <summary>Whether the body went on beyond the bound. It then ends there for the reader.</summary>
    public bool IsTooLarge { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The first bytes, without taking them away. Shorter than asked for when the body ends before.</summary>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int headBytes, CancellationToken cancel)
    {
        _head = new byte[Math.Min(headBytes, 4096)];
        for (int read; _headLength < headBytes; _headLength += read)
        {
            if (_headLength == _head.Length)
                Array.Resize(ref _head, (int)Math.Min(headBytes, _head.Length * 4L));
            read = await ReadInnerAsync(_head.AsMemory(_headLength), cancel);
            if (read == 0)
                break;
        }
        return _head.AsMemory(0, _headLength);
    }

    /// <summary>Takes the first of the peeked bytes away; gives back the others.</summary>
    public ReadOnlyMemory<byte> Skip(int bytes)
    {
        _headRead = bytes;
        return _head.AsMemory(bytes, _headLength - bytes);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_headRead == _headLength)
            return await ReadInnerAsync(buffer, cancellationToken);
        var length = Math.Min(buffer.Length, _headLength - _headRead);
        _head.AsSpan(_headRead, length).CopyTo(buffer.Span);
        _headRead += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A request's body is read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (IsTooLarge)
            return 0;
        var read = await inner.ReadAsync(buffer, cancel);
        var allowed = (int)Math.Min(read, bytesMax - _bytes);
        _bytes += allowed;
        IsTooLarge = allowed < read;
        return allowed;
    }
}
