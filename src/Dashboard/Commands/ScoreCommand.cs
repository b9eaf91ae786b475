using System.CommandLine;
using System.Globalization;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>score</c>: offline detection over a file, in event time.</summary>
internal static class ScoreCommand
{
    private const int ComplaintsMax = 100;

    public static Command Create(CommandSurroundings surroundings)
    {
        var input = new Option<string>("--input") { Description = "Records of any accepted format, one a line; - is standard input.", Required = true };
        var output = File("--output", "One line for each event of the input, in its order: id, score, pValue.");
        var alerts = File("--alerts", "One line for each alert, in its last version.");
        var incidents = File("--incidents", "One line for each incident, in its last version.");
        var stateIn = File("--state-in", "State of an earlier run to go on from.");
        var stateOut = File("--state-out", "Where to leave the state for a later run.");
        var baselines = File("--baselines", "Data folder whose shared baselines stand in where history is missing.");
        var config = SharedOptions.Config();
        var command = new Command("score", "Scores a file of events offline, in event time.")
            { input, output, alerts, incidents, stateIn, stateOut, baselines, config };
        command.SetAction((parsed, cancel) => RunAsync(surroundings, new ScorePaths(
            parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(alerts), parsed.GetValue(incidents),
            parsed.GetValue(stateIn), parsed.GetValue(stateOut), parsed.GetValue(config))
        {
            Baselines = parsed.GetValue(baselines),
        }, cancel));
        return command;
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description };

    private static async Task<int> RunAsync(CommandSurroundings surroundings, ScorePaths paths, CancellationToken cancel)
    {
        paths.Check();
        var settings = SettingsFile.ReadValid(SettingsFile.Read(paths.Config));
        var files = new CommandFiles(surroundings);
        await using var input = files.OpenInput(paths.Input);
        var engine = LoadEngine(files, paths, settings.Detection, await RulesOfAsync(settings.Rules, surroundings));
        await using var output = files.OpenOutput(paths.Output);
        await using var alerts = files.OpenOutput(paths.Alerts);
        await using var incidents = files.OpenOutput(paths.Incidents);
        var run = new ScoreRun(
            engine, output is null ? null : new ScoreLines(output), keepsCases: (alerts ?? incidents) is not null);
        var rejected = await ReadAllAsync(run, input, paths.Input, surroundings, cancel);
        run.Finish();
        if (alerts is not null)
            CaseLines.Write(alerts, run.Alerts);
        if (incidents is not null)
            CaseLines.Write(incidents, run.Incidents);
        if (paths.StateOut is { } stateOut)
            CommandFiles.Replace(stateOut, engine.Save);
        var repeats = run.RepeatCount > 0
            ? string.Create(CultureInfo.InvariantCulture, $" {run.RepeatCount} reported again what was scored already.") : "";
        await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"Scored {run.EventCount} events; {rejected} records could not be read; {run.LateCount} came too late to be put in order.{repeats}"));
        return rejected == 0 ? ExitCode.Done : ExitCode.Problems;
    }

    private static async Task<long> ReadAllAsync(
        ScoreRun run, Stream input, string name, CommandSurroundings surroundings, CancellationToken cancel)
    {
        var rejected = 0L;
        using var reader = new NdjsonReader(input, new NdjsonLimits());
        await Progress.ShowAsync(surroundings, "Scoring", input, async () =>
        {
            while (await reader.ReadAsync(cancel) || reader.TryTakeRest())
            {
                foreach (var problem in run.Take(reader.Current))
                {
                    if (++rejected <= ComplaintsMax)
                        await surroundings.Error.WriteLineAsync($"{name}:{reader.Current.Number}: {problem}");
                    else if (rejected == ComplaintsMax + 1)
                        await surroundings.Error.WriteLineAsync($"{name}: Further records that cannot be read are only counted.");
                }
            }
        });
        return rejected;
    }

    /// <summary>The rules of the settings, each in the stage of its status: what people decided belongs to a running monitor.</summary>
    private static async Task<StagedRules> RulesOfAsync(RulesSection section, CommandSurroundings surroundings)
    {
        var files = RulesCommand.Files([section.FolderOrShipped]);
        var written = StagedRules.Of(RulesCommand.Load(files, null), new Dictionary<string, DetectorStage>());
        foreach (var problem in written.Problems)
            await surroundings.Error.WriteLineAsync(problem.ToString());
        return written;
    }

    private static DetectionEngine LoadEngine(CommandFiles files, ScorePaths paths, DetectionOptions options, StagedRules written)
    {
        var shared = paths.Baselines is { } folder ? new BaselineStore(folder).Baseline() : null;
        if (paths.StateIn is not { } stateIn)
            return new DetectionEngine(options, shared, written);
        using var source = files.OpenInput(stateIn);
        try
        {
            return DetectionEngine.Load(source, options, shared, written);
        }
        catch (InvalidDataException fault)
        {
            throw new UsageException($"{stateIn}: {fault.Message}");
        }
    }
}

/// <summary>The files of one run; <c>-</c> is standard input or output.</summary>
internal sealed record ScorePaths(
    string Input, string? Output, string? Alerts, string? Incidents, string? StateIn, string? StateOut, string? Config)
{
    /// <summary>The folder of shared baselines; null for none.</summary>
    public string? Baselines { get; init; }

    /// <summary>Two results cannot share standard output, and a result must not overwrite the input while it is read.</summary>
    public void Check()
    {
        string?[] results = [Output, Alerts, Incidents, StateOut];
        var named = results.Where(path => path is not null).Select(path => path == "-" ? "-" : Path.GetFullPath(path!)).ToList();
        if (named.Distinct(StringComparer.Ordinal).Count() != named.Count)
            throw new UsageException("Two results were given the same file.");
        if (StateOut == "-" || StateIn == "-")
            throw new UsageException("State is read from and written to files only.");
        if (Input != "-" && named.Contains(Path.GetFullPath(Input)))
            throw new UsageException($"{Input}: A result would overwrite the input.");
    }
}
