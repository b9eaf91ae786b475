using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Turns one YAML document into a correlation rule. What it refers to is looked up later, by <see cref="SigmaLinker"/>.</summary>
/// <remarks>Sigma specification 2.1.0, "Correlation section", with the string conditions of temporal types of 2.2.</remarks>
internal sealed class SigmaCorrelationReader(string file)
{
    private const int RulesMax = 64;
    private const int TimespanCharactersMax = 10;
    private static readonly TimeSpan TimespanMax = TimeSpan.FromDays(3_660);

    private static readonly string[] Keys =
        ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "field"];

    private static readonly Dictionary<string, SigmaCorrelationType> Types = new(StringComparer.Ordinal)
    {
        ["event_count"] = SigmaCorrelationType.EventCount,
        ["value_count"] = SigmaCorrelationType.ValueCount,
        ["temporal"] = SigmaCorrelationType.Temporal,
        ["temporal_ordered"] = SigmaCorrelationType.TemporalOrdered,
        ["value_sum"] = SigmaCorrelationType.ValueSum,
        ["value_avg"] = SigmaCorrelationType.ValueAverage,
        ["value_min"] = SigmaCorrelationType.ValueMin,
        ["value_max"] = SigmaCorrelationType.ValueMax,
        ["value_percentile"] = SigmaCorrelationType.ValuePercentile,
        // Not in the specification, but in its reference implementation; "median is a percentile 50".
        ["value_median"] = SigmaCorrelationType.ValuePercentile,
    };

    /// <exception cref="SigmaFault">The document is no correlation that can be honoured whole.</exception>
    public SigmaCorrelation Read(YamlNode root)
    {
        var fields = SigmaYaml.Fields(root, "A correlation rule");
        var section = SigmaYaml.Fields(fields["correlation"], "correlation");
        if (section.Keys.FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
            throw SigmaYaml.Fault(section[unknown], $"'{unknown}' does not belong to a correlation.");
        var at = fields["correlation"];
        var type = Needed(section, "type", at);
        if (!Types.TryGetValue(SigmaYaml.Text(type, "type"), out var kind))
            throw SigmaYaml.Fault(type, $"The correlation type must be one of {string.Join(", ", Types.Keys)}.");
        var rules = RulesOf(Needed(section, "rules", at));
        var condition = new SigmaCorrelationConditionReader(kind, rules, at).Read(section);
        return new SigmaCorrelation(SigmaHeader.Read(file, root, fields))
        {
            Type = kind,
            Rules = rules,
            GroupBy = GroupByOf(section),
            Timespan = TimespanOf(Needed(section, "timespan", at)),
            IsGenerating = IsGenerating(section) || IsGenerating(fields),
            ValueFields = condition.ValueFields,
            Percentile = SigmaYaml.Text(type, "type") == "value_median" ? 50 : condition.Percentile,
            Bounds = condition.Bounds,
            Extended = condition.Extended,
            Aliases = AliasesOf(section, rules),
        };
    }

    private static YamlNode Needed(IReadOnlyDictionary<string, YamlNode> section, string name, YamlNode at) =>
        section.TryGetValue(name, out var node) ? node : throw SigmaYaml.Fault(at, $"A correlation needs {name}.");

    private static string[] RulesOf(YamlNode node)
    {
        string[] rules = [.. SigmaYaml.Items(node).Select(item => SigmaYaml.Text(item, "rules"))];
        if (rules.Length is 0 or > RulesMax)
            throw SigmaYaml.Fault(node, $"A correlation is about 1 to {RulesMax} rules.");
        return rules.Distinct(StringComparer.OrdinalIgnoreCase).Count() == rules.Length
            ? rules
            : throw SigmaYaml.Fault(node, "A rule stands twice in rules.");
    }

    private static IReadOnlyList<string> GroupByOf(IReadOnlyDictionary<string, YamlNode> section)
    {
        var names = SigmaYaml.Texts(section, "group-by");
        return names.Distinct(StringComparer.Ordinal).Count() == names.Count
            ? names
            : throw SigmaYaml.Fault(section["group-by"], "A field stands twice in group-by.");
    }

    /// <summary>"The following format must be used: number + letter (in lowercase)": s, m, h or d.</summary>
    private static TimeSpan TimespanOf(YamlNode node)
    {
        var text = SigmaYaml.Text(node, "timespan");
        var seconds = text[^1..] switch { "s" => 1, "m" => 60, "h" => 3_600, "d" => 86_400, _ => 0 };
        if (seconds == 0 || text.Length > TimespanCharactersMax
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw SigmaYaml.Fault(node, $"'{text}' is no timespan: a number and one of s, m, h and d.");
        return count >= 1 && count <= (long)TimespanMax.TotalSeconds / seconds
            ? TimeSpan.FromSeconds(count * seconds)
            : throw SigmaYaml.Fault(node, $"A timespan lasts from 1 second to {TimespanMax.TotalDays} days.");
    }

    /// <summary>The schema has <c>generate</c> beside the correlation, the reference implementation in it.</summary>
    private static bool IsGenerating(IReadOnlyDictionary<string, YamlNode> fields) =>
        fields.TryGetValue("generate", out var node) && SigmaYaml.Text(node, "generate") switch
        {
            "true" or "True" => true,
            "false" or "False" => false,
            _ => throw SigmaYaml.Fault(node, "generate is true or false."),
        };

    private static Dictionary<(string Alias, string Rule), string> AliasesOf(
        IReadOnlyDictionary<string, YamlNode> section, string[] rules)
    {
        var aliases = new Dictionary<(string, string), string>();
        if (!section.TryGetValue("aliases", out var node))
            return aliases;
        foreach (var (alias, fieldOfRule) in SigmaYaml.Fields(node, "aliases"))
        {
            foreach (var (rule, field) in SigmaYaml.Fields(fieldOfRule, $"The alias '{alias}'"))
            {
                if (!rules.Contains(rule))
                    throw SigmaYaml.Fault(field, $"The alias '{alias}' names '{rule}', which the correlation is not about.");
                aliases[(alias, rule)] = SigmaYaml.Text(field, alias);
            }
        }
        return aliases;
    }
}
