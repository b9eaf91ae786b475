using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Reads searches: what the identifiers of a detection or filter stand for.</summary>
/// <remarks>Sigma specification 2.1.0, "Detection".</remarks>
internal sealed class SigmaSearchReader(IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
{
    private const int DepthMax = 32;

    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Placeholders met so far that have no value.</summary>
    public IReadOnlyList<string> MissingPlaceholders => [.. _missing];

    /// <summary>A map is an AND of its fields, a list an OR of its items; values without a field are looked for everywhere.</summary>
    /// <exception cref="SigmaFault">The search cannot be honoured whole.</exception>
    public SigmaExpression Read(YamlNode search) => Read(search, 0);

    private SigmaExpression Read(YamlNode node, int depth)
    {
        if (depth > DepthMax)
            throw SigmaYaml.Fault(node, $"A search is nested deeper than {DepthMax}.");
        if (node is YamlSequenceNode list)
            return list.Children.Count == 0
                ? throw SigmaYaml.Fault(node, "A search has no items.")
                : SigmaExpression.Any([.. list.Children.Select(item => Read(item, depth + 1))]);
        if (node is YamlScalarNode)
            return Term("", node, [node]);
        var fields = SigmaYaml.Fields(node, "A search");
        return fields.Count == 0
            ? throw SigmaYaml.Fault(node, "A search has no fields.")
            : SigmaExpression.All([.. fields.Select(field => Field(field.Key, field.Value))]);
    }

    private SigmaExpression Field(string key, YamlNode value)
    {
        if (value is YamlMappingNode || (value is YamlSequenceNode list && list.Children.Any(item => item is not YamlScalarNode)))
            throw SigmaYaml.Fault(value, $"'{key}' holds a map or a list where values belong.");
        return Term(key, value, [.. SigmaYaml.Items(value)]);
    }

    private SigmaExpression Term(string key, YamlNode at, IReadOnlyList<YamlNode> values) =>
        new SigmaModifiers(key, at.Start.Line, placeholders, _missing).Apply([.. values.Select(ValueOf)]);

    private static SigmaValue ValueOf(YamlNode node) => node is YamlScalarNode scalar
        ? SigmaYaml.IsNull(scalar) ? SigmaValue.Null : SigmaValue.Parse(scalar.Value ?? "")
        : throw SigmaYaml.Fault(node, "A value must be a text, a number, a truth value or null.");
}
