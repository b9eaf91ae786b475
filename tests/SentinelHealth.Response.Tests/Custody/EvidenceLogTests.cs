using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Custody;

public sealed class EvidenceLogTests : IDisposable
{
    private static readonly EvidenceLogOptions Small = new() { SegmentBytesMax = 4_096 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entries_and_proofs_survive_a_restart_over_several_segments()
    {
        byte[] root;
        using (var log = Filled(200, batch: 7))
            root = log.Root();

        using var again = Open();

        Assert.Equal(200, again.Size);
        Assert.Equal(root, again.Root());
        Assert.InRange(Directory.GetFiles(_folder.Path, "*.segment").Length, 2, 20);
        for (var number = 0; number < 200; number++)
        {
            var leaf = again.Reader.Read(number).Leaf;
            Assert.Equal(Record(number).Leaf.ToArray(), leaf.ToArray());
            Assert.True(TreeCheck.Includes(TreeCheck.Leaf(leaf.Span), number, 200, again.Reader.Inclusion(number, 200), root));
        }
        Assert.True(TreeCheck.IsBeginning((77, again.Reader.Root(77)), (200, root), again.Reader.Consistency(77, 200)));
    }

    [Fact]
    public void A_batch_cut_off_anywhere_leaves_whole_entries_and_the_log_goes_on()
    {
        Filled(5, batch: 5).Dispose();
        var file = Path.Combine(_folder.Path, "00000000.segment");
        var whole = File.ReadAllBytes(file);
        for (var length = whole.Length; length >= 0; length -= 7)
        {
            File.WriteAllBytes(file, whole[..length]);

            using (var log = Open())
            {
                var kept = log.Size;
                Assert.InRange(kept, 0, 5);
                for (var number = kept; number < 5; number++)
                    log.Append([Record(number)]);
                Assert.Equal(5, log.Size);
            }

            Assert.Equal(whole, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void What_follows_from_the_entries_is_made_anew_when_it_is_lost_or_wrong()
    {
        byte[] root;
        using (var log = Filled(50, batch: 10))
            root = log.Root();
        foreach (var name in new[] { "nodes", "places" })
        {
            var file = Path.Combine(_folder.Path, name);
            var bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(file, bytes);
            using (var log = Open(Head(50, root)))
                Assert.Equal(MerkleHash.OfLeaf(Record(30).Leaf.Span), MerkleHash.OfLeaf(log.Reader.Read(30).Leaf.Span));
            File.Delete(file);
            using (var log = Open(Head(50, root)))
                Assert.True(TreeCheck.Includes(
                    TreeCheck.Leaf(Record(30).Leaf.Span), 30, 50, log.Reader.Inclusion(30, 50), log.Root()));
        }
    }

    [Fact]
    public void A_log_that_was_rewritten_or_cut_below_a_signed_head_is_refused()
    {
        byte[] root;
        using (var log = Filled(20, batch: 20))
            root = log.Root();
        var file = Path.Combine(_folder.Path, "00000000.segment");
        var whole = File.ReadAllBytes(file);

        // Entry 3 by another of the same length, its checksum put right.
        var forged = new byte[RecordCodec.LengthOf(Record(3))];
        RecordCodec.Write(new EvidenceRecord("{\"number\":3,\"x\":\"forged\"}"u8.ToArray(), Record(3).Payload), forged);
        var altered = (byte[])whole.Clone();
        forged.CopyTo(altered, 3 * forged.Length);
        File.WriteAllBytes(file, altered);
        Assert.Contains("Entry 3 ", Assert.Throws<EvidenceTamperedException>(() => Open(Head(20, root))).Message);

        File.WriteAllBytes(file, whole[..^5]);
        Assert.Throws<EvidenceTamperedException>(() => Open(Head(20, root)));
        File.WriteAllBytes(file, whole);
        Open(Head(20, root)).Dispose();
    }

    private static EvidenceRecord Record(long number) =>
        new(Encoding.ASCII.GetBytes($"{{\"number\":{number % 10},\"x\":\"a leaf\"}}"), new byte[] { 0, 1, 2 });

    private static TreeHead Head(long size, byte[] root) => new("log", size, DecisionEvidence.Hex(root), SomeCase.At);

    private EvidenceLog Open(params TreeHead[] known) => EvidenceLog.Open(_folder.Path, Small, known);

    private EvidenceLog Filled(int entries, int batch)
    {
        var log = Open();
        for (var first = 0; first < entries; first += batch)
            log.Append([.. Enumerable.Range(first, Math.Min(batch, entries - first)).Select(number => Record(number))]);
        return log;
    }
}
