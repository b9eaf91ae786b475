using SentinelHealth.Response.Yaml;

namespace SentinelHealth.Response.Compliance;

/// <summary>What a file of regimes holds, or every fault in it. A file with a fault yields no regime.</summary>
/// <param name="Regimes">Its regimes in order; empty when there are errors.</param>
/// <param name="Errors">Its faults in order.</param>
public sealed record RegimeFile(IReadOnlyList<Regime> Regimes, IReadOnlyList<YamlFault> Errors);

/// <summary>Reads regimes from YAML, strictly: an unknown key or an odd value is an error with its line, never a guess.</summary>
/// <remarks>Pure: the text comes as an argument. Never throws on any text. Bounds: 256 KB, nesting of 8, 64 regimes a file.</remarks>
public static class RegimeLoader
{
    /// <summary>Reads a file of one or more YAML documents, one regime each.</summary>
    public static RegimeFile Load(string text, string fileName)
    {
        var (regimes, faults) = YamlDocuments.Read(
            text, fileName, "regimes", (root, found) => new RegimeReader(fileName, found).Read(root));
        foreach (var twice in regimes.GroupBy(regime => regime.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            faults.Add(new YamlFault(fileName, 1, $"Two regimes are named {twice.Key}."));
        return new RegimeFile(faults.Count > 0 ? [] : regimes, faults);
    }
}
