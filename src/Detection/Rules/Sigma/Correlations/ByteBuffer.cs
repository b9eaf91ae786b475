namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Bytes that are written one after the other and used again.</summary>
internal struct ByteBuffer()
{
    private byte[] _bytes = new byte[256];

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    /// <summary>Room behind what was written.</summary>
    public Span<byte> Extend(int bytes)
    {
        if (Length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        Length += bytes;
        return _bytes.AsSpan(Length - bytes, bytes);
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));
}
