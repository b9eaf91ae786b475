using SentinelHealth.Benchmarks.Conservation;
using System.CommandLine;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>
/// <c>kafka-worker</c>: one process of the conservation run. The product's own source, intake, log, pump and store; only the
/// detectors are replaced by a witness. It lives as long as its standard input, or until it is killed.
/// </summary>
internal static class KafkaWorkerCommand
{
    public static Command Create()
    {
        Option<string> brokers = new("--brokers") { Required = true, Description = "Bootstrap servers." };
        Option<string> store = new("--store") { Required = true, Description = "The case store that all workers share: a file, or a PostgreSQL server by the folder of its socket." };
        Option<string> data = new("--data") { Required = true, Description = "A folder of this worker alone." };
        Command command = new("kafka-worker", "One process of kafka-conservation.") { brokers, store, data };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(brokers), parsed.GetRequiredValue(store), parsed.GetRequiredValue(data), cancel));
        return command;
    }

    private static async Task RunAsync(string brokers, string storePath, string data, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var clock = TimeProvider.System;
        var connection = ConservationPlan.Connection(brokers);
        await using var log = await KafkaEventLog.OpenAsync(
            connection, new KafkaEventLogOptions(), clock, new StandardErrorLogger<KafkaEventLog>(), stop.Token);
        using var letters = SqliteDeadLetters.Open(new SqliteFile(Path.Combine(data, "letters.db")), new(), clock);
        using var store = SharedStore.Open(storePath);
        using var ledger = EmbeddedLedger.Open(data, new EmbeddedLedgerRules(), clock);
        using var monitor = new MeasuredMonitor(
            new MeasuredParts(log, letters, store, ledger, _ => new WitnessEngine()) { Release = log.Release });
        var source = new KafkaSource(connection, ConservationPlan.Source, clock, new StandardErrorLogger<KafkaSource>());
        var intake = new EventIntake(log, letters, new NativeEventDecoder(), clock);
        var running = Task.WhenAll(
            monitor.Pump.RunAsync(stop.Token), SourceFeed.RunAsync(source, intake, TimeSpan.FromMilliseconds(500), stop.Token));
        // The oracle holds the other end: when it is gone, so are its workers.
        await Task.Run(Console.In.ReadToEnd, CancellationToken.None);
        await stop.CancelAsync();
        await running;
    }
}
