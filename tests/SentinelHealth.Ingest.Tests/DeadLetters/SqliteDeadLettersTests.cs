using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.DeadLetters;

public sealed class SqliteDeadLettersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_letter_is_read_back_whole_after_a_restart()
    {
        var letter = new DeadLetter(
            "s", "f:7", new Rejection(RejectionReason.TooDeep, "Too deep.", 12), new byte[] { 0, 1, 255 }, 900, "abcd");
        using (var letters = Open())
            await letters.AppendAsync([letter], Cancel);
        _clock.Advance(TimeSpan.FromDays(1));

        using var reopened = Open();
        var stored = Assert.Single(await reopened.NewestAsync(10, Cancel));

        Assert.Equal(letter with { Payload = default }, stored.Letter with { Payload = default });
        Assert.Equal(letter.Payload.ToArray(), stored.Letter.Payload.ToArray());
        Assert.Equal(new ManualClock().GetUtcNow(), stored.StoredAt);
        Assert.Equal(1, await reopened.CountAsync(Cancel));
    }

    [Fact]
    public async Task The_newest_come_first_and_no_more_than_asked_for()
    {
        using var letters = Open();
        await letters.AppendAsync([.. Enumerable.Range(1, 5).Select(n => Letter($"f:{n}"))], Cancel);

        Assert.Equal(["f:5", "f:4"], (await letters.NewestAsync(2, Cancel)).Select(l => l.Letter.Place));
    }

    [Fact]
    public async Task A_payload_is_kept_up_to_the_limit()
    {
        using var letters = Open(new() { PayloadBytesMax = 10 });
        await letters.AppendAsync([Letter("f:1", 10), Letter("f:2", 11)], Cancel);

        var stored = await letters.NewestAsync(2, Cancel);
        Assert.Equal([(10, 11L), (10, 10L)], stored.Select(l => (l.Letter.Payload.Length, l.Letter.PayloadBytes)));
    }

    [Fact]
    public async Task A_repeated_letter_is_counted_on_the_first()
    {
        using var letters = Open();
        await letters.AppendAsync([Letter("f:1"), Letter("f:2")], Cancel);
        await letters.AppendAsync([Letter("f:1"), Letter("f:1") with { PayloadSha256 = "other" }], Cancel);

        Assert.Equal(3, await letters.CountAsync(Cancel));
        Assert.Equal([1L, 1L, 2L], (await letters.NewestAsync(9, Cancel)).Select(l => l.TimesSeen));
    }

    [Fact]
    public async Task When_there_are_too_many_payload_bytes_the_oldest_payloads_go_and_their_letters_stay()
    {
        using var letters = Open(new() { PayloadBytesTotalMax = 250 });
        for (var n = 0; n < 5; n++)
            await letters.AppendAsync([Letter($"f:{n}", 100)], Cancel);

        Assert.Equal([100, 100, 0, 0, 0], (await letters.NewestAsync(9, Cancel)).Select(l => l.Letter.Payload.Length));
        Assert.All(await letters.NewestAsync(9, Cancel), l => Assert.Equal(100, l.Letter.PayloadBytes));
        Assert.Equal(new DeadLetterTotals(5, 200, 3, 0), await letters.TotalsAsync(Cancel));
    }

    [Fact]
    public async Task When_there_are_too_many_letters_the_oldest_are_forgotten_but_counted()
    {
        using var letters = Open(new() { LettersMax = 3 });
        for (var n = 0; n < 5; n++)
            await letters.AppendAsync([Letter($"f:{n}", 10)], Cancel);

        Assert.Equal(["f:4", "f:3", "f:2"], (await letters.NewestAsync(9, Cancel)).Select(l => l.Letter.Place));
        Assert.Equal(new DeadLetterTotals(3, 30, 0, 2), await letters.TotalsAsync(Cancel));
        Assert.Equal(5, await letters.CountAsync(Cancel));
    }

    [Fact]
    public async Task Every_reason_can_be_stored()
    {
        using var letters = Open();
        var reasons = Enum.GetValues<RejectionReason>();
        await letters.AppendAsync(
            [.. reasons.Select(r => Letter(r.ToString()) with { Rejection = new Rejection(r, "Why.", -1) })], Cancel);

        Assert.Equal(reasons.Reverse(), (await letters.NewestAsync(99, Cancel)).Select(l => l.Letter.Rejection.Reason));
    }

    private SqliteDeadLetters Open(SqliteDeadLettersOptions? options = null) =>
        SqliteDeadLetters.Open(new SqliteFile(_folder.File("dead-letters.db")), options ?? new(), _clock);

    private static DeadLetter Letter(string place, int bytes = 1) =>
        new("s", place, new Rejection(RejectionReason.NotJson, "Not JSON.", 0), new byte[bytes], bytes, "sha");
}
