using System.Security.Cryptography;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.DeadLetters;

public sealed class DeadLetterReplayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_can_be_read_now_enters_the_log_once_and_every_letter_is_accounted_for()
    {
        using var folder = new TemporaryFolder();
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        using var store = SqliteDeadLetters.Open(new SqliteFile(folder.File("letters.db")), new() { PayloadBytesMax = 4_000 }, clock);
        await using var log = SqliteEventLog.Open(new SqliteFile(folder.File("events.db")), new(), clock);
        var intake = new EventIntake(log, store, new NativeEventDecoder(), clock);
        // Letters of a version that could not read what this one can, one that nobody can read, and one not kept whole.
        await store.AppendAsync(
            [.. Enumerable.Range(0, 5).Select(i => Letter($"f:{i}", Some.LedgerTransactionJson(("id", $"0x{i:x}:0")))),
                Letter("f:5", "no json"u8.ToArray()), Letter("f:6", new byte[5_000])], Cancel);
        var replay = new DeadLetterReplay(store, intake);

        var first = await replay.RunAsync(stored => !stored.IsResolved, null, Cancel);
        var again = await replay.RunAsync(_ => true, null, Cancel);

        Assert.Equal(new ReplayResult(6, 5, 0, 1, 1), first);
        Assert.Equal(new ReplayResult(6, 0, 5, 1, 1), again);
        Assert.Equal(4, await log.EndOffsetAsync(0, Cancel));
        Assert.Equal(7, await store.CountAsync(Cancel));
        var letters = await store.OlderAsync(long.MaxValue, 10, Cancel);
        Assert.Equal(5, letters.Count(letter => letter.IsResolved));
        Assert.Equal(3, Assert.Single(letters, letter => letter.Letter.Place == "f:5").TimesSeen);
        Assert.Null(Assert.Single(letters, letter => letter.Letter.Place == "f:6").ReplayedAt);
    }

    private static DeadLetter Letter(string place, byte[] payload) => new(
        "file", place, new Rejection(RejectionReason.NotJson, "Not JSON.", 0), payload, payload.Length,
        Convert.ToHexStringLower(SHA256.HashData(payload)));
}
