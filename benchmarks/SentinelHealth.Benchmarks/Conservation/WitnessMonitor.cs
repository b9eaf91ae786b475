using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>
/// The product's own embedded log, intake, pump and store in a folder of their own; only the detectors are replaced, by a witness that
/// leaves one durable alert for each event it scores.
/// </summary>
internal sealed class WitnessMonitor : IAsyncDisposable
{
    public const string StoreFile = "cases.db", LogFile = "events.db", LettersFile = "letters.db";

    private readonly SqliteEventLog _log;
    private readonly SqliteDeadLetters _letters;
    private readonly CaseStore _store;
    private readonly EmbeddedLedger _ledger;
    private readonly MeasuredMonitor _monitor;

    public WitnessMonitor(string data)
    {
        var clock = TimeProvider.System;
        _log = SqliteEventLog.Open(new SqliteFile(Path.Combine(data, LogFile)), new SqliteEventLogOptions(), clock);
        _letters = SqliteDeadLetters.Open(new SqliteFile(Path.Combine(data, LettersFile)), new(), clock);
        _store = SqliteCaseStore.Open(Path.Combine(data, StoreFile));
        _ledger = EmbeddedLedger.Open(data, new EmbeddedLedgerRules(), clock);
        _monitor = new MeasuredMonitor(new MeasuredParts(_log, _letters, _store, _ledger, _ => new WitnessEngine())
        {
            Release = (_, offset) => _log.Release(offset),
        });
        Intake = new EventIntake(_log, _letters, new NativeEventDecoder(), clock);
    }

    public EventIntake Intake { get; }

    /// <summary>Scores until stopped.</summary>
    public Task PumpAsync(CancellationToken stop) => _monitor.Pump.RunAsync(stop);

    /// <summary>Runs a source until stopped; one that fails is run again, as the product does.</summary>
    public Task FeedAsync(ISource source, CancellationToken stop) =>
        SourceFeed.RunAsync(source, Intake, TimeSpan.FromMilliseconds(100), stop);

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _monitor.Dispose();
        _ledger.Dispose();
        _store.Dispose();
        _letters.Dispose();
    }
}
