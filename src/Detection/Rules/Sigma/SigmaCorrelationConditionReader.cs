using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What the condition of a correlation says.</summary>
internal sealed record SigmaCorrelationCondition(
    IReadOnlyList<SigmaBound> Bounds, IReadOnlyList<string> ValueFields, double? Percentile, SigmaExpression? Extended);

/// <summary>Reads the condition of a correlation: bounds of its measure, or, for temporal types, a condition over its rules.</summary>
/// <remarks>Sigma specification 2.1.0, "Condition" of "Correlation section".</remarks>
internal sealed class SigmaCorrelationConditionReader(SigmaCorrelationType type, IReadOnlyList<string> rules, YamlNode at)
{
    /// <summary>Events of a key that are remembered at most, so counts beyond could never be reached.</summary>
    public const int CountMax = 32_767;

    /// <summary>Rules of an ordered correlation with a condition over them: every subset of them is followed.</summary>
    private const int OrderedExtendedRulesMax = 10;

    private bool IsTemporal => type is SigmaCorrelationType.Temporal or SigmaCorrelationType.TemporalOrdered;

    private bool IsCount => IsTemporal || type is SigmaCorrelationType.EventCount or SigmaCorrelationType.ValueCount;

    /// <exception cref="SigmaFault">The condition does not fit the type, or cannot be honoured.</exception>
    public SigmaCorrelationCondition Read(IReadOnlyDictionary<string, YamlNode> section)
    {
        if (!section.TryGetValue("condition", out var node))
        {
            // "All events defined by the rules must occur."
            return IsTemporal && !section.ContainsKey("field")
                ? new([new SigmaBound("gte", rules.Count)], [], null, null)
                : throw SigmaYaml.Fault(at, IsTemporal ? "A temporal correlation has no field." : "This type of correlation needs a condition.");
        }
        return node is YamlScalarNode ? Extended(node) : Bounds(node, section);
    }

    private SigmaCorrelationCondition Extended(YamlNode node)
    {
        if (!IsTemporal)
            throw SigmaYaml.Fault(node, "Only temporal correlations have a condition over rules; this type needs bounds, such as 'gte: 10'.");
        var terms = Enumerable.Range(0, rules.Count)
            .ToDictionary(rule => rules[rule], rule => (SigmaExpression)new SigmaReferenceTerm(rule), StringComparer.Ordinal);
        var condition = SigmaCondition.Parse(SigmaYaml.Text(node, "condition"), node.Start.Line, terms);
        var named = condition.Nodes().OfType<SigmaReferenceTerm>().Select(term => rules[term.Rule]);
        if (rules.Except(named, StringComparer.Ordinal).FirstOrDefault() is { } forgotten)
            throw SigmaYaml.Fault(node, $"The condition leaves out '{forgotten}'.");
        if (type == SigmaCorrelationType.TemporalOrdered && rules.Count > OrderedExtendedRulesMax)
            throw SigmaYaml.Fault(node, $"Ordered and with a condition over its rules it has {OrderedExtendedRulesMax} of them at most.");
        return new([], [], null, condition);
    }

    private SigmaCorrelationCondition Bounds(YamlNode node, IReadOnlyDictionary<string, YamlNode> section)
    {
        var parts = SigmaYaml.Fields(node, "condition");
        if (parts.Keys.FirstOrDefault(key => key is not ("field" or "percentile") && !SigmaBound.Operators.Contains(key)) is { } unknown)
            throw SigmaYaml.Fault(parts[unknown], $"'{unknown}' does not belong to the condition of a correlation.");
        SigmaBound[] bounds = [.. parts.Where(part => SigmaBound.Operators.Contains(part.Key)).Select(Bound)];
        if (bounds.Length == 0)
            throw SigmaYaml.Fault(node, $"The condition needs one of {string.Join(", ", SigmaBound.Operators)}.");
        var percentile = PercentileOf(parts);
        var isShare = type == SigmaCorrelationType.ValuePercentile && percentile is null;
        if (isShare && bounds.Any(bound => bound.Number is < 0 or > 100))
            throw SigmaYaml.Fault(node, "Without a percentile the condition is about a percentage, 0 to 100.");
        return new(bounds, FieldsOf(node, parts, section), percentile, null);
    }

    private SigmaBound Bound(KeyValuePair<string, YamlNode> part)
    {
        var text = SigmaYaml.Text(part.Value, part.Key);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw SigmaYaml.Fault(part.Value, $"'{text}' is no number.");
        return IsCount && number > CountMax
            ? throw SigmaYaml.Fault(part.Value, $"Counts go to {CountMax}.")
            : new SigmaBound(part.Key, number);
    }

    /// <summary>The field stands in the condition; the JSON schema of 2.1.0 asks for it beside the condition, which is taken as well.</summary>
    private IReadOnlyList<string> FieldsOf(
        YamlNode node, IReadOnlyDictionary<string, YamlNode> condition, IReadOnlyDictionary<string, YamlNode> section)
    {
        var inside = SigmaYaml.Texts(condition, "field");
        var beside = SigmaYaml.Texts(section, "field");
        if (inside.Count > 0 && beside.Count > 0 && !inside.SequenceEqual(beside))
            throw SigmaYaml.Fault(node, "The correlation names two different fields.");
        var fields = inside.Count > 0 ? inside : beside;
        var isAboutValues = !IsTemporal && type != SigmaCorrelationType.EventCount;
        if (isAboutValues != fields.Count > 0)
            throw SigmaYaml.Fault(node, isAboutValues ? "This type of correlation needs a field." : "This type of correlation has no field.");
        return fields.Count <= 1 || type == SigmaCorrelationType.ValueCount
            ? fields
            : throw SigmaYaml.Fault(node, "Only value_count takes several fields.");
    }

    private double? PercentileOf(IReadOnlyDictionary<string, YamlNode> parts)
    {
        if (!parts.TryGetValue("percentile", out var node))
            return null;
        var text = SigmaYaml.Text(node, "percentile");
        return type == SigmaCorrelationType.ValuePercentile
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var percentile)
            && percentile is >= 0 and <= 100
            ? percentile
            : throw SigmaYaml.Fault(node, "A percentile is a number from 0 to 100 and belongs to value_percentile.");
    }
}
