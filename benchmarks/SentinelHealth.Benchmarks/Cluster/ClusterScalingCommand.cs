using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>
/// The same log scored by one, two and four worker processes, each time from its beginning into an empty store: time, processor time an event,
/// and what moves when one more worker comes.
/// </summary>
internal static partial class ClusterScalingCommand
{
    private const int Partitions = 8;
    private static readonly int[] Fleets = [1, 2, 4];

    public static Command Create()
    {
        Option<int> events = new("--events") { DefaultValueFactory = _ => 200_000, Description = "Events in the log." };
        Command command = new("cluster-scaling", "Workers against throughput, and what a partition takes along.") { events };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(events), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int events, CancellationToken cancel)
    {
        await using var database = await PostgresServer.StartAsync();
        await using var cluster = await SentinelCluster.StartAsync(Partitions, database);
        await FillAsync(cluster, events);
        foreach (var fleet in Fleets)
            await MeasureAsync(cluster, database, events, fleet, cancel);
        return 0;
    }

    /// <summary>Through the product's own intake, which writes the copies that partitions need of each other.</summary>
    private static async Task FillAsync(SentinelCluster cluster, int events)
    {
        await using var ingest = cluster.Start("filler", "ingest", Store("filled"));
        await ingest.LineAsync("answers at");
        var simulator = new HospitalSimulator(new SimulationOptions
        {
            Seed = TestSeed.Default,
            EventsPerDay = events / 5,
            Days = 6,
            Attacks = ["none"],
        });
        foreach (var part in simulator.Events().Take(events).Select(item => Encoding.UTF8.GetString(item.Json)).Chunk(20_000))
            await cluster.FeedAsync("ledger.transactions", part);
        for (var (before, now) = (-1L, 0L); now != before || now < events;)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
            (before, now) = (now, ClusterLog.Entries(cluster, Partitions));
        }
        await ingest.StopAsync();
    }

    private static async Task MeasureAsync(
        SentinelCluster cluster, PostgresServer database, int events, int fleet, CancellationToken cancel)
    {
        var prefix = $"fleet{fleet}";
        var entries = ClusterLog.Entries(cluster, Partitions);
        var clock = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, fleet)
            .Select(number => cluster.Start($"{prefix}-{number}", "detect", Store(prefix))).ToList();
        while (await ScoredAsync(database, prefix) < entries)
        {
            cancel.ThrowIfCancellationRequested();
            await Task.Delay(100, cancel);
        }
        var (elapsed, processor) = (clock.Elapsed.TotalSeconds, workers.Sum(worker => worker.ProcessorTime.TotalSeconds));
        var memory = workers.Max(worker => worker.WorkingSetBytes);
        // One more comes: what it says about the partitions it got is what a move takes.
        await using var late = cluster.Start($"{prefix}-late", "detect", Store(prefix));
        await late.LineAsync("continues after offset");
        await Task.Delay(TimeSpan.FromSeconds(8), cancel);
        var idle = late.ProcessorTime.TotalSeconds;
        var moves = Move().Matches(late.Said).Select(match =>
            (Bytes: Number(match.Groups[1].Value), Again: Number(match.Groups[2].Value), Seconds: Number(match.Groups[3].Value)))
            .ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""
            {"workers":{{fleet}},"events":{{events}},"logEntries":{{entries}},"seconds":{{elapsed:0.0}},"eventsPerSecond":{{events / elapsed:0}},"processorMicrosecondsPerEvent":{{1e6 * (processor - (fleet * idle)) / events:0.0}},"startProcessorSeconds":{{idle:0.0}},"workerMegabytesMax":{{memory / 1e6:0}},"partitionsMoved":{{moves.Count}},"stateBytesMoved":{{moves.Select(move => move.Bytes).DefaultIfEmpty().Average():0}},"eventsReadAgain":{{moves.Select(move => move.Again).DefaultIfEmpty().Average():0}},"moveSecondsMax":{{moves.Select(move => move.Seconds).DefaultIfEmpty().Max():0.000}}}
            """));
        foreach (var worker in workers)
            await worker.StopAsync();
        await late.StopAsync();
    }

    private static (string, string)[] Store(string prefix) =>
        [("SENTINELHEALTH__Storage__Postgres__SchemaPrefix", prefix)];

    private static async Task<long> ScoredAsync(PostgresServer database, string prefix)
    {
        try
        {
            return Convert.ToInt64(
                await database.AskAsync($"""SELECT coalesce(sum("offset" + 1), 0) FROM {prefix}_cases.scored"""), CultureInfo.InvariantCulture);
        }
        catch (Npgsql.PostgresException)
        {
            // The first worker has not made its tables yet.
            return 0;
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"a snapshot of (\d+) bytes and (\d+) events read again, in ([0-9.]+) s")]
    private static partial Regex Move();
}
