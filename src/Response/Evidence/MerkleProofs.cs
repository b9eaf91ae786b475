using System.Numerics;

namespace SentinelHealth.Response.Evidence;

/// <summary>Reads the hash of a complete subtree: <c>2^level</c> leaves from <c>index * 2^level</c>.</summary>
public delegate void ReadMerkleNode(int level, long index, Span<byte> hash);

/// <summary>Roots and proofs of RFC 6962 from stored subtrees. Each takes O(log n) reads.</summary>
public static class MerkleProofs
{
    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static byte[] Root(ReadMerkleNode nodes, long size)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHash.Empty.ToArray() : Subtree(nodes, 0, size);
    }

    /// <summary>What shows that a leaf is the one at <paramref name="index"/> of a tree of <paramref name="size"/>: the siblings, from the leaf up.</summary>
    public static IReadOnlyList<byte[]> Inclusion(ReadMerkleNode nodes, long index, long size)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<byte[]>();
        var (from, to) = (0L, size);
        while (to - from > 1)
        {
            var middle = from + Split(to - from);
            var isLeft = index < middle;
            path.Add(isLeft ? Subtree(nodes, middle, to) : Subtree(nodes, from, middle));
            (from, to) = isLeft ? (from, middle) : (middle, to);
        }
        path.Reverse();
        return path;
    }

    /// <summary>What shows that the tree of <paramref name="first"/> leaves is the beginning of that of <paramref name="second"/>.</summary>
    public static IReadOnlyList<byte[]> Consistency(ReadMerkleNode nodes, long first, long second)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var proof = new List<byte[]>();
        if (first == 0 || first == second)
            return proof;
        var (from, to, isWhole) = (0L, second, true);
        while (first != to)
        {
            var middle = from + Split(to - from);
            if (first <= middle)
            {
                proof.Add(Subtree(nodes, middle, to));
                to = middle;
            }
            else
            {
                proof.Add(Subtree(nodes, from, middle));
                (from, isWhole) = (middle, false);
            }
        }
        if (!isWhole)
            proof.Add(Subtree(nodes, from, to));
        proof.Reverse();
        return proof;
    }

    /// <summary>The largest power of two below a number of leaves, at least 2.</summary>
    private static long Split(long leaves) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(leaves - 1)));

    /// <summary>The hash of leaves that begin at a multiple of the power of two above their number.</summary>
    private static byte[] Subtree(ReadMerkleNode nodes, long from, long to)
    {
        var hash = new byte[MerkleHash.Bytes];
        Span<byte> part = stackalloc byte[MerkleHash.Bytes];
        var isFirst = true;
        // Complete subtrees from the right: the smallest first, as the bits of the number of leaves have them.
        for (var left = to - from; left != 0; left &= left - 1)
        {
            var level = BitOperations.TrailingZeroCount(left);
            var start = from + (left & (left - 1));
            nodes(level, start >> level, part);
            if (isFirst)
                part.CopyTo(hash);
            else
                MerkleHash.OfNodes(part, hash, hash);
            isFirst = false;
        }
        return hash;
    }
}
