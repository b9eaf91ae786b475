using System.Text;

namespace SentinelHealth.Ingest.Evm;

/// <summary>
/// Identifiers in a <c>bytes32</c>: short text padded with zeros, an address in the low 20 bytes, or 32 raw bytes as hex.
/// </summary>
/// <remarks>
/// The three are told apart by content: text never starts with a zero byte, an address always does, and raw hashes are not
/// printable. Zero is "none".
/// </remarks>
public static class EvmWord
{
    private const int Bytes = 32;
    private const int AddressStart = 12;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Packs an identifier: a did or address, <c>0x</c> with 64 digits, or text of at most 32 UTF-8 bytes. Null or empty gives zero.</summary>
    /// <exception cref="EvmFormatException">The text does not fit.</exception>
    public static byte[] Pack(string? identifier)
    {
        var word = new byte[Bytes];
        if (string.IsNullOrEmpty(identifier))
            return word;
        if (EvmAddress.TryParse(identifier, out var address))
            address.ToBytes().CopyTo(word, AddressStart);
        else if (identifier.Length == 2 + (2 * Bytes) && identifier.StartsWith("0x", StringComparison.Ordinal))
            return Hex.ToBytes(identifier, Bytes);
        else if (Encoding.UTF8.GetByteCount(identifier) <= Bytes)
            Encoding.UTF8.GetBytes(identifier, word);
        else
            throw new EvmFormatException("An identifier is longer than 32 bytes.");
        return word;
    }

    /// <summary>Packs an identifier, or its Keccak-256 hash when it is too long to be packed.</summary>
    public static byte[] PackOrHash(string identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        return identifier.Length > 2 + (2 * Bytes) || (Encoding.UTF8.GetByteCount(identifier) > Bytes && !IsPackedHex(identifier))
            ? Keccak256.Hash(identifier)
            : Pack(identifier);
    }

    /// <summary>Reads an identifier back; null for zero.</summary>
    /// <exception cref="EvmFormatException">Not 32 bytes.</exception>
    public static string? Unpack(ReadOnlySpan<byte> word)
    {
        if (word.Length != Bytes)
            throw new EvmFormatException("An identifier has 32 bytes.");
        if (word.IndexOfAnyExcept((byte)0) < 0)
            return null;
        if (word[..AddressStart].IndexOfAnyExcept((byte)0) < 0)
            return EvmAddress.FromBytes(word[AddressStart..]).Did;
        var end = word.LastIndexOfAnyExcept((byte)0) + 1;
        return IsText(word[..end], out var text) ? text : Hex.Data(word);
    }

    private static bool IsPackedHex(string identifier) => EvmAddress.TryParse(identifier, out _)
        || (identifier.Length == 2 + (2 * Bytes) && identifier.StartsWith("0x", StringComparison.Ordinal));

    private static bool IsText(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.ContainsAnyInRange((byte)0, (byte)0x1f) || bytes.Contains((byte)0x7f))
            return false;
        try
        {
            text = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            // Not text, so the caller shows it as hex: a hash is a legitimate value here, not a fault.
            return false;
        }
    }
}
