using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class EvmCursorTests
{
    [Fact]
    public void A_cursor_moves_only_from_a_block_to_its_child()
    {
        var cursor = new EvmCursor("0xg", []).After(Block(5, "a", "z"));

        Assert.Equal(6, cursor.After(Block(6, "b", "a")).Last!.Value.Number);
        Assert.Throws<ArgumentException>(() => cursor.After(Block(7, "b", "a")));
        Assert.Throws<ArgumentException>(() => cursor.After(Block(6, "b", "other")));
    }

    [Fact]
    public void A_cursor_keeps_the_last_256_blocks_and_no_more()
    {
        var cursor = new EvmCursor("0xg", []);
        for (var i = 0; i < EvmCursor.KeptMax + 10; i++)
            cursor = cursor.After(Block(i, $"h{i}", $"h{i - 1}"));

        Assert.Equal(EvmCursor.KeptMax, cursor.Kept.Count);
        Assert.Equal("h265", cursor.HashAt(265));
        Assert.Equal("h10", cursor.HashAt(10));
        Assert.Null(cursor.HashAt(9));
        Assert.Null(cursor.HashAt(266));
    }

    [Fact]
    public void A_cursor_goes_back_to_an_ancestor_or_to_the_beginning()
    {
        var cursor = new EvmCursor("0xg", []).After(Block(5, "a", "z")).After(Block(6, "b", "a")).After(Block(7, "c", "b"));

        Assert.Equal(new EvmBlockRef(6, "b"), cursor.BackTo(new(6, "b")).Last);
        Assert.Null(cursor.BackTo(null).Last);
    }

    [Fact]
    public void A_saved_cursor_is_loaded_again_and_a_damaged_one_is_not_taken_for_a_fresh_start()
    {
        using var folder = new TemporaryFolder();
        var file = new EvmCursorFile(folder.File("cursor.json"));
        Assert.Null(file.Load());

        file.Save(new EvmCursor("0xg", []).After(Block(5, "a", "z")));
        Assert.Equal(new EvmBlockRef(5, "a"), file.Load()!.Last);

        File.WriteAllText(folder.File("cursor.json"), "{\"GenesisHash\":\"0xg\"");
        Assert.Throws<InvalidDataException>(() => file.Load());
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_start_again_after_a_success()
    {
        var backoff = new BackoffSchedule(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));

        TimeSpan[] waits = [.. Enumerable.Range(0, 6).Select(_ => backoff.Failed())];
        Assert.Equal([100, 200, 400, 800, 1000, 1000], waits.Select(wait => wait.TotalMilliseconds));
        for (var i = 0; i < 100; i++)
            Assert.Equal(TimeSpan.FromSeconds(1), backoff.Failed());
        backoff.Succeeded();
        Assert.Equal(TimeSpan.FromMilliseconds(100), backoff.Failed());
    }

    private static EvmBlock Block(long number, string hash, string parent) =>
        new(number, hash, parent, DateTimeOffset.UnixEpoch, []);
}
