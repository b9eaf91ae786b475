using System.CommandLine;
using System.Globalization;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>backtest</c>: what a response policy would have done to a file of events, and at what cost.</summary>
internal static class BacktestCommand
{
    private const int ComplaintsMax = 100;

    public static Command Create(CommandSurroundings surroundings)
    {
        Option<string> input =
            new("--input") { Description = "Records of any accepted format, one a line; - is standard input.", Required = true };
        Option<string> policy = new("--policy") { Description = "Playbook file (YAML), or a folder of them.", Required = true };
        Option<string?> from =
            new("--from")
            {
                Description = "The policy is in force from this instant on (RFC 3339); earlier events are learned from.",
            };
        Option<string?> to = new("--to") { Description = "The policy is in force before this instant." };
        Option<string> output =
            new("--output")
            {
                Description = "One line for each action, proposal, refusal and review, then the sum.",
                DefaultValueFactory = _ => "-",
            };
        Option<string?> data =
            new("--data") { Description = "Data folder of a monitor, whose stages of rules and habits of other sites are taken." };
        var config = SharedOptions.Config();
        Command command = new("backtest", "Tells what a response policy would have done, for how long and at what cost.")
        {
            input, policy, from, to, output, data, config,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            surroundings,
            new Paths(parsed.GetRequiredValue(input), parsed.GetRequiredValue(policy), parsed.GetRequiredValue(output),
                parsed.GetValue(config), parsed.GetValue(data)),
            new BacktestPeriod(Instant(parsed.GetValue(from), "--from"), Instant(parsed.GetValue(to), "--to")), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, Paths paths, BacktestPeriod period, CancellationToken cancel)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(paths.Config));
        var (playbooks, problems) = Policy(paths.Policy);
        foreach (var problem in problems)
            await surroundings.Error.WriteLineAsync(problem);
        if (problems.Count > 0)
            return ExitCode.WrongUsage;
        var files = new CommandFiles(surroundings);
        await using var input = files.OpenInput(paths.Input);
        var run = new BacktestRun(
            new BacktestPlan(playbooks, settings.Response.ToOptions(), period), Basis(settings, paths.Data));
        var rejected = await ReadAllAsync(run, input, paths.Input, surroundings, cancel);
        await using var output = files.OpenOutput(paths.Output)!;
        BacktestRun.Write(output, run.Conclude());
        return rejected == 0 ? ExitCode.Done : ExitCode.Problems;
    }

    /// <summary>What is taken as given: the settings, and what people decided on the pages of a monitor where one is named.</summary>
    private static BacktestBasis Basis(SentinelSettings settings, string? dataFolder)
    {
        if (dataFolder is not null && !Directory.Exists(dataFolder))
            throw new UsageException($"{dataFolder}: There is no such folder.");
        var rules = RulesCommand.Load(RulesCommand.Files([settings.Rules.FolderOrShipped]), null);
        using var documents = dataFolder is null ? null : settings.Storage.OpenDocuments(dataFolder);
        var stages = Stages(documents);
        var shared = documents is null ? null : new BaselineStore(documents).Baseline();
        return new BacktestBasis(
            settings.Ledger.Embedded.Validators, settings.Detection, shared, StagedRules.Of(rules, stages));
    }

    private static Dictionary<string, DetectorStage> Stages(IDocuments? documents)
    {
        try
        {
            return documents is null
                ? []
                : new RuleStageStore(documents).Read()
                    .ToDictionary(pair => pair.Key, pair => pair.Value.Stage, StringComparer.Ordinal);
        }
        catch (InvalidDataException fault)
        {
            throw new UsageException(fault.Message);
        }
    }

    private static async Task<long> ReadAllAsync(
        BacktestRun run, Stream input, string name, CommandSurroundings surroundings, CancellationToken cancel)
    {
        var rejected = 0L;
        using var reader = new NdjsonReader(input, new NdjsonLimits());
        while (await reader.ReadAsync(cancel) || reader.TryTakeRest())
        {
            foreach (var problem in run.Take(reader.Current))
            {
                if (++rejected <= ComplaintsMax)
                    await surroundings.Error.WriteLineAsync($"{name}:{reader.Current.Number}: {problem}");
            }
        }
        return rejected;
    }

    private static (PlaybookSet Playbooks, IReadOnlyList<string> Problems) Policy(string path)
    {
        if (Directory.Exists(path))
            return PlaybookFolder.Load(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
        var read = PlaybookLoader.Load(text, path);
        return read.Errors.Count > 0
            ? (PlaybookSet.Empty, [.. read.Errors.Select(error => error.ToString())]) : (new PlaybookSet(read.Playbooks), []);
    }

    private static DateTimeOffset? Instant(string? text, string option)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at : throw new UsageException($"{option}: {text} is no instant such as 2026-11-02T08:00:00Z.");
    }

    private sealed record Paths(string Input, string Policy, string Output, string? Config, string? Data);
}
