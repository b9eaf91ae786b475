using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>Identifiers made from content: the same content gives the same identifier in every process and version.</summary>
internal static class ContentKey
{
    private const int KeptBytes = 16;

    /// <summary>Of bytes: 32 hex digits.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return Convert.ToHexStringLower(digest[..KeptBytes]);
    }

    /// <summary>Of texts in order; null differs from empty, and no shift of letters between neighbors gives the same key.</summary>
    public static string Of(params ReadOnlySpan<string?> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? string.Empty);
            BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset()[..KeptBytes]);
    }
}
