using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>The chart, rendered as Helm would, as far as it uses what Helm can do.</summary>
internal sealed partial class HelmChart
{
    private readonly Dictionary<string, List<TemplateNode>> _named = [];
    private readonly Dictionary<string, List<TemplateNode>> _files = [];
    private readonly TemplateExpression _expressions;

    private HelmChart()
    {
        (Folder, Values) = ("", []);
        _expressions = new TemplateExpression((name, dot) => Render(_named[name], new TemplateScope(dot, NoVariables(dot))));
    }

    public HelmChart(string folder) : this()
    {
        Folder = folder;
        Values = Map(Repository.File($"{folder}/values.yaml").Text);
        foreach (var file in Templates)
        {
            var nodes = TemplateParser.Parse(file.Text);
            foreach (var block in nodes.OfType<BlockNode>().Where(block => block.Keyword == "define"))
                _named.Add(block.Head.Trim('"'), block.Body);
            if (!file.Name.StartsWith('_'))
                _files.Add(file.Name, nodes);
        }
    }

    public string Folder { get; }

    public Dictionary<string, object?> Values { get; }

    public IEnumerable<RepositoryFile> Templates => Repository.Under($"{Folder}/templates");

    public static Dictionary<string, object?> Map(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (Dictionary<string, object?>)Value(stream.Documents[0].RootNode)!;
    }

    /// <summary>What Kubernetes would be given, document by document.</summary>
    public List<Dictionary<string, object?>> Render(Dictionary<string, object?> given)
    {
        var text = RenderFiles(given);
        var stream = new YamlStream();
        stream.Load(new StringReader(string.Join("\n---\n", text.Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal)).Select(file => file.Value))));
        return [.. stream.Documents.Select(document => Value(document.RootNode)).OfType<Dictionary<string, object?>>()];
    }

    public Dictionary<string, string> RenderFiles(Dictionary<string, object?> given)
    {
        var chart = Map(Repository.File($"{Folder}/Chart.yaml").Text);
        var root = new Dictionary<string, object?>
        {
            ["Values"] = Merged(Values, given),
            ["Chart"] = new Dictionary<string, object?> { ["Name"] = chart["name"], ["Version"] = chart["version"], ["AppVersion"] = chart["appVersion"] },
            ["Release"] = new Dictionary<string, object?> { ["Name"] = "watch", ["Namespace"] = "security", ["Service"] = "Helm" },
        };
        return _files.ToDictionary(file => file.Key, file => Render(file.Value, new TemplateScope(root, NoVariables(root))));
    }

    /// <summary>As Helm merges: maps by their keys, anything else replaced.</summary>
    public static Dictionary<string, object?> Merged(Dictionary<string, object?> under, Dictionary<string, object?> over)
    {
        var merged = new Dictionary<string, object?>(under);
        foreach (var (name, value) in over)
        {
            merged[name] = value is Dictionary<string, object?> map
                && under.GetValueOrDefault(name) is Dictionary<string, object?> below ? Merged(below, map) : value;
        }
        return merged;
    }

    /// <summary>One template by itself, without names.</summary>
    public static string RenderText(string template, object? dot) =>
        new HelmChart().Render(TemplateParser.Parse(template), new TemplateScope(dot, NoVariables(dot)));

    private static Dictionary<string, object?> NoVariables(object? root) => new() { ["$"] = root };

    private string Render(List<TemplateNode> nodes, TemplateScope scope)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
        {
            text.Append(node switch
            {
                TextNode plain => plain.Text,
                ActionNode action => TemplateExpression.Text(_expressions.Evaluate(action.Expression, scope)),
                BlockNode { Keyword: "if" } choice => Render(
                    TemplateExpression.IsTrue(_expressions.Evaluate(choice.Head, scope)) ? choice.Body : choice.Otherwise, scope),
                BlockNode { Keyword: "range" } range => Repeat(range, scope),
                _ => "",
            });
        }
        return text.ToString();
    }

    private string Repeat(BlockNode range, TemplateScope scope)
    {
        var head = RangeHead().Match(range.Head);
        if (!head.Success)
            throw new FormatException($"range {range.Head}: two variables and := are needed here.");
        IEnumerable<(object? Key, object? Value)> items = _expressions.Evaluate(head.Groups["of"].Value, scope) switch
        {
            List<object?> list => list.Select((value, i) => ((object?)(long)i, value)),
            Dictionary<string, object?> map => map
                .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => ((object?)pair.Key, pair.Value)),
            _ => throw new FormatException($"range {range.Head}: it is no list and no map."),
        };
        return string.Concat(items.Select(item =>
        {
            var variables = new Dictionary<string, object?>(scope.Variables)
            {
                [head.Groups["key"].Value] = item.Key,
                [head.Groups["value"].Value] = item.Value,
            };
            return Render(range.Body, new TemplateScope(item.Value, variables));
        }));
    }

    private static object? Value(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => Value(pair.Value)),
        YamlSequenceNode list => list.Select(Value).ToList(),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain => plain.Value switch
        {
            "" or "null" or "~" => null,
            "true" => true,
            "false" => false,
            { } text => long.TryParse(text, out var number) ? number : text,
            null => null,
        },
        YamlScalarNode text => text.Value,
        _ => throw new FormatException($"{node} is nothing that a chart has."),
    };

    [GeneratedRegex(@"^(?<key>\$\w+), (?<value>\$\w+) := (?<of>.+)$")]
    private static partial Regex RangeHead();
}
