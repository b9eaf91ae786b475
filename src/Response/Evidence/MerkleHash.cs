using System.Security.Cryptography;

namespace SentinelHealth.Response.Evidence;

/// <summary>The two hashes of a Merkle tree as RFC 6962 has them: 0x00 before a leaf, 0x01 before two nodes, so that neither passes for the other.</summary>
public static class MerkleHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = 32;

    private const int LeafOnStackMax = 1_024;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = SHA256.HashData([]);

    /// <summary>The hash of a leaf. O(bytes), no allocation below 1 KiB.</summary>
    /// <param name="leaf">What is entered.</param>
    /// <param name="hash">32 bytes to write to.</param>
    public static void OfLeaf(ReadOnlySpan<byte> leaf, Span<byte> hash)
    {
        Span<byte> message = leaf.Length < LeafOnStackMax ? stackalloc byte[leaf.Length + 1] : new byte[leaf.Length + 1];
        message[0] = 0;
        leaf.CopyTo(message[1..]);
        SHA256.HashData(message, hash);
    }

    /// <summary>The hash of a leaf.</summary>
    public static byte[] OfLeaf(ReadOnlySpan<byte> leaf)
    {
        var hash = new byte[Bytes];
        OfLeaf(leaf, hash);
        return hash;
    }

    /// <summary>The hash of two nodes. No allocation. The result may be one of the operands.</summary>
    public static void OfNodes(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> message = stackalloc byte[1 + (2 * Bytes)];
        message[0] = 1;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Bytes)..]);
        SHA256.HashData(message, hash);
    }
}
