using System.Globalization;
using System.Text.RegularExpressions;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>The part of the public corpus that lies beside the repository; when none does, samples of our own in the same shape.</summary>
internal static class SigmaCorpus
{
    public static string Folder { get; } = Find() ?? Path.Combine(AppContext.BaseDirectory, "Rules", "Sigma", "Samples");

    public static IReadOnlyList<SigmaLoadResult> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.yml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => SigmaLoader.Read(Path.GetRelativePath(Folder, path), File.ReadAllText(path))),
    ];

    /// <summary>Every regression case: the rule's identifier, the events, and how many of them match when that is stated.</summary>
    public static IEnumerable<(string RuleId, string Path, int? MatchCount)> Cases() =>
        from info in Directory.EnumerateFiles(Path.Combine(Folder, "regression_data"), "info.yml", SearchOption.AllDirectories)
        let text = File.ReadAllText(info)
        let ids = Regex.Match(text, @"rule_metadata:\s*\n\s*- id: (\S+)").Groups[1].Value
        let count = Regex.Match(text, @"match_count: (\d+)")
        from json in Directory.EnumerateFiles(Path.GetDirectoryName(info)!, "*.json")
        select (ids, json, count.Success ? int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture) : (int?)null);

    private static string? Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, "shared", "data", "sigma");
            if (Directory.Exists(folder))
                return folder;
        }
        return null;
    }
}
