using System.Security.Cryptography;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Reads so many bytes in larger pieces, and then compares their digest with the one that follows them.</summary>
internal sealed class DigestReader(Stream source, long bytes) : OneWayStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[64 << 10];
    private long _unread = bytes;
    private int _at, _end;

    /// <summary>Bytes that are still to be read.</summary>
    public long Left => _unread + _end - _at;

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        if (_at == _end && !Fill())
            return 0;
        var taken = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    /// <summary>Takes in bytes that were read before.</summary>
    public void Begin(ReadOnlySpan<byte> before) => _hash.AppendData(before);

    /// <summary>Says that everything has been read, and was what was written.</summary>
    /// <exception cref="InvalidDataException">It was not.</exception>
    public void End()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (Left != 0 || source.ReadAtLeast(digest, digest.Length, throwOnEndOfStream: false) < digest.Length
            || !_hash.GetHashAndReset().AsSpan().SequenceEqual(digest))
            throw new InvalidDataException("The snapshot is damaged.");
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private bool Fill()
    {
        var wanted = (int)Math.Min(_buffer.Length, _unread);
        (_at, _end) = (0, source.ReadAtLeast(_buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false));
        _unread = _end == wanted ? _unread - _end : 0;
        _hash.AppendData(_buffer, 0, _end);
        return _end > 0;
    }
}
