using System.Numerics;

namespace SentinelHealth.Response.Evidence;

/// <summary>The right edge of a growing Merkle tree: one hash per complete subtree, at most 63 of them.</summary>
/// <remarks>Appending is O(1) amortized, the root O(log n). Not thread-safe.</remarks>
public sealed class MerkleRange
{
    private readonly byte[] _peaks = new byte[64 * MerkleHash.Bytes];

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>Appends a leaf's hash and hands every node it completes, itself first, to the visitor: level 0, 1, 2, …</summary>
    public void Append(ReadOnlySpan<byte> leafHash, Action<ReadOnlySpan<byte>>? completed = null)
    {
        Span<byte> node = stackalloc byte[MerkleHash.Bytes];
        leafHash.CopyTo(node);
        completed?.Invoke(node);
        var level = 0;
        for (; (Size >> level & 1) == 1; level++)
        {
            MerkleHash.OfNodes(Peak(level), node, node);
            completed?.Invoke(node);
        }
        node.CopyTo(Peak(level));
        Size++;
    }

    /// <summary>The root of everything appended.</summary>
    public byte[] Root()
    {
        var root = MerkleHash.Empty.ToArray();
        var isFirst = true;
        for (var left = Size; left != 0; left &= left - 1)
        {
            var peak = Peak(BitOperations.TrailingZeroCount(left));
            if (isFirst)
                peak.CopyTo(root);
            else
                MerkleHash.OfNodes(peak, root, root);
            isFirst = false;
        }
        return root;
    }

    /// <summary>Another range that goes on from here; this one stays as it is.</summary>
    public MerkleRange Copy()
    {
        var copy = new MerkleRange { Size = Size };
        _peaks.CopyTo(copy._peaks, 0);
        return copy;
    }

    private Span<byte> Peak(int level) => _peaks.AsSpan(level * MerkleHash.Bytes, MerkleHash.Bytes);
}
