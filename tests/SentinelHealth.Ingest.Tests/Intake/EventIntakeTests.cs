using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Intake;

public sealed class EventIntakeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly SqliteEventLog _log;
    private readonly SqliteDeadLetters _letters;
    private readonly EventIntake _intake;

    public EventIntakeTests()
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
    public async Task Good_records_go_to_the_log_and_bad_ones_to_the_dead_letters()
    {
        var good = Some.LedgerTransactionJson(("id", "good"));
        var bad = Encoding.UTF8.GetBytes("{\"half\":");

        var result = await _intake.AcceptAsync("s", [new(good, "f:1"), new(bad, "f:2"), new(good, "f:3")], Cancel);

        Assert.Equal((3, 1, 1, 1), (result.Received, result.Accepted, result.Duplicates, result.DeadLettered.Count));
        Assert.Equal(good, Assert.Single(await _log.ReadAsync(0, -1, 10, Cancel)).Payload.ToArray());
        var letter = Assert.Single(await _letters.NewestAsync(10, Cancel)).Letter;
        Assert.Equal(("s", "f:2", RejectionReason.NotJson), (letter.Source, letter.Place, letter.Rejection.Reason));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bad)), letter.PayloadSha256);
    }

    [Fact]
    public async Task A_record_its_source_refused_goes_to_the_dead_letters_undecoded()
    {
        var refused = new RefusedRecord(new Rejection(RejectionReason.TooLarge, "Too long.", -1), 5_000_000, "digest");

        await _intake.AcceptAsync("s", [new(Some.LedgerTransactionJson(), "f:1") { Refused = refused }], Cancel);

        var letter = Assert.Single(await _letters.NewestAsync(10, Cancel)).Letter;
        Assert.Equal(RejectionReason.TooLarge, letter.Rejection.Reason);
        Assert.Equal((5_000_000L, "digest"), (letter.PayloadBytes, letter.PayloadSha256));
        Assert.Equal(-1, await _log.EndOffsetAsync(0, Cancel));
    }

    [Fact]
    public async Task Every_source_has_an_account_that_balances()
    {
        var record = Some.LedgerTransactionJson();
        await _intake.AcceptAsync("b", [new(record, "1"), new(record, "2"), new(new byte[1], "3")], Cancel);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _intake.AcceptAsync("a", [new(record, "1")], Cancel);
        _intake.ReportFault("a", "The broker is away.");

        var accounts = _intake.Accounts();

        Assert.Equal(
            [
                new SourceAccount("a", 1, 1, 0, 0, _clock.GetUtcNow(), "The broker is away.", _clock.GetUtcNow()),
                new SourceAccount("b", 3, 1, 1, 1, _clock.GetUtcNow().AddMinutes(-1), null, null),
            ],
            accounts);
    }

    [Fact]
    public async Task A_batch_that_could_not_be_stored_is_not_booked_and_may_be_repeated()
    {
        var letters = new FailingDeadLetters(_letters);
        var intake = new EventIntake(_log, letters, new NativeEventDecoder(), _clock);
        SourceRecord[] batch = [new(Some.LedgerTransactionJson(), "1"), new(new byte[1], "2")];

        await Assert.ThrowsAsync<IOException>(async () => await intake.AcceptAsync("s", batch, Cancel));
        Assert.Equal(0, Assert.Single(intake.Accounts()).Received);
        Assert.Contains("disk", Assert.Single(intake.Accounts()).LastFault, StringComparison.Ordinal);

        var result = await intake.AcceptAsync("s", batch, Cancel);
        Assert.Equal((0, 1, 1), (result.Accepted, result.Duplicates, result.DeadLettered.Count));
        Assert.Single(await _log.ReadAsync(0, -1, 10, Cancel));
        Assert.Equal(1, await _letters.CountAsync(Cancel));
    }

    [Fact]
    public async Task A_log_that_does_not_account_for_every_record_is_a_fault()
    {
        var intake = new EventIntake(new ForgetfulLog(), _letters, new NativeEventDecoder(), _clock);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await intake.AcceptAsync("s", [new(Some.LedgerTransactionJson(), "1")], Cancel));

        Assert.Contains("I1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_meters_balance_too()
    {
        var source = $"metered-{_folder.Path}";
        var sums = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == EventIntake.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new("source", source)))
                sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
        });
        listener.Start();

        var record = Some.LedgerTransactionJson();
        SourceRecord[] batch = [new(record, "1"), new(record, "2"), new(new byte[1], "3"), new(new byte[2], "4")];
        await _intake.AcceptAsync(source, batch, Cancel);

        Assert.Equal((4, 1), (sums["sentinel.ingest.received"], sums["sentinel.ingest.sent"]));
        Assert.Equal((1, 2), (sums["sentinel.ingest.dropped"], sums["sentinel.ingest.failed"]));
    }

    [Fact]
    public async Task Sources_beyond_the_bound_share_one_account()
    {
        for (var n = 0; n < IntakeAccounts.SourcesMax + 5; n++)
            await _intake.AcceptAsync($"s{n}", [], Cancel);
        await _intake.AcceptAsync("one more", [new(new byte[1], "1")], Cancel);

        Assert.Equal(IntakeAccounts.SourcesMax + 1, _intake.Accounts().Count);
        Assert.Equal(1, _intake.Accounts().Single(a => a.Name == IntakeAccounts.Others).DeadLettered);
    }

    private sealed class FailingDeadLetters(IDeadLetters inner) : IDeadLetters
    {
        private bool _hasFailed;

        public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel)
        {
            if (_hasFailed)
                return inner.AppendAsync(batch, cancel);
            _hasFailed = true;
            throw new IOException("The disk is full.");
        }

        public ValueTask<long> CountAsync(CancellationToken cancel) => inner.CountAsync(cancel);

        public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) =>
            inner.NewestAsync(lettersMax, cancel);
    }

    private sealed class ForgetfulLog : IEventLog
    {
        public IReadOnlyList<int> Partitions => [0];

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel) => default;

        public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => new(-1);

        public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
            int partition, long afterOffset, int entriesMax, CancellationToken cancel) => new(Array.Empty<LogEntry>());

        public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) => default;
    }
}
