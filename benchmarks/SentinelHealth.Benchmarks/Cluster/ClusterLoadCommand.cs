using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>
/// The product as a cluster of real processes under load: what some workers score at most, what an event costs them, and whether a load
/// that lasts lets anything grow.
/// </summary>
internal static class ClusterLoadCommand
{
    private const int Partitions = 8;
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        Option<int> workers = new("--workers") { DefaultValueFactory = _ => 2, Description = "Processes that take in and score." };
        Option<double> minutes = new("--minutes") { DefaultValueFactory = _ => 2, Description = "How long to measure." };
        Option<double> warm = new("--warm") { DefaultValueFactory = _ => 1, Description = "Minutes before it." };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 0, Description = "Events fed a second; 0 for as many as are scored." };
        Option<int> actors = new("--actors") { DefaultValueFactory = _ => 8_000, Description = "People in the networks, about." };
        Command command = new("cluster-load", "A cluster of real processes under load.") { workers, minutes, warm, rate, actors };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(workers), TimeSpan.FromMinutes(parsed.GetValue(warm)), TimeSpan.FromMinutes(parsed.GetValue(minutes)),
            new LoadPlan(parsed.GetValue(rate), parsed.GetValue(actors), Partitions), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int workers, TimeSpan warm, TimeSpan measured, LoadPlan plan, CancellationToken cancel)
    {
        await using var database = await PostgresServer.StartAsync(isLasting: true);
        await using var cluster = await SentinelCluster.StartAsync(Partitions, database, new AnvilOptions { BlockTimeSeconds = 1 });
        var processes = Start(cluster, workers);
        foreach (var process in processes.Values)
            await process.LineAsync("answers at");
        using var feed = new LoadFeed(cluster, plan);
        await using var gauge = new LoadGauge(database, $"{cluster.StoreOptions.SchemaPrefix}_cases", processes, feed);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var feeding = Task.Factory.StartNew(() => feed.Run(() => gauge.Scored, stop.Token), TaskCreationOptions.LongRunning);
        var samples = new List<LoadSample>();
        var running = Stopwatch.StartNew();
        try
        {
            while (running.Elapsed < warm + measured)
            {
                await Task.Delay(TellEvery, cancel);
                if (!feed.IsFounded)
                    running.Restart();
                samples.Add(gauge.Sample(running.Elapsed, feed));
                Console.Error.WriteLine($"{running.Elapsed:mm\\:ss} {TextOf(samples)}");
                if (processes.FirstOrDefault(process => process.Value.HasExited) is { Key: not null } gone)
                    throw new InvalidOperationException($"{gone.Key} has ended.\n{gone.Value.Said}");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await feeding;
        }
        Console.WriteLine("alerts: " + await database.AskAsync($"SELECT string_agg(source || ' ' || n, ', ') FROM (SELECT source, count(*) AS n FROM {cluster.StoreOptions.SchemaPrefix}_cases.alert GROUP BY source ORDER BY 2 DESC LIMIT 12) AS found"));
        foreach (var line in new LoadFigures([.. samples.SkipWhile(sample => sample.At < warm)], gauge.DelaysSeconds, feed.Intruders).Lines())
            Console.WriteLine(line);
        return 0;
    }

    private static Dictionary<string, SentinelProcess> Start(SentinelCluster cluster, int workers)
    {
        var processes = new Dictionary<string, SentinelProcess> { ["desk"] = cluster.Start("desk", "respond,dashboard") };
        for (var number = 1; number <= workers; number++)
            processes[$"worker-{number}"] = cluster.Start($"worker-{number}", "ingest,detect");
        return processes;
    }

    private static string TextOf(List<LoadSample> samples)
    {
        var (now, before) = (samples[^1], samples.Count > 1 ? samples[^2] : null);
        var rate = before is null ? now.Scored / now.At.TotalSeconds : (now.Scored - before.Scored) / (now.At - before.At).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{now.Fed:#,0} fed, {now.Scored:#,0} scored, {rate:#,0}/s, {now.Lag:#,0} on their way; MB: {string.Join(' ', now.WorkingSets.Select(pair => $"{pair.Key} {pair.Value >> 20}"))}");
    }
}
