using System.CommandLine;
using System.Diagnostics;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary><c>conservation</c>: whether a source loses, doubles or reorders anything while the process is killed at random moments.</summary>
internal static class ConservationCommand
{
    private static readonly string[] Sources = ["http", "file", "ledger"];

    public static Command Create()
    {
        Option<string> source = new("--source") { Required = true, Description = $"One of {string.Join(", ", Sources)}." };
        source.AcceptOnlyFromAmong(Sources);
        Option<int> kills = new("--kills") { DefaultValueFactory = _ => 50, Description = "SIGKILLs, or rounds for the ledger." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => TestSeed.Default, Description = "Decides when and what." };
        Command command = new("conservation", "A source under kill -9 at random moments: lost, twice, out of order.") { source, kills, seed };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(source), parsed.GetValue(kills), parsed.GetValue(seed)));
        return command;
    }

    private static async Task<int> RunAsync(string source, int kills, int seed)
    {
        Console.WriteLine($"source {source}, seed {seed}, {kills} kills");
        using var folder = new TemporaryFolder();
        var clock = Stopwatch.StartNew();
        var isKept = source == "ledger"
            ? await RunLedgerAsync(folder, kills, seed) : await RunFeedAsync(source, folder, kills, seed);
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s");
        Console.WriteLine(isKept ? "KEPT" : "BROKEN");
        return isKept ? 0 : 1;
    }

    private static async Task<bool> RunFeedAsync(string source, TemporaryFolder folder, int kills, int seed)
    {
        var path = folder.File("input.ndjson");
        using var worker = new WorkerProcess("--source", source, "--data", folder.Path, "--from", path);
        IFeed feed = source == "http" ? new HttpFeed(worker, seed) : new FileFeed(path, seed);
        using var feedEnds = (IDisposable)feed;
        using var run = new SourceConservationRun(folder.Path, worker, feed, seed);
        var verdict = await run.RunAsync(kills);
        var events = verdict.Events;
        Console.WriteLine($"killed {worker.Kills} times, {run.KillsUnderWay} of them with events under way; {feed.Account}");
        Console.WriteLine($"fed {events.Fed}, stored {verdict.Stored}, scored {events.Scored}, lost {events.Lost}, scored twice {events.ScoredTwice}, "
            + $"out of order {events.OutOfOrder}, foreign {events.Foreign}, refused {verdict.DeadLetters}");
        return verdict.IsKept;
    }

    private static async Task<bool> RunLedgerAsync(TemporaryFolder folder, int rounds, int seed)
    {
        await using var run = await LedgerConservationRun.StartAsync(folder.Path, seed);
        var verdict = await run.RunAsync(rounds);
        Console.WriteLine(run.Account);
        Console.WriteLine($"in the ledger {verdict.Canonical}, lost {verdict.Lost}, scored {verdict.Scored} events, scored twice {verdict.ScoredTwice}, "
            + $"replaced {verdict.Replaced}, foreign {verdict.Foreign}, reorganizations told {verdict.Told}, at least {run.MustBeTold} due");
        return verdict.IsKept && verdict.Told >= run.MustBeTold;
    }
}
