using System.CommandLine;
using System.Text.Json;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary><c>throughput</c>: native records in memory, decoded, scored by every detector, ruled and correlated.</summary>
internal static class ThroughputCommand
{
    private static readonly JsonSerializerOptions Output = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        Option<int> events = new("--events") { Required = true, Description = "Events to process." };
        Option<int> actors = new("--actors") { Required = true, Description = "Actors among them, about." };
        Option<int> threads = new("--threads")
        {
            DefaultValueFactory = _ => 1,
            Description = "Engines side by side, each with its own share.",
        };
        Option<string?> rules = new("--rules") { Description = "Folder of written rules to run, too." };
        Option<bool> plain = new("--plain") { Description = "Also run the same statistics in dictionaries and doubles." };
        Option<bool> parts = new("--parts") { Description = "List what state each part keeps." };
        Option<bool> state = new("--state") { Description = "Save the first engine's state at the end and read it again." };
        Command command = new("throughput", "Events per second, bytes per actor, allocations per event.")
        {
            events, actors, threads, rules, plain, parts, state,
        };
        command.SetAction(parsed =>
        {
            var settings = new ThroughputSettings(
                parsed.GetValue(events), parsed.GetValue(actors), parsed.GetValue(threads), parsed.GetValue(plain),
                parsed.GetValue(parts), RulesIn(parsed.GetValue(rules)))
            {
                IsStateSaved = parsed.GetValue(state),
            };
            Console.WriteLine(JsonSerializer.Serialize(ThroughputRun.Measure(settings), Output));
        });
        return command;
    }

    private static StagedRules? RulesIn(string? folder) => folder is null ? null : StagedRules.Of(
        [.. Directory.EnumerateFiles(folder, "*.yml", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".test.yml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(file => SigmaLoader.Read(file, File.ReadAllText(file)))],
        new Dictionary<string, DetectorStage>());
}
