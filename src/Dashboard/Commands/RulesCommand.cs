using System.CommandLine;
using System.Text.Json;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>rules check|match|test</c>: Sigma rules from files.</summary>
internal static class RulesCommand
{
    public static Command Create(CommandSurroundings surroundings) => new("rules", "Sigma rules.")
    {
        RulesCheck.Create(surroundings),
        RulesMatch.Create(surroundings),
        RulesTest.Create(surroundings),
    };

    /// <summary>The files of rules below paths.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<string> paths) =>
        Guard(() => paths.SelectMany(RuleFiles.Below).ToList());

    /// <summary>Reads the documents of files.</summary>
    public static IReadOnlyList<SigmaLoadResult> Load(
        IReadOnlyList<string> files, IReadOnlyDictionary<string, IReadOnlyList<string>>? placeholders) =>
        Guard(() => files.Select(file => SigmaLoader.Read(file, RuleFiles.Read(file), placeholders)).ToList());

    public static Option<string?> Placeholders() =>
        new("--placeholders") { Description = "Values of %placeholders%: a JSON object with a list of texts for each name." };

    /// <summary>The values of placeholders; null when none are given.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>>? ReadPlaceholders(
        string? path, CommandSurroundings surroundings)
    {
        if (path is null)
            return null;
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

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
    }
}
