using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Turns one YAML document into a detection rule.</summary>
internal sealed class SigmaRuleReader(string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
{
    private readonly SigmaSearchReader _searches = new(placeholders);

    /// <exception cref="SigmaFault">The document is no rule that can be honoured whole.</exception>
    public SigmaRule Read(YamlNode root)
    {
        var fields = SigmaYaml.Fields(root, "A rule");
        var header = SigmaHeader.Read(file, root, fields);
        return new SigmaRule(header)
        {
            LogSource = SigmaHeader.LogSourceOf(root, fields),
            Condition = ConditionOf(root, fields),
            MissingPlaceholders = _searches.MissingPlaceholders,
        };
    }

    private SigmaExpression ConditionOf(YamlNode root, IReadOnlyDictionary<string, YamlNode> rule)
    {
        if (!rule.TryGetValue("detection", out var detection))
            throw SigmaYaml.Fault(root, "A rule needs a detection.");
        var fields = SigmaYaml.Fields(detection, "detection");
        if (!fields.TryGetValue("condition", out var condition))
            throw SigmaYaml.Fault(detection, "The detection needs a condition.");
        if (fields.TryGetValue("timeframe", out var timeframe))
            throw SigmaYaml.Fault(timeframe, "timeframe belongs to the obsolete aggregations; write a correlation rule.");
        var searches = fields.Where(field => field.Key != "condition")
            .ToDictionary(field => field.Key, field => _searches.Read(field.Value), StringComparer.Ordinal);
        SigmaExpression[] conditions = [.. SigmaYaml.Items(condition)
            .Select(text => SigmaCondition.Parse(SigmaYaml.Text(text, "condition"), text.Start.Line, searches))];
        // Several conditions: one of them is enough.
        return conditions.Length > 0
            ? SigmaExpression.Any(conditions)
            : throw SigmaYaml.Fault(condition, "The list of conditions is empty.");
    }
}
