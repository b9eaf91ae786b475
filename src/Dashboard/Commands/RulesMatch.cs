using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>rules match</c>: which records match which rules.</summary>
internal static class RulesMatch
{
    private const int ComplaintsMax = 100;
    private const string Auto = "auto";

    public static Command Create(CommandSurroundings surroundings)
    {
        var rules = new Option<string[]>("--rules") { Description = "Rule files, or folders of them.", Required = true, AllowMultipleArgumentsPerToken = true };
        var input = new Option<string>("--input") { Description = "Records, NDJSON; - is standard input.", Required = true };
        var map = new Option<string>("--map")
        {
            Description = $"How fields are named: {Auto} (told by each record), {Names}. Default {Auto}.",
            DefaultValueFactory = _ => Auto,
        };
        var placeholders = RulesCommand.Placeholders();
        var match = new Command("match", "Which records match which rules, one line of JSON for each match.") { rules, input, map, placeholders };
        match.SetAction(async (parsed, cancel) =>
        {
            var fields = MapOf(parsed.GetRequiredValue(map));
            var book = SigmaRuleBook.Of(RulesCommand.Load(RulesCommand.Files(parsed.GetRequiredValue(rules)),
                RulesCommand.ReadPlaceholders(parsed.GetValue(placeholders), surroundings)));
            foreach (var problem in book.Problems)
                await surroundings.Error.WriteLineAsync(problem.ToString());
            var matcher = new RecordMatcher(new SigmaEngine(book), fields);
            var unreadable = await MatchAllAsync(matcher, parsed.GetRequiredValue(input), surroundings, cancel);
            return unreadable + book.Problems.Count == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return match;
    }

    private static string Names => string.Join(", ", SigmaFieldMap.All.Select(map => $"{map.Name} ({map.Summary})"));

    private static SigmaFieldMap? MapOf(string name) => name == Auto
        ? null
        : SigmaFieldMap.All.FirstOrDefault(map => map.Name == name)
            ?? throw new UsageException($"--map {name}: One of {Auto}, {string.Join(", ", SigmaFieldMap.All.Select(map => map.Name))}.");

    private static async Task<long> MatchAllAsync(
        RecordMatcher matcher, string path, CommandSurroundings surroundings, CancellationToken cancel)
    {
        await using var input = new CommandFiles(surroundings).OpenInput(path);
        using var reader = new NdjsonReader(input, new NdjsonLimits());
        var (matches, unreadable) = (new List<SigmaMatch>(), 0L);
        await Progress.ShowAsync(surroundings, "Matching", input, async () =>
        {
            while (await reader.ReadAsync(cancel) || reader.TryTakeRest())
            {
                var line = reader.Current;
                var problem = line.Oversized is null
                    ? matcher.Offer(line.Payload, line.Number.ToString(CultureInfo.InvariantCulture), matches)
                    : "The line is too long.";
                if (problem.Length > 0 && ++unreadable <= ComplaintsMax)
                    await surroundings.Error.WriteLineAsync($"{path}:{line.Number}: {problem}");
                await TellAsync(matches, surroundings.Output);
            }
        });
        matcher.Complete(matches);
        await TellAsync(matches, surroundings.Output);
        return unreadable;
    }

    private static async Task TellAsync(List<SigmaMatch> matches, TextWriter output)
    {
        foreach (var match in matches)
            await output.WriteLineAsync(Line(match));
        matches.Clear();
    }

    /// <summary>Whoever shares a match has to name the rule's author and licence with it.</summary>
    private static string Line(SigmaMatch match)
    {
        var line = new Dictionary<string, object>
        {
            ["line"] = LineOf(match.EventIds[^1]),
            ["ruleId"] = match.Rule.Id,
            ["title"] = match.Rule.Title,
            ["level"] = match.Rule.Level.ToString().ToLowerInvariant(),
            ["tags"] = match.Rule.Tags.Select(AttackTags.Current),
            ["author"] = match.Rule.Author,
            ["license"] = match.Rule.License,
            ["file"] = match.Rule.File,
        };
        if (match.Rule is SigmaCorrelation)
        {
            line["lines"] = match.EventIds.Select(LineOf).Distinct();
            line["group"] = match.Group.ToDictionary(part => part.Key, part => part.Value);
            line["measure"] = match.Measure;
        }
        return JsonSerializer.Serialize(line);
    }

    /// <summary>Records that were translated are named by their line and a place within it.</summary>
    private static long LineOf(string id)
    {
        var end = id.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return long.Parse(end < 0 ? id : id[..end], CultureInfo.InvariantCulture);
    }
}
