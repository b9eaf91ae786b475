using System.CommandLine;
using System.Diagnostics;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>
/// The product as a cluster of real processes on real parts, with a fault every few seconds, judged from outside: the log's own content, the
/// database's tables, the chain's events and the evidence log.
/// </summary>
internal static class ClusterChaosCommand
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(15);

    public static Command Create()
    {
        Option<double> minutes = new("--minutes") { DefaultValueFactory = _ => 30, Description = "How long faults go on." };
        Option<double> every = new("--every") { DefaultValueFactory = _ => 10, Description = "Seconds between faults." };
        Option<int> rate = new("--rate") { DefaultValueFactory = _ => 60, Description = "Events fed a second." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => TestSeed.Default, Description = "Which faults, in which order." };
        Command command = new("cluster-chaos", "A cluster of real processes under faults.") { minutes, every, rate, seed };
        command.SetAction((parsed, cancel) => RunAsync(
            TimeSpan.FromMinutes(parsed.GetValue(minutes)), TimeSpan.FromSeconds(parsed.GetValue(every)), parsed.GetValue(rate),
            parsed.GetValue(seed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan duration, TimeSpan every, int rate, int seed, CancellationToken cancel)
    {
        await using var site = await ChaosSite.StartAsync();
        using var log = new LogContent(site.Cluster, ChaosSite.Partitions);
        using var feed = new ClusterFeed(site.Cluster, rate, seed);
        var faults = new ClusterFaults(site, new Random(seed));
        var started = Stopwatch.StartNew();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var feeding = feed.RunAsync(duration, stop.Token);
        while (started.Elapsed < duration)
        {
            var next = started.Elapsed + every;
            await faults.InflictAsync(cancel);
            Tell(started.Elapsed, $"{feed.FedCount:#,0} fed, {faults.Count} faults, the last: {faults.Last}");
            if (next > started.Elapsed)
                await Task.Delay(next - started.Elapsed, cancel);
        }
        await feeding;
        await site.HealAsync(cancel);
        var oracle = new ClusterOracle(site, feed, log);
        var settling = Stopwatch.StartNew();
        while (await oracle.WhatWaitsAsync(cancel) is { Length: > 0 } waits && settling.Elapsed < SettleLimit)
        {
            Tell(started.Elapsed, waits);
            await Task.Delay(TimeSpan.FromSeconds(5), cancel);
        }
        var verdict = await oracle.JudgeAsync(cancel);
        Console.WriteLine($"{faults.Count} faults: {faults.Tally}; snapshots corrupted {faults.SnapshotsCorrupted}; started again by the supervisor {faults.Supervised}; batches fed again {feed.Repeats}.");
        foreach (var line in verdict.Lines)
            Console.WriteLine(line);
        Console.WriteLine($"{(verdict.IsKept ? "KEPT" : "BROKEN")} in {started.Elapsed.TotalSeconds:0} s, seed {seed}.");
        return verdict.IsKept ? 0 : 1;
    }

    private static void Tell(TimeSpan at, string what) => Console.Error.WriteLine($"{at:mm\\:ss} {what}");
}
