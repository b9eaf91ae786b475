using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Benchmarks.Fuzzing;

/// <summary><c>fuzz</c>: throws mutated inputs at one decoder and fails on an exception, a slow input or one that takes too much memory.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        Option<string> decoder = new("--decoder") { Required = true, Description = $"One of {string.Join(", ", FuzzTarget.Names)}." };
        Option<double> minutes = new("--minutes") { DefaultValueFactory = _ => 5, Description = "How long." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => 1, Description = "The same seed gives the same inputs." };
        Option<string> seeds = new("--seeds") { Required = true, Description = "Folder of inputs to start from, read with its subfolders." };
        Option<string?> keep = new("--keep") { Description = "Folder for inputs that went a new way." };
        Command command = new("fuzz", "Mutated inputs against one decoder.") { decoder, minutes, seed, seeds, keep };
        command.SetAction(parsed =>
        {
            var run = new FuzzRun(
                FuzzTarget.Of(parsed.GetRequiredValue(decoder)), parsed.GetRequiredValue(seeds), parsed.GetValue(keep),
                parsed.GetValue(seed));
            var outcome = run.Run(TimeSpan.FromMinutes(parsed.GetValue(minutes)));
            Console.WriteLine(JsonSerializer.Serialize(outcome, JsonSerializerOptions.Web));
            if (outcome.Finding is not null)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Decoder}: {outcome.Finding}"));
            return outcome.Finding is null ? 0 : 1;
        });
        return command;
    }
}
