using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Turns one YAML document into a detection rule.</summary>
internal sealed class SigmaRuleReader(string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
{
    private const int TitleCharactersMax = 256;
    private const int DepthMax = 32;
    private static readonly string[] Statuses = ["", "stable", "test", "experimental", "deprecated", "unsupported"];
    private static readonly string[] Levels = ["", "informational", "low", "medium", "high", "critical"];

    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);

    /// <exception cref="SigmaFault">The document is no rule that can be honoured whole.</exception>
    public SigmaRule Read(YamlNode root)
    {
        var fields = SigmaYaml.Fields(root, "A rule");
        var title = SigmaYaml.TextOrEmpty(fields, "title");
        if (title.Length is 0 or > TitleCharactersMax)
            throw SigmaYaml.Fault(root, $"A rule needs a title of 1 to {TitleCharactersMax} characters.");
        return new SigmaRule
        {
            Title = title,
            Id = IdOf(fields),
            Name = SigmaYaml.TextOrEmpty(fields, "name"),
            Description = SigmaYaml.TextOrEmpty(fields, "description"),
            Author = SigmaYaml.TextOrEmpty(fields, "author"),
            License = SigmaYaml.TextOrEmpty(fields, "license"),
            Status = Choice(fields, "status", Statuses),
            Level = (SigmaLevel)Array.IndexOf(Levels, Choice(fields, "level", Levels)),
            Tags = SigmaYaml.Texts(fields, "tags"),
            References = SigmaYaml.Texts(fields, "references"),
            FalsePositives = SigmaYaml.Texts(fields, "falsepositives"),
            Fields = SigmaYaml.Texts(fields, "fields"),
            LogSource = LogSourceOf(root, fields),
            File = file,
            Line = root.Start.Line,
            Condition = ConditionOf(root, fields),
            MissingPlaceholders = [.. _missing],
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
            .ToDictionary(field => field.Key, field => Search(field.Value, 0), StringComparer.Ordinal);
        // Several conditions: one of them is enough.
        return SigmaExpression.Any([.. SigmaYaml.Items(condition)
            .Select(text => SigmaCondition.Parse(SigmaYaml.Text(text, "condition"), text.Start.Line, searches))]);
    }

    /// <summary>A map is an AND of its fields, a list an OR of its items; values without a field are looked for everywhere.</summary>
    private SigmaExpression Search(YamlNode node, int depth)
    {
        if (depth > DepthMax)
            throw SigmaYaml.Fault(node, $"A search is nested deeper than {DepthMax}.");
        if (node is YamlSequenceNode list)
            return list.Children.Count == 0
                ? throw SigmaYaml.Fault(node, "A search has no items.")
                : SigmaExpression.Any([.. list.Children.Select(item => Search(item, depth + 1))]);
        if (node is YamlScalarNode)
            return Term("", node, [node]);
        var fields = SigmaYaml.Fields(node, "A search");
        return fields.Count == 0
            ? throw SigmaYaml.Fault(node, "A search has no fields.")
            : SigmaExpression.All([.. fields.Select(field => Field(field.Key, field.Value, depth))]);
    }

    private SigmaExpression Field(string key, YamlNode value, int depth)
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

    private static string IdOf(IReadOnlyDictionary<string, YamlNode> fields)
    {
        var id = SigmaYaml.TextOrEmpty(fields, "id");
        return id.Length == 0 || Guid.TryParseExact(id, "D", out _) ? id : throw SigmaYaml.Fault(fields["id"], "The id is no UUID.");
    }

    private static string Choice(IReadOnlyDictionary<string, YamlNode> fields, string name, string[] choices)
    {
        var text = SigmaYaml.TextOrEmpty(fields, name);
        return choices.Contains(text) ? text : throw SigmaYaml.Fault(fields[name], $"{name} must be one of {string.Join(", ", choices[1..])}.");
    }

    private static SigmaLogSource LogSourceOf(YamlNode root, IReadOnlyDictionary<string, YamlNode> fields)
    {
        if (!fields.TryGetValue("logsource", out var node))
            throw SigmaYaml.Fault(root, "A rule needs a logsource.");
        var source = SigmaYaml.Fields(node, "logsource");
        var read = new SigmaLogSource(Part("category"), Part("product"), Part("service"));
        return read is { Category: null, Product: null, Service: null }
            ? throw SigmaYaml.Fault(node, "The logsource needs a category, a product or a service.")
            : read;

        string? Part(string name) => SigmaYaml.TextOrEmpty(source, name) is { Length: > 0 } text ? text : null;
    }
}
