using System.Text;

namespace SentinelHealth.Testing;

/// <summary>A stream that gives at most so many bytes at once, ends, and goes on when more was added: a file being written.</summary>
public sealed class GrowingStream(int bytesAtOnceMax = int.MaxValue) : ReadOnlyStream
{
    private readonly MemoryStream _content = new();
    private long _read;

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _content.Position = _content.Length;
        _content.Write(bytes);
    }

    public override int Read(Span<byte> buffer)
    {
        _content.Position = _read;
        var read = _content.Read(buffer[..Math.Min(buffer.Length, bytesAtOnceMax)]);
        _read += read;
        return read;
    }
}

/// <summary>So many bytes of one letter.</summary>
public sealed class EndlessStream(long bytes) : ReadOnlyStream
{
    private long _left = bytes;

    public override int Read(Span<byte> buffer)
    {
        var read = (int)Math.Min(buffer.Length, _left);
        buffer[..read].Fill((byte)'x');
        _left -= read;
        return read;
    }
}

/// <summary>The part of a test stream that never differs.</summary>
public abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
