using SentinelHealth.Ingest.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Ledgers;

public sealed class LedgerCheckpointTests
{
    [Fact]
    public void A_cursor_moves_only_from_a_block_to_its_child()
    {
        var cursor = new LedgerCheckpoint("0xg", []).After(Block(5, "a", "z"));

        Assert.Equal(6, cursor.After(Block(6, "b", "a")).Last!.Value.Number);
        Assert.Throws<ArgumentException>(() => cursor.After(Block(7, "b", "a")));
        Assert.Throws<ArgumentException>(() => cursor.After(Block(6, "b", "other")));
    }

    [Fact]
    public void A_cursor_keeps_the_last_256_blocks_and_no_more()
    {
        var cursor = new LedgerCheckpoint("0xg", []);
        for (var i = 0; i < LedgerCheckpoint.KeptMax + 10; i++)
            cursor = cursor.After(Block(i, $"h{i}", $"h{i - 1}"));

        Assert.Equal(LedgerCheckpoint.KeptMax, cursor.Kept.Count);
        Assert.Equal("h265", cursor.HashAt(265));
        Assert.Equal("h10", cursor.HashAt(10));
        Assert.Null(cursor.HashAt(9));
        Assert.Null(cursor.HashAt(266));
    }

    [Fact]
    public void A_cursor_goes_back_to_an_ancestor_or_to_the_beginning()
    {
        var cursor = new LedgerCheckpoint("0xg", []).After(Block(5, "a", "z")).After(Block(6, "b", "a")).After(Block(7, "c", "b"));

        Assert.Equal(new LedgerBlockRef(6, "b"), cursor.BackTo(new(6, "b")).Last);
        Assert.Null(cursor.BackTo(null).Last);
    }

    [Fact]
    public void A_saved_cursor_is_loaded_again_and_a_damaged_one_is_not_taken_for_a_fresh_start()
    {
        using var folder = new TemporaryFolder();
        var file = new LedgerCheckpointFile(folder.File("cursor.json"));
        Assert.Null(file.Load());

        file.Save(new LedgerCheckpoint("0xg", []).After(Block(5, "a", "z")));
        Assert.Equal(new LedgerBlockRef(5, "a"), file.Load()!.Last);

        File.WriteAllText(folder.File("cursor.json"), "{\"GenesisHash\":\"0xg\"");
        Assert.Throws<InvalidDataException>(() => file.Load());
    }

    private static LedgerHeader Block(long number, string hash, string parent) =>
        new(number, hash, parent, DateTimeOffset.UnixEpoch);
}
