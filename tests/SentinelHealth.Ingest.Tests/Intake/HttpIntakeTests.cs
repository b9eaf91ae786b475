using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Intake;

public sealed class HttpIntakeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly SqliteEventLog _log;
    private readonly SqliteDeadLetters _letters;
    private readonly EventIntake _intake;

    public HttpIntakeTests()
    {
        _log = SqliteEventLog.Open(new SqliteFile(_folder.File("events.db")), new(), _clock);
        _letters = SqliteDeadLetters.Open(new SqliteFile(_folder.File("letters.db")), new(), _clock);
        _intake = new EventIntake(_log, _letters, new NativeEventDecoder(), _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _letters.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("{0}\n{1}\n{2}\n", "application/x-ndjson")]
    [InlineData("{0}\n{1}\n{2}", null)]
    [InlineData("\uFEFF{0}\r\n\r\n{1}\r\n{2}", "application/json")]
    [InlineData("[{0},{1},{2}]", "application/json")]
    [InlineData("\uFEFF \n[ {0} ,\n\t{1},{2}\n]\n ", null)]
    [InlineData("[{0},{1},{2}]", "text/plain; charset=utf-8")]
    public async Task Lines_and_arrays_are_told_apart_by_content(string layout, string? contentType)
    {
        var result = await SendAsync(Layout(layout, Event(0), Event(1), Event(2)), contentType);

        Assert.Equal(HttpIntakeOutcome.Complete, result.Outcome);
        Assert.Equal((3, 3, 0), (result.Received, result.Accepted, result.DeadLettered));
        Assert.Equal([Event(0), Event(1), Event(2)], await LoggedAsync());
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData(" {0}\n")]
    [InlineData("\uFEFF{0}")]
    public async Task A_single_object_is_one_record(string layout)
    {
        var result = await SendAsync(Layout(layout, Event(0)), "application/json");

        Assert.Equal((HttpIntakeOutcome.Complete, 1), (result.Outcome, result.Accepted));
        Assert.Equal([Event(0)], await LoggedAsync());
    }

    [Fact]
    public async Task A_single_object_may_span_lines()
    {
        var spread = Event(0).Replace(",", ",\n  ", StringComparison.Ordinal);

        var result = await SendAsync(spread, "application/json");

        Assert.Equal((1, 1), (result.Received, result.Accepted));
        Assert.Equal([spread], await LoggedAsync());
    }

    [Theory]
    [InlineData("{0}\nnot json\n{1}\n[1]\n{0}", null)]
    [InlineData("[{0},not json,{1},[1],{0}]", null)]
    public async Task Each_refused_record_is_named_by_its_position(string layout, string? contentType)
    {
        var result = await SendAsync(Layout(layout, Event(0), Event(1)), contentType);

        Assert.Equal((5, 2, 1, 2), (result.Received, result.Accepted, result.Duplicates, result.DeadLettered));
        Assert.Equal([1L, 3L], result.Rejections.Select(r => r.Index));
        Assert.All(result.Rejections, r => Assert.Equal(RejectionReason.NotJson, r.Reason));
        Assert.Equal(
            [$"request {result.RequestId}#3", $"request {result.RequestId}#1"],
            (await _letters.NewestAsync(9, Cancel)).Select(l => l.Letter.Place));
    }

    [Theory]
    [InlineData("[{0},{1}", 1, "{1}")]
    [InlineData("[{0},{1},", 2, "")]
    [InlineData("[{0},{1},]", 2, "")]
    [InlineData("[{0},{1},{\"half\":", 2, "{\"half\":")]
    [InlineData("[{0},{1},\"open text]", 2, "\"open text]")]
    [InlineData("[{0},{1}] [", 2, "[")]
    [InlineData("[{0},{1}]{\"more\":1}", 2, "{\"more\":1}")]
    [InlineData("[{0},{1},}, {2}]", 2, "}, {2}]")]
    [InlineData("[{0},{1},,{2}]", 2, "{2}]")]
    public async Task A_broken_array_keeps_what_came_before_and_dead_letters_its_rest(string layout, int accepted, string rest)
    {
        string[] events = [Event(0), Event(1), Event(2)];

        var result = await SendAsync(Layout(layout, events), "application/json");

        Assert.Equal(HttpIntakeOutcome.MalformedEnvelope, result.Outcome);
        Assert.NotNull(result.Detail);
        Assert.Equal(events[..accepted], await LoggedAsync());
        string[] letters = rest.Length > 0 ? [Layout(rest, events)] : [];
        var stored = await _letters.NewestAsync(9, Cancel);
        Assert.Equal(letters, stored.Select(l => Encoding.UTF8.GetString(l.Letter.Payload.Span)));
        Assert.Equal((accepted + letters.Length, letters.Length), (result.Received, result.DeadLettered));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n ")]
    [InlineData("\uFEFF")]
    public async Task A_body_without_anything_is_malformed(string body)
    {
        var result = await SendAsync(body, "application/x-ndjson");

        Assert.Equal((HttpIntakeOutcome.MalformedEnvelope, 0), (result.Outcome, result.Received));
    }

    [Fact]
    public async Task An_empty_array_is_complete()
    {
        var result = await SendAsync(" [ ] ", null);

        Assert.Equal((HttpIntakeOutcome.Complete, 0), (result.Outcome, result.Received));
    }

    [Fact]
    public async Task Separators_inside_texts_and_elements_separate_nothing()
    {
        var tricky = Event(0)[..^1] + ""","x":"],}{[\"\\","y":[[1,2],{"z":[]}]}""";

        var result = await SendAsync($"[{tricky},{Event(1)}]", null);

        Assert.Equal((HttpIntakeOutcome.Complete, 2), (result.Outcome, result.Accepted));
        Assert.Equal([tricky, Event(1)], await LoggedAsync());
    }

    [Theory]
    [InlineData("[{0},{1},{2}]")]
    [InlineData("{0}\n{1}\n{2}")]
    public async Task A_body_may_be_as_long_as_the_limit(string layout)
    {
        var body = Encoding.UTF8.GetBytes(Layout(layout, Event(0), Event(1), Event(2)));

        var tooLarge = await SendAsync(body, new() { BodyBytesMax = body.Length - 1 });
        var fits = await SendAsync(body, new() { BodyBytesMax = body.Length });

        // What was read whole before the limit stays: the sender repeats the request and is told of duplicates.
        Assert.Equal((HttpIntakeOutcome.TooLarge, 2, 0), (tooLarge.Outcome, tooLarge.Accepted, tooLarge.DeadLettered));
        Assert.Equal((HttpIntakeOutcome.Complete, 1, 2), (fits.Outcome, fits.Accepted, fits.Duplicates));
    }

    [Theory]
    [InlineData("[{0},{1},{2}]")]
    [InlineData("{0}\n{1}\n{2}")]
    public async Task An_oversized_record_is_passed_over_and_dead_lettered(string layout)
    {
        var huge = "{\"x\":\"" + new string('x', 300_000) + "\"}";
        var body = Encoding.UTF8.GetBytes(Layout(layout, Event(0), huge, Event(1)));

        var result = await SendAsync(body, new() { Records = new() { LineBytesMax = 2000, HeadBytesMax = 10 } });

        Assert.Equal((3, 2, 1), (result.Received, result.Accepted, result.DeadLettered));
        Assert.Equal((1L, RejectionReason.TooLarge), (result.Rejections[0].Index, result.Rejections[0].Reason));
        var letter = Assert.Single(await _letters.NewestAsync(9, Cancel)).Letter;
        Assert.Equal((huge.Length, 10), (letter.PayloadBytes, letter.Payload.Length));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(huge))), letter.PayloadSha256);
    }

    [Fact]
    public async Task Positions_are_right_across_batches_and_the_list_of_rejections_is_bounded()
    {
        var body = string.Join('\n', Enumerable.Range(0, 25).Select(i => i % 5 == 4 ? "bad" : Event(i)));

        var result = await SendAsync(Encoding.UTF8.GetBytes(body), new() { BatchRecordsMax = 3, RejectionsListedMax = 4 });

        Assert.Equal((25, 20, 5), (result.Received, result.Accepted, result.DeadLettered));
        Assert.Equal([4L, 9L, 14L, 19L], result.Rejections.Select(r => r.Index));
    }

    [Fact]
    public async Task However_the_body_arrives_the_result_is_the_same()
    {
        foreach (var layout in new[] { "[{0},bad,{1}] x", "{0}\nbad\n{1}\nx" })
            foreach (var step in new[] { 1, 7, 100 })
            {
                var stream = new GrowingStream(step);
                stream.Add(Layout(layout, Event(0), Event(1)));
                var result = await new HttpIntake(_intake, new(), _clock).AcceptAsync(stream, null, $"{layout}{step}", Cancel);

                Assert.Equal((4, 2, 2), (result.Received, result.Accepted, result.DeadLettered));
            }
    }

    [Fact]
    public async Task Malformed_records_of_every_kind_between_lines_lose_no_good_one()
    {
        var bad = MalformedRecords.Make(MalformedRecords.Kinds.Count, TestSeed.Default).ToList();
        var lines = bad.SelectMany((record, i) => new[] { Encoding.UTF8.GetBytes(Event(i)), record.Bytes });
        byte[] body = [.. lines.SelectMany(line => line.Append((byte)'\n'))];

        var result = await SendAsync(body, new());

        Assert.Equal(HttpIntakeOutcome.Complete, result.Outcome);
        Assert.Equal((bad.Count, bad.Count), ((int)result.Accepted, (int)result.DeadLettered));
        Assert.Equal(bad.Select(record => record.Expected), result.Rejections.Select(rejection => rejection.Reason));
    }

    private Task<HttpIntakeResult> SendAsync(string body, string? contentType) =>
        new HttpIntake(_intake, new(), _clock)
            .AcceptAsync(new MemoryStream(Encoding.UTF8.GetBytes(body)), contentType, "http", Cancel);

    private Task<HttpIntakeResult> SendAsync(byte[] body, HttpIntakeOptions options) =>
        new HttpIntake(_intake, options, _clock).AcceptAsync(new MemoryStream(body), null, "http", Cancel);

    private async Task<List<string>> LoggedAsync() =>
        [.. (await _log.ReadAsync(0, -1, 1000, Cancel)).Select(entry => Encoding.UTF8.GetString(entry.Payload.Span))];

    private static string Event(int number) =>
        Encoding.UTF8.GetString(Some.LedgerTransactionJson(("id", number.ToString(CultureInfo.InvariantCulture))));

    private static string Layout(string layout, params string[] events)
    {
        for (var i = 0; i < events.Length; i++)
            layout = layout.Replace($"{{{i}}}", events[i], StringComparison.Ordinal);
        return layout;
    }
}
