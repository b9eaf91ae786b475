using System.Security.Cryptography;

namespace SentinelHealth.Response.Verification;

/// <summary>Merkle proofs from the side of who checks them, after RFC 9162, 2.1.3.2 and 2.1.4.2.</summary>
internal static class TreeCheck
{
    public static byte[] Leaf(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => SHA256.HashData([1, .. left, .. right]);

    /// <summary>Whether a path leads from a leaf to a root.</summary>
    public static bool Includes(byte[] leafHash, long index, long size, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || path.Any(hash => hash.Length != 32))
            return false;
        var (node, last, hash) = (index, size - 1, leafHash);
        foreach (var sibling in path)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = Node(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether a tree is the beginning of a larger one.</summary>
    public static bool IsBeginning((long Size, byte[] Root) first, (long Size, byte[] Root) second, IReadOnlyList<byte[]> proof)
    {
        if (proof.Any(hash => hash.Length != 32) || first.Size <= 0 || first.Size > second.Size)
            return false;
        if (first.Size == second.Size)
            return proof.Count == 0 && first.Root.AsSpan().SequenceEqual(second.Root);
        var steps = (first.Size & (first.Size - 1)) == 0 ? [first.Root, .. proof] : proof;
        if (steps.Count == 0)
            return false;
        var (node, last) = (first.Size - 1, second.Size - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        var (one, other) = (steps[0], steps[0]);
        foreach (var sibling in steps.Skip(1))
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                (one, other) = (Node(sibling, one), Node(sibling, other));
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                other = Node(other, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && one.AsSpan().SequenceEqual(first.Root) && other.AsSpan().SequenceEqual(second.Root);
    }
}
