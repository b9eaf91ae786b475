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
            new LoadPlan
            {
                Workers = parsed.GetValue(workers),
                Warm = TimeSpan.FromMinutes(parsed.GetValue(warm)),
                Measured = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Rate = parsed.GetValue(rate),
                Actors = parsed.GetValue(actors),
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(LoadPlan plan, CancellationToken cancel)
    {
        await using var database = await PostgresServer.StartAsync(isLasting: true);
        await using var cluster = await SentinelCluster.StartAsync(
            LoadPlan.Partitions, database, new AnvilOptions { BlockTimeSeconds = 1 });
        var processes = Start(cluster, plan.Workers);
        foreach (var process in processes.Values)
            await process.LineAsync("answers at");
        var schema = $"{cluster.StoreOptions.SchemaPrefix}_cases";
        using var feed = new LoadFeed(cluster, plan);
        await using var gauge = new LoadGauge(database, schema, processes, feed);
        var samples = await SampleAsync(plan, feed, gauge, processes, cancel);
        foreach (var line in new LoadFigures(samples, gauge.DelaysSeconds, feed.Intruders).Lines())
            Console.WriteLine(line);
        Console.WriteLine("alerts: " + await database.AskAsync($"""
            SELECT string_agg(source || ' ' || found, ', ') FROM (
                SELECT source, count(*) AS found FROM {schema}.alert GROUP BY source ORDER BY found DESC LIMIT 12) AS sources
            """));
        return 0;
    }

    private static async Task<IReadOnlyList<LoadSample>> SampleAsync(
        LoadPlan plan, LoadFeed feed, LoadGauge gauge, Dictionary<string, SentinelProcess> processes, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var feeding = Task.Factory.StartNew(() => feed.Run(() => gauge.Scored, stop.Token), TaskCreationOptions.LongRunning);
        var (samples, running) = (new List<LoadSample>(), Stopwatch.StartNew());
        try
        {
            while (running.Elapsed < plan.Warm + plan.Measured)
            {
                await Task.Delay(TellEvery, cancel);
                if (!feed.IsFounded)
                    running.Restart();
                samples.Add(gauge.Sample(running.Elapsed, feed));
                Tell(samples);
                if (processes.FirstOrDefault(process => process.Value.HasExited) is { Key: not null } gone)
                    throw new InvalidOperationException($"{gone.Key} has ended.\n{gone.Value.Said}");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await feeding;
        }
        return [.. samples.SkipWhile(sample => sample.At < plan.Warm)];
    }

    private static Dictionary<string, SentinelProcess> Start(SentinelCluster cluster, int workers)
    {
        var processes = new Dictionary<string, SentinelProcess> { ["desk"] = cluster.Start("desk", "respond,dashboard") };
        for (var number = 1; number <= workers; number++)
            processes[$"worker-{number}"] = cluster.Start($"worker-{number}", "ingest,detect");
        return processes;
    }

    private static void Tell(List<LoadSample> samples)
    {
        var (now, before) = (samples[^1], samples.Count > 1 ? samples[^2] : null);
        var scored = (now.Scored - (before?.Scored ?? 0)) / TellEvery.TotalSeconds;
        var memory = string.Join(' ', now.WorkingSets.Select(pair => $"{pair.Key} {pair.Value >> 20}"));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{now.At:mm\\:ss} {now.Fed:#,0} fed, {now.Scored:#,0} scored, {scored:#,0}/s, {now.Lag:#,0} on their way; MB: {memory}"));
    }
}
