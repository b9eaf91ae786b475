using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>Reads the tests beside a file of rules: <c>name.test.yml</c> for <c>name.yml</c>.</summary>
/// <remarks>
/// <c>base</c> holds members that every event has unless it says otherwise. An event is a map of members, or
/// <c>{repeat, every, event}</c>: so many of them, that far apart, with <c>{n}</c> in texts counting from 1.
/// </remarks>
internal sealed class RuleTestFile
{
    private const int TestsMax = 100;
    private const long FileBytesMax = 1 << 20;

    private readonly string _file;
    private readonly JsonObject _base = [];

    private RuleTestFile(string file) => _file = file;

    /// <exception cref="RuleTestException">It is no file of tests.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<RuleTest> Read(string file) => new FileInfo(file).Length <= FileBytesMax
        ? Read(file, File.ReadAllText(file))
        : throw new RuleTestException(file, 1, $"The file is longer than {FileBytesMax} bytes.");

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="file">The name, for problems.</param>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<RuleTest> Read(string file, string text)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            return stream.Documents.Count == 1
                ? new RuleTestFile(file).ReadAll(stream.Documents[0].RootNode)
                : throw new RuleTestException(file, 1, "A file of tests is one document.");
        }
        catch (YamlException fault)
        {
            throw new RuleTestException(file, fault.Start.Line, $"This is not YAML: {fault.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML library answers some broken texts with exceptions of its inner parts, which carry no line.
            throw new RuleTestException(file, 1, $"This is not YAML: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private List<RuleTest> ReadAll(YamlNode root)
    {
        var fields = MapOf(root, "A file of tests");
        if (fields.TryGetValue("base", out var common))
        {
            foreach (var (name, value) in MapOf(common, "base"))
                _base[name] = YamlJson.Of(value);
        }
        var tests = ListOf(fields, root, "tests").Select(ReadTest).ToList();
        return tests.Count is > 0 and <= TestsMax ? tests : throw Fault(root, $"There must be 1 to {TestsMax} tests.");
    }

    private RuleTest ReadTest(YamlNode node)
    {
        var fields = MapOf(node, "A test");
        if (!fields.TryGetValue("name", out var name) || name is not YamlScalarNode { Value: { Length: > 0 } title })
            throw Fault(node, "A test needs a name.");
        if (!fields.TryGetValue("matches", out var matches) || matches is not YamlScalarNode { Value: { } expected })
            throw Fault(node, "A test must say how many matches are expected.");
        var isOpen = expected.StartsWith(">=", StringComparison.Ordinal);
        if (!int.TryParse(isOpen ? expected[2..] : expected, NumberStyles.None, CultureInfo.InvariantCulture, out var least))
            throw Fault(matches, "matches is a number, or >= and a number.");
        var records = new RuleTestRecords(_base);
        foreach (var item in ListOf(fields, node, "events"))
            Add(item, records);
        return new RuleTest(title, node.Start.Line, least, isOpen ? int.MaxValue : least, records.All);
    }

    private void Add(YamlNode item, RuleTestRecords records)
    {
        var fields = MapOf(item, "An event");
        var isRepeated = fields.ContainsKey("repeat") || fields.ContainsKey("every") || fields.ContainsKey("event");
        var content = isRepeated ? fields.GetValueOrDefault("event") : item;
        var repeat = 1;
        if (fields.TryGetValue("repeat", out var times)
            && !(times is YamlScalarNode { Value: { } text }
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out repeat)))
            throw Fault(times, "repeat is a number.");
        var every = RuleTestRecords.EveryDefault;
        if (fields.TryGetValue("every", out var step) && !(step is YamlScalarNode { Value: { } span } && RuleTestRecords.TrySpan(span, out every)))
            throw Fault(step, "every is a number and s, m, h or d, such as 30s.");
        var members = content is null ? [] : (JsonObject)YamlJson.Of(content is YamlMappingNode ? content : throw Fault(item, "An event is a map."))!;
        if (!records.TryAdd(members, repeat, every))
            throw Fault(item, $"A test has more than {RuleTestRecords.RecordsMax} events.");
    }

    private Dictionary<string, YamlNode> MapOf(YamlNode node, string what) => node is YamlMappingNode map
        ? map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value ?? "", pair => pair.Value, StringComparer.Ordinal)
        : throw Fault(node, $"{what} must be a map.");

    private IEnumerable<YamlNode> ListOf(Dictionary<string, YamlNode> fields, YamlNode parent, string name) =>
        fields.TryGetValue(name, out var node) && node is YamlSequenceNode list
            ? list.Children
            : throw Fault(parent, $"A list of {name} is missing.");

    private RuleTestException Fault(YamlNode node, string reason) => new(_file, node.Start.Line, reason);
}
