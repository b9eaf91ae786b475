using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace SentinelHealth.Architecture.Tests;

/// <summary>One service of docker-compose.yml, with what YAML anchors bring in already merged.</summary>
internal sealed record ComposeService(string Name, IReadOnlyDictionary<string, object> Values)
{
    public string Image => Values.TryGetValue("image", out var image) ? (string)image : "";

    public bool IsProduct => Values.ContainsKey("build");

    public IReadOnlyDictionary<string, string> Environment =>
        Values.TryGetValue("environment", out var variables)
            ? ((IDictionary<object, object>)variables).ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value)
            : new Dictionary<string, string>();

    public IReadOnlyList<string> Ports => Texts("ports");

    public IReadOnlyList<string> Profiles => Texts("profiles");

    public IReadOnlyList<string> Command => Texts("command");

    public IReadOnlyList<string> Volumes => Texts("volumes");

    private List<string> Texts(string key) =>
        Values.TryGetValue(key, out var list) ? [.. ((IEnumerable<object>)list).Cast<string>()] : [];
}

internal static class ComposeFile
{
    public static IReadOnlyList<ComposeService> Services { get; } = [.. Section("services")
        .Select(pair => new ComposeService((string)pair.Key,
            ((IDictionary<object, object>)pair.Value).ToDictionary(value => (string)value.Key, value => value.Value)))];

    public static IReadOnlyList<string> Volumes { get; } = [.. Section("volumes").Keys.Cast<string>()];

    private static IDictionary<object, object> Section(string name)
    {
        using var reader = new StringReader(Repository.File("docker-compose.yml").Text);
        var parser = new MergingParser(new Parser(reader));
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return (IDictionary<object, object>)root[name];
    }
}
