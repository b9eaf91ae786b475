using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Tests.Formats.Records;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Intake;

public sealed class SeveralEventsIntakeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly SqliteEventLog _log;
    private readonly SqliteDeadLetters _letters;
    private readonly EventIntake _intake;

    public SeveralEventsIntakeTests()
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

    [Fact]
    public async Task A_bundle_is_counted_by_its_events_and_its_bad_entries_keep_their_places()
    {
        var bundle = GoldenRecords.Bytes("fhir/bundle-of-one-query.json");

        var result = await _intake.AcceptAsync("s", [new(bundle, "f:1"), new(Some.LedgerTransactionJson(), "f:2")], Cancel);

        // Three reports of one search are one event and two repeats; four entries are none; the native record is one.
        Assert.Equal((8, 2, 2, 4), (result.Received, result.Accepted, result.Duplicates, result.DeadLettered.Count));
        Assert.Equal(
            ["f:1 Bundle.entry[3]", "f:1 Bundle.entry[4]", "f:1 Bundle.entry[5]", "f:1 Bundle.entry[6]"],
            result.DeadLettered.Select(letter => letter.Place));
        Assert.Equal(new SourceAccount("s", 8, 2, 2, 4, _clock.GetUtcNow(), null, null), Assert.Single(_intake.Accounts()));
        Assert.Equal(2, (await _log.ReadAsync(0, -1, 10, Cancel)).Count);
    }

    [Fact]
    public async Task A_record_that_is_sent_again_adds_nothing_but_duplicates()
    {
        foreach (var name in GoldenRecords.Names)
            await _intake.AcceptAsync("s", [new(GoldenRecords.Bytes(name), name)], Cancel);
        var end = await _log.EndOffsetAsync(0, Cancel);

        foreach (var name in GoldenRecords.Names)
        {
            var again = await _intake.AcceptAsync("s", [new(GoldenRecords.Bytes(name), name)], Cancel);
            Assert.Equal(0, again.Accepted);
            Assert.Equal(again.Received, again.Duplicates + again.DeadLettered.Count);
        }

        Assert.Equal(end, await _log.EndOffsetAsync(0, Cancel));
    }

    [Fact]
    public async Task What_is_in_the_log_is_native_and_can_be_scored()
    {
        foreach (var name in GoldenRecords.Names)
            await _intake.AcceptAsync("s", [new(GoldenRecords.Bytes(name), name)], Cancel);

        var decoder = new NativeEventDecoder();
        var entries = await _log.ReadAsync(0, -1, 1_000, Cancel);
        Assert.True(entries.Count > 40);
        Assert.All(entries, entry =>
            Assert.True(decoder.TryDecode(entry.Payload, new SentinelEvent(), out var rejection), rejection.Detail));
    }

    [Fact]
    public async Task The_answer_to_a_request_names_each_bad_entry_by_record_and_place()
    {
        var http = new HttpIntake(_intake, new HttpIntakeOptions(), _clock);
        var body = $"{Compact("fhir/patient-read.json")}\n{Compact("fhir/bundle-of-one-query.json")}\n{{\"a\":1}}\n";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body));

        var result = await http.AcceptAsync(stream, "application/x-ndjson", "s", Cancel);

        Assert.Equal((9L, 2L, 2L, 5L), (result.Received, result.Accepted, result.Duplicates, result.DeadLettered));
        Assert.Equal([1L, 1L, 1L, 1L, 2L], result.Rejections.Select(rejection => rejection.Index));
        Assert.StartsWith("Bundle.entry[3]: ", result.Rejections[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Bundle", result.Rejections[4].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_entry_can_be_replayed_alone_from_its_dead_letter()
    {
        await _intake.AcceptAsync("s", [new(GoldenRecords.Bytes("fhir/bundle-of-one-query.json"), "f:1")], Cancel);
        var letter = (await _letters.NewestAsync(10, Cancel)).Single(stored => stored.Letter.Place == "f:1 Bundle.entry[3]").Letter;
        var mended = GoldenRecords.Text(letter.Payload.ToArray()).Replace(
            "\"outcome\"", "\"recorded\":\"2026-11-21T09:00:00Z\",\"outcome\"", StringComparison.Ordinal);

        var result = await _intake.AcceptAsync("s", [new(Encoding.UTF8.GetBytes(mended), "replay")], Cancel);

        Assert.Equal((1, 1), (result.Received, result.Accepted));
    }

    [Fact]
    public async Task Each_event_of_a_record_has_the_order_key_of_its_own_actor()
    {
        var log = new KeyLog();
        var intake = new EventIntake(log, _letters, new NativeEventDecoder(), _clock);
        var actors = new[] { "actor:a", "actor:b", "actor:c", "actor:a" };
        var events = actors.Select((actor, i) => $$"""
            {"specversion":"1.0","id":"{{i}}","source":"s","type":"t","data":{{Encoding.UTF8.GetString(
                Some.LedgerTransactionJson(("id", $"e-{i}"), ("actor", actor)))}}}
            """);
        // The last one is no event: what it leaves behind must not become anybody's key.
        var batch = $"[{string.Join(',', events)},{{\"specversion\":\"1.0\"}}]";

        var result = await intake.AcceptAsync("s", [new(Encoding.UTF8.GetBytes(batch), "f:1")], Cancel);

        var expected = actors.Select(actor => KeyOf(actor)).ToList();
        Assert.Equal((5, 4, 1), (result.Received, result.Accepted, result.DeadLettered.Count));
        Assert.Equal(expected, log.Keys);
        Assert.Equal(3, expected.Distinct().Count());
    }

    private static ulong KeyOf(string actor)
    {
        var decoded = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(Some.LedgerTransactionJson(("actor", actor)), decoded, out _));
        return decoded.Key(TextField.Actor);
    }

    /// <summary>A log that only keeps what decides where a record goes.</summary>
    private sealed class KeyLog : IEventLog
    {
        public List<ulong> Keys { get; } = [];

        public IReadOnlyList<int> Partitions => [];

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
        {
            Keys.AddRange(batch.Select(envelope => envelope.OrderKey));
            return ValueTask.FromResult(new AppendResult(batch.Count, 0));
        }

        public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
            int partition, long afterOffset, int entriesMax, CancellationToken cancel) =>
            throw new NotSupportedException();

        public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
            throw new NotSupportedException();

        public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => throw new NotSupportedException();
    }

    private static string Compact(string name) =>
        System.Text.Json.Nodes.JsonNode.Parse(GoldenRecords.Bytes(name))!.ToJsonString();
}
