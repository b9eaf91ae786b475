using System.CommandLine;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>rules check|match</c>: Sigma rules from files.</summary>
internal static class RulesCommand
{
    private const int FilesMax = 20_000;
    private const int ComplaintsMax = 100;

    public static Command Create(CommandSurroundings surroundings) =>
        new("rules", "Sigma rules.") { Check(surroundings), Match(surroundings) };

    private static Command Check(CommandSurroundings surroundings)
    {
        var (paths, placeholders) = (Paths(), Placeholders());
        var check = new Command("check", "Whether rules can be honoured; every problem with file, line and reason.") { paths, placeholders };
        check.SetAction(async (parsed, _) =>
        {
            var loaded = Load(parsed.GetRequiredValue(paths), parsed.GetValue(placeholders), surroundings);
            foreach (var problem in loaded.Problems)
                await surroundings.Output.WriteLineAsync(problem.ToString());
            foreach (var rule in loaded.Rules.Where(rule => rule.MissingPlaceholders.Count > 0))
                await surroundings.Output.WriteLineAsync(
                    $"{rule.File}:{rule.Line}: Needs a value of %{string.Join("%, %", rule.MissingPlaceholders)}% before it can run.");
            await surroundings.Error.WriteLineAsync($"{loaded.Rules.Count} rules accepted, {loaded.Problems.Count} documents refused.");
            return loaded.Problems.Count == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return check;
    }

    private static Command Match(CommandSurroundings surroundings)
    {
        var (paths, placeholders) = (Paths(), Placeholders());
        var input = new Option<string>("--input") { Description = "Records, NDJSON; - is standard input.", Required = true };
        var map = new Option<string>("--map")
        {
            Description = "How fields are named: plain (paths) or windows (nested events). Default plain.",
            DefaultValueFactory = _ => SigmaFieldMap.Plain.Name,
        };
        var match = new Command("match", "Which records match which rules, one line of JSON for each match.") { paths, input, map, placeholders };
        match.SetAction(async (parsed, cancel) =>
        {
            var fields = SigmaFieldMap.All.FirstOrDefault(one => one.Name == parsed.GetValue(map))
                ?? throw new UsageException($"--map {parsed.GetValue(map)}: One of {string.Join(", ", SigmaFieldMap.All.Select(one => one.Name))}.");
            var loaded = Load(parsed.GetRequiredValue(paths), parsed.GetValue(placeholders), surroundings);
            foreach (var problem in loaded.Problems)
                await surroundings.Error.WriteLineAsync(problem.ToString());
            var set = new SigmaRuleSet([.. loaded.Rules.Where(rule => rule.MissingPlaceholders.Count == 0)]);
            var unreadable = await MatchAllAsync(set, fields, parsed.GetRequiredValue(input), surroundings, cancel);
            return unreadable + loaded.Problems.Count == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return match;
    }

    private static async Task<long> MatchAllAsync(
        SigmaRuleSet set, SigmaFieldMap map, string path, CommandSurroundings surroundings, CancellationToken cancel)
    {
        await using var input = new CommandFiles(surroundings).OpenInput(path);
        using var reader = new NdjsonReader(input, new NdjsonLimits());
        var (record, matches, unreadable) = (set.NewRecord(map), new List<int>(), 0L);
        await Progress.ShowAsync(surroundings, "Matching", input, async () =>
        {
            while (await reader.ReadAsync(cancel) || reader.TryTakeRest())
            {
                var line = reader.Current;
                var problem = "The line is too long.";
                if (line.Oversized is null && record.TryRead(line.Payload.Span, out problem))
                {
                    set.Match(record, matches);
                    foreach (var match in matches)
                        await surroundings.Output.WriteLineAsync(Line(set.Rules[match], line.Number));
                }
                else if (++unreadable <= ComplaintsMax)
                    await surroundings.Error.WriteLineAsync($"{path}:{line.Number}: {problem}");
            }
        });
        return unreadable;
    }

    /// <summary>Whoever shares a match has to name the rule's author and licence with it.</summary>
    private static string Line(SigmaRule rule, long number) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["line"] = number,
        ["ruleId"] = rule.Id,
        ["title"] = rule.Title,
        ["level"] = rule.Level.ToString().ToLowerInvariant(),
        ["tags"] = rule.Tags,
        ["author"] = rule.Author,
        ["license"] = rule.License,
        ["file"] = rule.File,
    });

    private static SigmaLoadResult Load(string[] paths, string? placeholders, CommandSurroundings surroundings)
    {
        var values = placeholders is null ? null : ReadPlaceholders(placeholders, surroundings);
        var loaded = paths.SelectMany(Files).Take(FilesMax + 1).Select(path =>
        {
            using var text = new StreamReader(new CommandFiles(surroundings).OpenInput(path));
            return SigmaLoader.Read(path, text.ReadToEnd(), values);
        }).ToList();
        return loaded.Count <= FilesMax
            ? new SigmaLoadResult([.. loaded.SelectMany(file => file.Rules)], [.. loaded.SelectMany(file => file.Problems)])
            : throw new UsageException($"More than {FilesMax} files.");
    }

    private static IEnumerable<string> Files(string path) => !Directory.Exists(path) ? [path]
        : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".yml" or ".yaml").Order(StringComparer.Ordinal);

    private static Dictionary<string, IReadOnlyList<string>> ReadPlaceholders(string path, CommandSurroundings surroundings)
    {
        using var file = new CommandFiles(surroundings).OpenInput(path);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string[]>>(file)!
                .ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentNullException)
        {
            throw new UsageException($"{path}: Placeholders are a JSON object with a list of texts for each name.");
        }
    }

    private static Argument<string[]> Paths() =>
        new("paths") { Description = "Rule files, or folders of them.", Arity = ArgumentArity.OneOrMore };

    private static Option<string?> Placeholders() =>
        new("--placeholders") { Description = "Values of %placeholders%: a JSON object with a list of texts for each name." };
}
