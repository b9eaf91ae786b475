namespace SentinelHealth.Ingest.Evm;

/// <summary>A 20-byte account or contract address.</summary>
public readonly record struct EvmAddress
{
    private const string DidPrefix = "did:ethr:";

    private readonly string? _text;

    private EvmAddress(string text) => _text = text;

    /// <summary>The address in lower-case hex with <c>0x</c>.</summary>
    public string Text => _text ?? "0x0000000000000000000000000000000000000000";

    /// <summary>The address as a decentralized identifier, <c>did:ethr:0x…</c>.</summary>
    public string Did => DidPrefix + Text;

    /// <summary>From 20 bytes.</summary>
    /// <exception cref="EvmFormatException">Another length.</exception>
    public static EvmAddress FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 20 ? new(Hex.Data(bytes)) : throw new EvmFormatException("An address has 20 bytes.");

    /// <summary>From <c>0x…</c> or <c>did:ethr:0x…</c>, in any letter case; checksums are not checked.</summary>
    /// <exception cref="EvmFormatException">It is neither.</exception>
    public static EvmAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hex = text.StartsWith(DidPrefix, StringComparison.Ordinal) ? text[DidPrefix.Length..] : text;
        return FromBytes(Hex.ToBytes(hex, 20));
    }

    /// <summary>As <see cref="Parse"/>, but says no instead of throwing.</summary>
    public static bool TryParse(string text, out EvmAddress address)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = text.StartsWith(DidPrefix, StringComparison.Ordinal) ? DidPrefix.Length : 0;
        address = default;
        if (text.Length - start != 42 || text[start] != '0' || text[start + 1] != 'x')
            return false;
        foreach (var digit in text.AsSpan(start + 2))
        {
            if (!char.IsAsciiHexDigit(digit))
                return false;
        }
        address = new(text[start..].ToLowerInvariant());
        return true;
    }

    /// <summary>The 20 bytes.</summary>
    public byte[] ToBytes() => Hex.ToBytes(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
