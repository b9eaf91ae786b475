using System.CommandLine;
using System.Globalization;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>simulate</c>: a hospital network's events and their ground truth.</summary>
internal static class SimulateCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var output = new Option<string>("--out") { Description = "Where the events go, NDJSON; - is standard output.", Required = true };
        var labels = new Option<string>("--labels") { Description = "Where the ground truth goes, NDJSON.", Required = true };
        var oddities = new Option<string?>("--oddities")
        {
            Description = "Where the unusual but honest events go, NDJSON. Default: nowhere.",
        };
        var seed = new Option<int>("--seed") { Description = "Chooses the world. Default 1.", DefaultValueFactory = _ => 1 };
        var days = new Option<double>("--days") { Description = "How long. Default 14.", DefaultValueFactory = _ => 14 };
        var perDay = new Option<int>("--events-per-day") { Description = "How busy. Default 20000.", DefaultValueFactory = _ => 20_000 };
        var attacks = new Option<string>("--attacks")
        {
            Description = $"all, none, or names with commas: {string.Join(", ", AttackCatalog.All.Select(attack => attack.Name))}.",
            DefaultValueFactory = _ => "all",
        };
        var command = new Command("simulate", "Writes the events of a simulated hospital network and their ground truth.")
            { output, labels, oddities, seed, days, perDay, attacks };
        command.SetAction((parsed, cancel) => RunAsync(
            surroundings, (parsed.GetRequiredValue(output), parsed.GetRequiredValue(labels), parsed.GetValue(oddities)),
            new SimulationOptions
            {
                Seed = parsed.GetValue(seed),
                Days = parsed.GetValue(days),
                EventsPerDay = parsed.GetValue(perDay),
                Attacks = NamesIn(parsed.GetRequiredValue(attacks)),
            }, cancel));
        return command;
    }

    private static string[] NamesIn(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? names
            : throw new UsageException("--attacks needs all, none or names.");

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, (string Output, string Labels, string? Oddities) paths,
        SimulationOptions options, CancellationToken cancel)
    {
        if (options.Fault() is { } fault)
            throw new UsageException(fault);
        if (new[] { paths.Output, paths.Labels, paths.Oddities }.Count(path => path == "-") > 1)
            throw new UsageException("Only one of events, labels and oddities can go to standard output.");
        var files = new CommandFiles(surroundings);
        await using var output = files.OpenOutput(paths.Output)!;
        await using var labels = files.OpenOutput(paths.Labels)!;
        await using var oddities = files.OpenOutput(paths.Oddities);
        var written = 0L;
        await Progress.ShowAsync(surroundings, "Simulating", (long)(options.Days * options.EventsPerDay), () => Volatile.Read(ref written),
            () => SimulationWriter.WriteAsync(
                new HospitalSimulator(options).Events(), output, new SimulationTruth(labels, oddities),
                new Counter(count => Volatile.Write(ref written, count)), cancel));
        await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Wrote {written} events."));
        return ExitCode.Done;
    }

    /// <summary>Reports at once, on the reporting thread: the usual Progress posts elsewhere and may be late at the end.</summary>
    private sealed class Counter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
