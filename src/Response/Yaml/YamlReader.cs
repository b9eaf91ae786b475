using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Yaml;

/// <summary>Reads the parts of one document strictly: an unknown key or an odd value is a fault with its line, never a guess.</summary>
internal abstract class YamlReader(string fileName, List<YamlFault> faults)
{
    private const int NameLengthMax = 64, TextLengthMax = 1_024, ItemsMax = 64;

    protected int FaultCount => faults.Count;

    internal void Fault(YamlNode node, string message) => faults.Add(new YamlFault(fileName, node.Start.Line, message));

    /// <summary>The document's own name; empty when it has none.</summary>
    protected string Name(YamlNode root, Dictionary<string, YamlNode> fields)
    {
        if (Required(root, fields, "name") is not { } node || Text(node, "name") is not { } name)
            return "";
        if (name.Length > NameLengthMax
            || name.Any(unit => !char.IsAsciiLetterLower(unit) && !char.IsAsciiDigit(unit) && unit != '-'))
            Fault(node, $"A name is 1 to {NameLengthMax} lower-case letters, digits and hyphens.");
        return name;
    }

    internal Dictionary<string, YamlNode>? Mapping(YamlNode node, string what, IReadOnlyList<string> keys)
    {
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, $"{what} is a mapping.");
            return null;
        }
        var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            if (keys.Contains(key))
                fields[key] = value;
            else
                Fault(keyNode,
                    $"{what} has no key {(key.Length is > 0 and <= NameLengthMax ? $"'{key}'" : "like this")}; it has {string.Join(", ", keys)}.");
        }
        return fields;
    }

    internal YamlNode? Required(YamlNode owner, Dictionary<string, YamlNode> fields, string key)
    {
        if (fields.TryGetValue(key, out var node))
            return node;
        Fault(owner, $"{key} is missing.");
        return null;
    }

    internal string? Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 and <= TextLengthMax } value })
            return value;
        Fault(node, $"{key} is a text of 1 to {TextLengthMax} characters.");
        return null;
    }

    internal IList<YamlNode> Items(YamlNode node, string key)
    {
        if (node is YamlSequenceNode { Children.Count: >= 1 and <= ItemsMax } list)
            return list.Children;
        Fault(node, $"{key} is a list of 1 to {ItemsMax}.");
        return [];
    }

    protected List<string> Texts(YamlNode node, string key) =>
        [.. Items(node, key).Select(item => Text(item, key)).OfType<string>()];
}
