using System.Security.Cryptography;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Hands on what is written, in larger pieces, and takes its digest.</summary>
internal sealed class DigestWriter(Stream destination) : OneWayStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _used;

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var taken = Math.Min(buffer.Length, _buffer.Length - _used);
            buffer[..taken].CopyTo(_buffer.AsSpan(_used));
            _used += taken;
            buffer = buffer[taken..];
            if (_used == _buffer.Length)
                HandOn();
        }
    }

    /// <summary>Hands on what is left, and then the digest of everything.</summary>
    public void End()
    {
        HandOn();
        destination.Write(_hash.GetHashAndReset());
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private void HandOn()
    {
        _hash.AppendData(_buffer, 0, _used);
        destination.Write(_buffer, 0, _used);
        _used = 0;
    }
}
