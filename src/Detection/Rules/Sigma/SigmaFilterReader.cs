using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Turns one YAML document into a filter.</summary>
/// <remarks>
/// Sigma specification 2.1.0, "Global Filter". Its example excludes what meets <c>condition: selection</c>; the reference implementation joins the
/// condition to the rule's, so that people write <c>condition: not selection</c> for the same. Both are taken for what they mean: a condition made of
/// negations says what remains, any other one what is excluded.
/// </remarks>
internal sealed class SigmaFilterReader(string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
{
    private readonly SigmaSearchReader _searches = new(placeholders);

    /// <exception cref="SigmaFault">The document is no filter that can be honoured whole.</exception>
    public SigmaFilter Read(YamlNode root)
    {
        var fields = SigmaYaml.Fields(root, "A filter");
        var section = SigmaYaml.Fields(fields["filter"], "filter");
        var condition = ConditionOf(fields["filter"], section);
        return new SigmaFilter(SigmaHeader.Read(file, root, fields))
        {
            LogSource = SigmaHeader.LogSourceOf(root, fields),
            Rules = RulesOf(fields["filter"], section),
            Remaining = IsNegation(condition) ? condition : new SigmaNot(condition),
            MissingPlaceholders = _searches.MissingPlaceholders,
        };
    }

    private SigmaExpression ConditionOf(YamlNode at, IReadOnlyDictionary<string, YamlNode> section)
    {
        if (!section.TryGetValue("condition", out var condition))
            throw SigmaYaml.Fault(at, "A filter needs a condition.");
        var searches = section.Where(field => field.Key is not ("condition" or "rules"))
            .ToDictionary(field => field.Key, field => _searches.Read(field.Value), StringComparer.Ordinal);
        return SigmaCondition.Parse(SigmaYaml.Text(condition, "condition"), condition.Start.Line, searches);
    }

    /// <summary>"any" is of specification 2.2.</summary>
    private static string[] RulesOf(YamlNode at, IReadOnlyDictionary<string, YamlNode> section)
    {
        if (!section.TryGetValue("rules", out var node))
            throw SigmaYaml.Fault(at, "A filter needs rules.");
        if (node is YamlScalarNode { Value: "any" })
            return [];
        string[] rules = [.. SigmaYaml.Items(node).Select(item => SigmaYaml.Text(item, "rules"))];
        return rules.Length > 0 ? rules : throw SigmaYaml.Fault(node, "A filter names at least one rule, or any.");
    }

    private static bool IsNegation(SigmaExpression condition) => condition switch
    {
        SigmaNot => true,
        SigmaAnd and => and.Parts.All(IsNegation),
        SigmaOr or => or.Parts.All(IsNegation),
        _ => false,
    };
}
