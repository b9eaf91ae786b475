using System.CommandLine;
using System.Globalization;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Calibration;

/// <summary><c>guarantee</c>: holds what calibration promises against exchangeable replays of simulated networks.</summary>
internal static class GuaranteeCommand
{
    public static Command Create()
    {
        Option<int> seeds = new("--seeds") { DefaultValueFactory = _ => 20, Description = "Networks to simulate." };
        Option<double> days = new("--days") { DefaultValueFactory = _ => 14, Description = "Days of each." };
        Option<int> perDay = new("--events-per-day") { DefaultValueFactory = _ => 10_000, Description = "Mean events a day of each." };
        Option<double> factor = new("--factor") { DefaultValueFactory = _ => 1.5, Description = "By which evidence rises in the changed replays." };
        Command command = new("guarantee", "False discovery shares on exchangeable replays, and when a change is noticed.")
            { seeds, days, perDay, factor };
        command.SetAction(parsed => Report(
            parsed.GetValue(seeds), parsed.GetValue(days), parsed.GetValue(perDay), parsed.GetValue(factor)));
        return command;
    }

    private static void Report(int seeds, double days, int perDay, double factor)
    {
        Print($"Configured rate {new DetectionOptions().FalseDiscoveryRate:0.00}; evidence rises by {factor - 1:P0} at half of the changed replay.");
        Print($"| seed | actor-hours | false share, mean of days | true | false | called changed | change noticed after hours | as simulated: true | false | promise |");
        Print($"|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        List<(ExchangeableReplay Same, ExchangeableReplay Changed, SimulatedHours Simulated)> all = [];
        for (var seed = 1; seed <= seeds; seed++)
        {
            var simulated = SimulatedHours.Run(new SimulationOptions { Seed = seed, Days = days, EventsPerDay = perDay });
            var same = ExchangeableReplay.Of(simulated.Hours, seed, factor: 1);
            var changed = ExchangeableReplay.Of(simulated.Hours, seed, factor);
            all.Add((same, changed, simulated));
            var calibration = simulated.Status.Calibration;
            Print($"| {seed} | {simulated.Hours.Count} | {same.FalseShare:0.000} | {same.TrueCount} | {same.FalseCount} | {same.RiseCount} | {Noticed(changed)} | {simulated.Discoveries.True} | {simulated.Discoveries.False} | {(calibration.RiseCount == 0 ? "held" : FormattableString.Invariant($"off {calibration.RiseCount} times"))} |");
        }
        var (isTrue, isFalse) = (all.Sum(run => run.Same.TrueCount), all.Sum(run => run.Same.FalseCount));
        Print($"| all | {all.Sum(run => run.Simulated.Hours.Count)} | {all.Average(run => run.Same.FalseShare):0.000} | {isTrue} | {isFalse} | {all.Sum(run => run.Same.RiseCount)} | {all.Count(run => run.Changed.NoticedAfter is not null)} of {seeds} | {all.Sum(run => run.Simulated.Discoveries.True)} | {all.Sum(run => run.Simulated.Discoveries.False)} | |");
    }

    private static string Noticed(ExchangeableReplay changed) =>
        changed.NoticedAfter is { } hours ? hours.ToString("0", CultureInfo.InvariantCulture) : "not";

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
