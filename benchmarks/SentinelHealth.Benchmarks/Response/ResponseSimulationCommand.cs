using System.CommandLine;
using System.Diagnostics;
using SentinelHealth.Testing.Simulated;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>Runs the simulator of the response core over many seeds, or one seed with everything it does.</summary>
internal static class ResponseSimulationCommand
{
    private const int ShownMax = 5;

    public static Command Create()
    {
        Option<int> seeds =
            new("--seeds") { DefaultValueFactory = _ => 10_000, Description = "How many seeds, from --first on." };
        Option<int> first = new("--first") { DefaultValueFactory = _ => 1, Description = "The first seed." };
        Option<int?> seed = new("--seed") { Description = "One seed only, with everything that happens in it." };
        Option<Breakage> breakage = new("--break") { Description = "What to break in the program, to see that it is noticed." };
        Option<int?> departures =
            new("--explore") { Description = "Instead: every run of one action with at most so many departures, 0 to 3." };
        Command command = new("response-simulation", "Looks for violations of I2 and I3 in simulated worlds.")
        {
            seeds, first, seed, breakage, departures,
        };
        command.SetAction(parsed => (parsed.GetValue(seed), parsed.GetValue(departures)) switch
        {
            ({ } one, _) => Replay(one, parsed.GetValue(breakage)),
            (_, { } most) => Explore(most, parsed.GetValue(breakage)),
            _ => Search(parsed.GetValue(first), parsed.GetValue(seeds), parsed.GetValue(breakage)),
        });
        return command;
    }

    private static int Replay(int seed, Breakage breakage)
    {
        var outcome = ResponseSimulation.Run(seed, breakage, keepsTrace: true);
        foreach (var line in outcome.Trace)
            Console.WriteLine(line);
        foreach (var violation in outcome.Violations)
            Console.WriteLine($"VIOLATION {violation}");
        Console.WriteLine($"{{\"seed\":{seed},\"violations\":{outcome.Violations.Count},\"trace\":\"{outcome.TraceHash}\"}}");
        return outcome.Violations.Count == 0 ? 0 : 1;
    }

    private static int Explore(int departuresMax, Breakage breakage)
    {
        var started = Stopwatch.StartNew();
        var outcome = ResponseExploration.Explore(departuresMax, breakage);
        foreach (var found in outcome.Violations.Take(ShownMax))
            Console.WriteLine($"departures {found.Departures}: {found.Violation}");
        Console.WriteLine($$"""
            {"departuresMax":{{departuresMax}},"runs":{{outcome.Runs}},"violations":{{outcome.Violations.Count}},"situations":{{outcome.Situations}},"transitions":{{outcome.Transitions.Count}},"seconds":{{started.Elapsed.TotalSeconds:0.0}}}
            """);
        return outcome.Violations.Count == 0 ? 0 : 1;
    }

    private static int Search(int first, int seeds, Breakage breakage)
    {
        var started = Stopwatch.StartNew();
        var (violating, effects, crashes) = (new List<int>(), 0L, 0L);
        for (var seed = first; seed < first + seeds; seed++)
        {
            var outcome = ResponseSimulation.Run(seed, breakage);
            (effects, crashes) = (effects + outcome.Effects, crashes + outcome.Crashes);
            if (outcome.Violations.Count == 0)
                continue;
            if (violating.Count < ShownMax)
                Console.WriteLine($"seed {seed}: {outcome.Violations[0]}  (again: response-simulation --seed {seed} --break {breakage})");
            violating.Add(seed);
        }
        Console.WriteLine($$"""
            {"seeds":{{seeds}},"broken":"{{breakage}}","violatingSeeds":{{violating.Count}},"firstViolatingSeed":{{(violating.Count == 0 ? "null" : violating[0])}},"containments":{{effects}},"crashes":{{crashes}},"seconds":{{started.Elapsed.TotalSeconds:0.0}}}
            """);
        return violating.Count == 0 ? 0 : 1;
    }
}
