using System.Buffers.Binary;
using System.Numerics;

namespace SentinelHealth.Ingest.Events;

/// <summary>
/// A 64-bit hash of UTF-8 bytes that is the same in every process and version, because detector snapshots are keyed by it.
/// </summary>
/// <remarks>
/// The construction is XXH64 (Collet, xxHash specification 0.1.1), seed 0. Not for secrets: keyed digests use HMAC.
/// O(bytes), no allocation. Zero is reserved for "absent", so a text that hashes to zero is mapped to one.
/// </remarks>
public static class StableHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87, Prime2 = 0xC2B2AE3D27D4EB4F, Prime3 = 0x165667B19E3779F9,
        Prime4 = 0x85EBCA77C2B2AE63, Prime5 = 0x27D4EB2F165667C5;

    /// <summary>Hashes a text. Empty text is absent and gives 0.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        var length = (ulong)text.Length;
        var hash = text.Length >= 32 ? Stripes(ref text) : Prime5;
        hash += length;
        for (; text.Length >= 8; text = text[8..])
            hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(text)), 27) * Prime1 + Prime4;
        if (text.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(text);
            hash = BitOperations.RotateLeft(hash ^ (word * Prime1), 23) * Prime2 + Prime3;
            text = text[4..];
        }
        foreach (var value in text)
            hash = BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1;
        hash = Avalanche(hash);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>Hashes a text given as UTF-16. Allocates for texts over 256 bytes.</summary>
    public static ulong Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytesMax = System.Text.Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> buffer = bytesMax <= 256 ? stackalloc byte[256] : new byte[bytesMax];
        return Of(buffer[..System.Text.Encoding.UTF8.GetBytes(text, buffer)]);
    }

    /// <summary>Combines two keys into one. Order matters. Zero stays possible only by chance and is mapped to one.</summary>
    public static ulong Combine(ulong first, ulong second)
    {
        var hash = Avalanche((first * Prime1) ^ BitOperations.RotateLeft(second * Prime2, 31) ^ Prime3);
        return hash == 0 ? 1 : hash;
    }

    private static ulong Stripes(ref ReadOnlySpan<byte> text)
    {
        ulong a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0 - Prime1);
        for (; text.Length >= 32; text = text[32..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(text));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(text[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(text[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(text[24..]));
        }
        var hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
            + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        return hash;
    }

    private static ulong Round(ulong accumulator, ulong input) =>
        BitOperations.RotateLeft(accumulator + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong accumulator) => ((hash ^ Round(0, accumulator)) * Prime1) + Prime4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }
}
