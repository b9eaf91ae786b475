using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Testing.Simulated.Whole;

namespace SentinelHealth.Benchmarks.Response;

/// <summary><c>system-simulation</c>: runs the simulator of the whole system over many seeds, or one seed with everything it does.</summary>
internal static class SystemSimulationCommand
{
    private const int ShownMax = 5;

    public static Command Create()
    {
        Option<int> seeds = new("--seeds") { DefaultValueFactory = _ => 20_000, Description = "How many seeds, from --first on." };
        Option<int> first = new("--first") { DefaultValueFactory = _ => 1, Description = "The first seed." };
        Option<int> threads = new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount, Description = "Runs at once." };
        Option<int?> seed = new("--seed") { Description = "One seed only, with everything that happens in it." };
        Option<WholeBreakage> breakage = new("--break") { Description = "What to break in the program, to see that it is noticed." };
        Command command = new("system-simulation", "Looks for violations of I1 to I7 in simulated worlds.") { seeds, first, threads, seed, breakage };
        command.SetAction((parsed, cancel) => Task.FromResult(parsed.GetValue(seed) is { } one
            ? Replay(one, parsed.GetValue(breakage))
            : Search(
                Enumerable.Range(parsed.GetValue(first), parsed.GetValue(seeds)), parsed.GetValue(threads),
                parsed.GetValue(breakage), cancel)));
        return command;
    }

    private static int Replay(int seed, WholeBreakage breakage)
    {
        var run = WholeSimulation.Run(seed, breakage, keepsTrace: true);
        foreach (var line in run.Trace)
            Console.WriteLine(line);
        foreach (var violation in run.Violations)
            Console.WriteLine($"VIOLATION {violation}");
        Console.WriteLine($"{{\"seed\":{seed},\"violations\":{run.Violations.Count},\"trace\":\"{run.TraceHash}\"}}");
        return run.Violations.Count == 0 ? 0 : 1;
    }

    private static int Search(IEnumerable<int> seeds, int threads, WholeBreakage breakage, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        var (violating, traces, gate) = (new ConcurrentBag<int>(), new SortedDictionary<int, string>(), new Lock());
        var (runs, events, alerts, effects, deaths) = (0, 0L, 0L, 0L, 0L);
        try
        {
            Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, seed =>
            {
                var run = WholeSimulation.Run(seed, breakage, keepsTrace: true);
                lock (gate)
                {
                    traces[seed] = run.TraceHash;
                    (runs, events, alerts, effects, deaths) =
                        (runs + 1, events + run.Events, alerts + run.Alerts, effects + run.Effects, deaths + run.Deaths);
                    if (run.Violations.Count > 0 && violating.Count < ShownMax)
                        Console.WriteLine($"seed {seed}: {run.Violations[0]}  (again: system-simulation --seed {seed} --break {breakage})");
                    if (run.Violations.Count > 0)
                        violating.Add(seed);
                    if (!Console.IsErrorRedirected)
                        Console.Error.Write($"\r{runs} runs, {violating.Count} violating, {started.Elapsed.TotalSeconds:0} s ");
                }
            });
        }
        catch (OperationCanceledException)
        {
            // What was run until then is told all the same.
        }
        Console.WriteLine($$"""
            {"seeds":{{runs}},"broken":"{{breakage}}","violatingSeeds":{{violating.Count}},"events":{{events}},"alerts":{{alerts}},"containments":{{effects}},"deaths":{{deaths}},"traces":"{{HashOf(traces)}}","seconds":{{started.Elapsed.TotalSeconds:0.0}}}
            """);
        return violating.IsEmpty ? 0 : 1;
    }

    /// <summary>Of everything that happened in all runs: another machine that runs the same seeds must come to the same.</summary>
    private static string HashOf(SortedDictionary<int, string> traces) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', traces.Values))).AsSpan(0, 8));
}
