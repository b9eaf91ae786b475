using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Verification;

namespace SentinelHealth.Response.Tests.Evidence;

/// <summary>The tree of RFC 6962, held against its definition and against published vectors.</summary>
public sealed class MerkleTests
{
    /// <summary>The leaves and roots of the test vectors that certificate transparency implementations share.</summary>
    [Theory]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Roots_are_those_of_the_published_vectors(int size, string root)
    {
        string[] leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        var range = new MerkleRange();

        foreach (var leaf in leaves.Take(size))
            range.Append(MerkleHash.OfLeaf(Convert.FromHexString(leaf)));

        Assert.Equal(root, Convert.ToHexStringLower(range.Root()));
    }

    [Fact]
    public void Every_proof_of_every_size_up_to_70_holds_and_none_holds_for_another_place()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => Encoding.ASCII.GetBytes($"leaf {i}")).ToList();
        var hashes = leaves.Select(leaf => MerkleHash.OfLeaf(leaf)).ToList();
        for (var size = 1; size <= leaves.Count; size++)
        {
            var root = Naive(hashes[..size]);
            Assert.Equal(root, MerkleProofs.Root(Node, size));
            for (var index = 0; index < size; index++)
            {
                var path = MerkleProofs.Inclusion(Node, index, size);
                Assert.True(TreeCheck.Includes(TreeCheck.Leaf(leaves[index]), index, size, path, root));
                Assert.False(TreeCheck.Includes(TreeCheck.Leaf(leaves[index]), (index + 1) % size, size, path, root) && size > 1);
            }
            for (var first = 1; first <= size; first++)
            {
                var proof = MerkleProofs.Consistency(Node, first, size);
                Assert.True(TreeCheck.IsBeginning((first, Naive(hashes[..first])), (size, root), proof));
                Assert.False(TreeCheck.IsBeginning((first, SHA256.HashData(root)), (size, root), proof));
            }
        }

        void Node(int level, long index, Span<byte> hash) =>
            Naive(hashes[(int)(index << level)..(int)((index + 1) << level)]).CopyTo(hash);
    }

    /// <summary>The definition, word for word.</summary>
    private static byte[] Naive(List<byte[]> hashes)
    {
        if (hashes.Count == 1)
            return hashes[0];
        var split = 1;
        while (split * 2 < hashes.Count)
            split *= 2;
        return SHA256.HashData([1, .. Naive(hashes[..split]), .. Naive(hashes[split..])]);
    }
}
