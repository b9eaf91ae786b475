using System.Security.Cryptography;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Collects a record too long to be held: its length, its digest and its first bytes.</summary>
internal sealed class OversizedLineDigest(int headBytesMax) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _head = new();
    private bool _endsWithReturn;

    public long Bytes { get; private set; }

    /// <summary>Adds bytes. A carriage return at their end waits, because it may belong to the line break.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (_endsWithReturn)
            Keep("\r"u8);
        _endsWithReturn = bytes[^1] == '\r';
        Keep(_endsWithReturn ? bytes[..^1] : bytes);
    }

    /// <summary>The line at its line break, or at the end of the stream, where a carriage return is content.</summary>
    public NdjsonLine ToLine(long number, bool isBroken)
    {
        if (_endsWithReturn && !isBroken)
            Keep("\r"u8);
        var digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return new NdjsonLine(number, _head.ToArray(), new OversizedLine(Bytes, digest));
    }

    public void Dispose()
    {
        _hash.Dispose();
        _head.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        _hash.AppendData(bytes);
        var room = (int)Math.Min(bytes.Length, headBytesMax - _head.Length);
        if (room > 0)
            _head.Write(bytes[..room]);
    }
}
