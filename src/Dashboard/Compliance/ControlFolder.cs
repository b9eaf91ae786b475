using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>Controls and algorithms as data: files shipped with the program.</summary>
internal static class ControlFolder
{
    private const string AlgorithmsFile = "algorithms.yaml";
    private const int FilesMax = 64;

    /// <summary>The files shipped with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "controls");

    /// <summary>Controls and what serves them.</summary>
    /// <exception cref="InvalidDataException">A file has a fault; the message names it with its line.</exception>
    public static ControlCatalog Controls(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Take(FilesMax)
            .Where(path => Path.GetFileName(path) != AlgorithmsFile)
                .Select(path => (Path.GetFileName(path), File.ReadAllText(path)));
        var catalog = ControlCatalog.Load([.. files]);
        return catalog.Errors.Count == 0 ? catalog : throw new InvalidDataException(catalog.Errors[0].ToString());
    }

    /// <summary>What is known of algorithms.</summary>
    /// <exception cref="InvalidDataException">The file has a fault.</exception>
    public static AlgorithmCatalog Algorithms(string folder)
    {
        var catalog = AlgorithmCatalog.Load(File.ReadAllText(Path.Combine(folder, AlgorithmsFile)), AlgorithmsFile);
        return catalog.Errors.Count == 0 ? catalog : throw new InvalidDataException(catalog.Errors[0].ToString());
    }

    /// <summary>Everything that can serve a control: what the catalog maps, and the written rules with their tags.</summary>
    public static IReadOnlyList<StandingServer> Servers(ControlCatalog catalog, RuleShelf? shelf)
    {
        var tags = BuiltInRules.All.ToDictionary(rule => rule.Name, rule => rule.Tags, StringComparer.Ordinal);
        var mapped = catalog.Servers.Select(server => new StandingServer(
            server with
            {
                // A rule's own tags count as well: they are what its alerts carry.
                Controls = [.. server.Controls.Union(catalog.ControlsOf(tags.GetValueOrDefault(server.Name, [])),
                    StringComparer.Ordinal)],
            },
            "enforced"));
        var written = (shelf?.Current.Rules ?? []).Select(rule => new StandingServer(
            new ControlServer(ControlServerKind.Written, rule.Name, catalog.ControlsOf(rule.Definition.Tags)),
                rule.Stage.ToString().ToLowerInvariant()));
        return [.. mapped, .. written];
    }
}
