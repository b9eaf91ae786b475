using SentinelHealth.Ingest.Events;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Values of a YAML document, with the line of each for errors.</summary>
internal static class SigmaYaml
{
    /// <summary>Fields of a mapping by their names.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Fields(YamlNode node, string what)
    {
        if (node is not YamlMappingNode mapping)
            throw Fault(node, $"{what} must be a map.");
        var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || !fields.TryAdd(name, value))
                throw Fault(key, $"{what} has a key that is no text or stands there twice.");
        }
        return fields;
    }

    /// <summary>One value as a list of itself.</summary>
    public static IEnumerable<YamlNode> Items(YamlNode node) => node is YamlSequenceNode list ? list.Children : [node];

    /// <summary>A text, or a number or truth value as it is written.</summary>
    public static string Text(YamlNode node, string what) =>
        node is YamlScalarNode { Value: { } text } scalar && !IsNull(scalar) ? text : throw Fault(node, $"{what} must be a text.");

    /// <summary>A text that may be left out.</summary>
    public static string TextOrEmpty(IReadOnlyDictionary<string, YamlNode> fields, string name) =>
        fields.TryGetValue(name, out var node) && node is not YamlScalarNode { Value: "" or null } ? Text(node, name) : "";

    /// <summary>Texts of a list that may be left out.</summary>
    public static IReadOnlyList<string> Texts(IReadOnlyDictionary<string, YamlNode> fields, string name) =>
        fields.TryGetValue(name, out var node) && node is not YamlScalarNode { Value: "" or null }
            ? [.. Items(node).Select(item => Text(item, name))]
            : [];

    /// <summary>Whether a scalar is YAML's null: nothing, a tilde, or the word, unquoted.</summary>
    public static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && (scalar.Value is null or "" or "~" or "null" or "Null" or "NULL");

    /// <summary>A hash of everything that is written in a node, without comments and layout.</summary>
    public static ulong DigestOf(YamlNode node) => node switch
    {
        YamlScalarNode scalar => StableHash.Combine(IsNull(scalar) ? 1UL : 2, StableHash.Of(scalar.Value ?? "")),
        YamlSequenceNode list => list.Children.Aggregate(3UL, (digest, item) => StableHash.Combine(digest, DigestOf(item))),
        YamlMappingNode map => map.Children.Aggregate(
            4UL, (digest, pair) => StableHash.Combine(StableHash.Combine(digest, DigestOf(pair.Key)), DigestOf(pair.Value))),
        _ => 5,
    };

    public static SigmaFault Fault(YamlNode node, string reason) => new(node.Start.Line, reason);
}
