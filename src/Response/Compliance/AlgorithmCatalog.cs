using System.Text.Json.Serialization;
using SentinelHealth.Response.Yaml;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Compliance;

/// <summary>How far an algorithm can be relied on, worst first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlgorithmStanding>))]
public enum AlgorithmStanding
{
    /// <summary>Broken or too short already.</summary>
    [JsonStringEnumMemberName("weak")] Weak,

    /// <summary>Nobody has said what it is.</summary>
    [JsonStringEnumMemberName("unlisted")] Unlisted,

    /// <summary>Sound today, and broken by a large quantum computer.</summary>
    [JsonStringEnumMemberName("classical")] Classical,

    /// <summary>A classical and a quantum-resistant one together.</summary>
    [JsonStringEnumMemberName("hybrid")] Hybrid,

    /// <summary>No quantum attack is known that matters.</summary>
    [JsonStringEnumMemberName("quantum-resistant")] QuantumResistant,
}

/// <summary>What is known of an algorithm.</summary>
/// <param name="Names">Its names, as networks write them.</param>
/// <param name="Standing">How far it can be relied on.</param>
/// <param name="Why">Why, in a sentence.</param>
/// <param name="Instead">What to use instead; empty when nothing is needed.</param>
public sealed record KnownAlgorithm(IReadOnlyList<string> Names, AlgorithmStanding Standing, string Why, string Instead);

/// <summary>An algorithm that was seen in the network.</summary>
/// <param name="Where">In what: keys of identities, credentials, a source's connection.</param>
/// <param name="Algorithm">Its name as it was written.</param>
/// <param name="Count">How often.</param>
/// <param name="FirstAt">When first.</param>
/// <param name="LastAt">When last.</param>
/// <param name="Example">An event or connection that uses it.</param>
public sealed record AlgorithmSeen(string Where, string Algorithm, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt,
    string Example);

/// <summary>What was seen, with what is known of it.</summary>
/// <param name="Seen">What was seen.</param>
/// <param name="Standing">How far it can be relied on.</param>
/// <param name="Why">Why.</param>
/// <param name="Instead">What to use instead; empty when nothing is needed.</param>
public sealed record AlgorithmFinding(AlgorithmSeen Seen, AlgorithmStanding Standing, string Why, string Instead);

/// <summary>What is known of algorithms: data, because what is sound today is not for ever.</summary>
/// <param name="Algorithms">What is known.</param>
/// <param name="Errors">Faults; with any, the rest is empty.</param>
public sealed record AlgorithmCatalog(IReadOnlyList<KnownAlgorithm> Algorithms, IReadOnlyList<YamlFault> Errors)
{
    private static readonly string[] Members = ["weak", "classical", "hybrid", "quantum-resistant"];

    /// <summary>Reads a catalog, strictly. Pure; never throws on any text.</summary>
    public static AlgorithmCatalog Load(string text, string fileName)
    {
        var (read, faults) = YamlDocuments.Read(text, fileName, "algorithms",
            (root, errors) => new AlgorithmReader(fileName, errors).Read(root));
        var all = read.SelectMany(part => part).ToList();
        foreach (var twice in all.SelectMany(item => item.Names.Select(Fold).Distinct())
            .GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            faults.Add(new YamlFault(fileName, 1, $"The algorithm {twice.Key} is there more than once."));
        return faults.Count > 0 ? new AlgorithmCatalog([], faults) : new AlgorithmCatalog(all, []);
    }

    /// <summary>What was seen, judged, the worst first.</summary>
    public IReadOnlyList<AlgorithmFinding> Judge(IReadOnlyList<AlgorithmSeen> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var known = Algorithms.SelectMany(item => item.Names.Select(Fold).Distinct().Select(name => (Name: name, Item: item)))
            .ToDictionary(pair => pair.Name, pair => pair.Item, StringComparer.Ordinal);
        return
        [
            .. seen.Select(item => known.TryGetValue(Fold(item.Algorithm), out var what)
                ? new AlgorithmFinding(item, what.Standing, what.Why, what.Instead)
                : new AlgorithmFinding(item, AlgorithmStanding.Unlisted, "It is not in the catalog: nobody has said how far it can be relied on.", "Find out what it is"))
                .OrderBy(finding => finding.Standing).ThenBy(finding => finding.Seen.Where, StringComparer.Ordinal)
                .ThenBy(finding => finding.Seen.Algorithm, StringComparer.Ordinal),
        ];
    }

    /// <summary>Names differ in case, hyphens and underscores from one network to the next.</summary>
    private static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private sealed class AlgorithmReader(string fileName, List<YamlFault> faults) : YamlReader(fileName, faults)
    {
        private static readonly string[] ItemMembers = ["names", "why", "instead"];

        public List<KnownAlgorithm>? Read(YamlNode root)
        {
            var before = FaultCount;
            if (Mapping(root, "A catalog of algorithms", Members) is not { } fields)
                return null;
            var all = new List<KnownAlgorithm>();
            foreach (var (key, standing) in new[]
            {
                (Members[0], AlgorithmStanding.Weak), (Members[1], AlgorithmStanding.Classical),
                    (Members[2], AlgorithmStanding.Hybrid),
                (Members[3], AlgorithmStanding.QuantumResistant),
            })
            {
                if (fields.TryGetValue(key, out var list))
                    all.AddRange(Items(list, key).Select(node => Item(node, standing)).OfType<KnownAlgorithm>());
            }
            return FaultCount > before ? null : all;
        }

        private KnownAlgorithm? Item(YamlNode node, AlgorithmStanding standing)
        {
            if (Mapping(node, "An algorithm", ItemMembers) is not { } fields
                || Required(node, fields, "names") is not { } names || Required(node, fields, "why") is not { } why)
                return null;
            return new KnownAlgorithm(
                Texts(names, "names"), standing, Text(why, "why") ?? "",
                fields.TryGetValue("instead", out var instead) ? Text(instead, "instead") ?? "" : "");
        }
    }
}
