using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Storage;

/// <summary>Hands on what is written in parts of one size; of all of it no more than a part is in memory.</summary>
/// <param name="partBytes">How large a part is.</param>
/// <param name="bytesMax">How much may be written.</param>
/// <param name="put">Takes a part, numbered from 1. The memory is used again afterwards.</param>
internal sealed class SnapshotWriter(int partBytes, long bytesMax, Action<int, ReadOnlyMemory<byte>> put) : OneWayStream
{
    private readonly byte[] _part = new byte[partBytes];
    private int _used;
    private long _written;

    /// <summary>How many parts there are by now.</summary>
    public int Parts { get; private set; }

    public override bool CanWrite => true;

    public override long Length => _written;

    /// <exception cref="SnapshotTooLargeException">This is more than may be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _written += buffer.Length;
        if (_written > bytesMax)
            throw new SnapshotTooLargeException(bytesMax);
        while (buffer.Length > 0)
        {
            var taken = Math.Min(buffer.Length, _part.Length - _used);
            buffer[..taken].CopyTo(_part.AsSpan(_used));
            _used += taken;
            buffer = buffer[taken..];
            if (_used == _part.Length)
                Put();
        }
    }

    /// <summary>Hands on what is left.</summary>
    public void End()
    {
        if (_used > 0)
            Put();
    }

    private void Put()
    {
        put(++Parts, _part.AsMemory(0, _used));
        _used = 0;
    }
}

/// <summary>A state is larger than a snapshot may be; nothing of it is kept.</summary>
/// <param name="bytesMax">How large it may be.</param>
public sealed class SnapshotTooLargeException(long bytesMax) : Exception($"A snapshot has at most {bytesMax} bytes.")
{
    /// <summary>How large it may be.</summary>
    public long BytesMax => bytesMax;
}
