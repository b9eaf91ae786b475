using SentinelHealth.Response.Yaml;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Compliance;

/// <summary>One control of a framework.</summary>
/// <param name="Id">Its name in tags, such as <c>hipaa.164.312.b</c>.</param>
/// <param name="Title">What it demands, in a few words.</param>
/// <param name="Law">Where it stands, as people cite it.</param>
/// <param name="Same">Controls of other frameworks that ask for the same; what serves this one serves them.</param>
public sealed record Control(string Id, string Title, string Law, IReadOnlyList<string> Same);

/// <summary>A law or standard with its controls.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Controls">Its controls in order.</param>
public sealed record ControlFramework(string Name, string Title, IReadOnlyList<Control> Controls);

/// <summary>What kind of thing serves a control.</summary>
public enum ControlServerKind
{
    /// <summary>A detector.</summary>
    Detector,

    /// <summary>A rule that is built in.</summary>
    Rule,

    /// <summary>A written rule.</summary>
    Written,

    /// <summary>A function of the product that is neither.</summary>
    Function,
}

/// <summary>Something that serves controls.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Name">Its name in alerts, or the function's.</param>
/// <param name="Controls">The controls, by their names in tags.</param>
public sealed record ControlServer(ControlServerKind Kind, string Name, IReadOnlyList<string> Controls);

/// <summary>Controls, and what serves them.</summary>
/// <param name="Frameworks">Laws and standards in order.</param>
/// <param name="Servers">Detectors, built-in rules and functions; written rules carry their controls as tags.</param>
/// <param name="Errors">Faults; with any, the rest is empty.</param>
public sealed record ControlCatalog(
    IReadOnlyList<ControlFramework> Frameworks, IReadOnlyList<ControlServer> Servers, IReadOnlyList<YamlFault> Errors)
{
    /// <summary>Tags of rules that name a control begin like this.</summary>
    public const string TagPrefix = "control.";

    /// <summary>Reads files of controls, strictly: unknown keys, unknown controls and names that stand twice are faults with file and line.</summary>
    /// <remarks>Pure; never throws on any text.</remarks>
    public static ControlCatalog Load(IReadOnlyList<(string File, string Text)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var (parts, faults) = (new List<ControlPart>(), new List<YamlFault>());
        foreach (var (file, text) in files)
        {
            var (read, found) = YamlDocuments.Read(text, file, "controls",
                (root, errors) => new ControlReader(file, errors).Read(root));
            parts.AddRange(read);
            faults.AddRange(found);
        }
        var frameworks = parts.Select(part => part.Framework).OfType<ControlFramework>().ToList();
        var servers = parts.SelectMany(part => part.Servers).ToList();
        var known = frameworks.SelectMany(framework => framework.Controls).Select(control => control.Id).ToList();
        var asked = servers.SelectMany(server => server.Controls)
            .Concat(frameworks.SelectMany(framework => framework.Controls).SelectMany(control => control.Same));
        faults.AddRange(asked.Except(known, StringComparer.Ordinal).Select(name => Fault($"No framework has the control {name}.")));
        faults.AddRange(Twice(known).Select(name => Fault($"The control {name} is there more than once.")));
        faults.AddRange(Twice(servers.Select(server => server.Name)).Select(name => Fault($"{name} is mapped more than once.")));
        return faults.Count > 0 ? new ControlCatalog([], [], faults) : new ControlCatalog(frameworks, servers, []);

        YamlFault Fault(string message) => new(files.Count > 0 ? files[0].File : "", 1, message);
    }

    /// <summary>The controls that tags name and that the catalog knows.</summary>
    public IReadOnlyList<string> ControlsOf(IEnumerable<string> tags)
    {
        var known = Frameworks.SelectMany(framework => framework.Controls).Select(control => control.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. tags.Where(tag => tag.StartsWith(TagPrefix, StringComparison.Ordinal))
            .Select(tag => tag[TagPrefix.Length..]).Where(known.Contains)];
    }

    private static IEnumerable<string> Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}

/// <summary>One document: a framework, or things that serve controls.</summary>
internal sealed record ControlPart(ControlFramework? Framework, IReadOnlyList<ControlServer> Servers);

/// <summary>Turns one YAML document into a framework or into things that serve controls.</summary>
internal sealed class ControlReader(string fileName, List<YamlFault> faults) : YamlReader(fileName, faults)
{
    private static readonly string[] Members = ["name", "title", "controls", "detectors", "rules", "functions"];
    private static readonly string[] ControlMembers = ["id", "title", "law", "same"];
    private static readonly string[] ServerMembers = ["name", "serves"];

    public ControlPart? Read(YamlNode root)
    {
        var before = FaultCount;
        if (Mapping(root, "A file of controls", Members) is not { } fields)
            return null;
        ControlFramework? framework = null;
        if (fields.TryGetValue("controls", out var controls))
        {
            var name = Required(root, fields, "name") is { } node ? Text(node, "name") ?? "" : "";
            var title = Required(root, fields, "title") is { } titled ? Text(titled, "title") ?? "" : "";
            framework = new ControlFramework(name, title,
                [.. Items(controls, "controls").Select(item => ControlOf(item, name)).OfType<Control>()]);
        }
        var servers = Servers(fields, "detectors", ControlServerKind.Detector)
            .Concat(Servers(fields, "rules", ControlServerKind.Rule))
                .Concat(Servers(fields, "functions", ControlServerKind.Function)).ToList();
        if (framework is null && servers.Count == 0)
            Fault(root, "A document of controls has controls, detectors, rules or functions.");
        return FaultCount > before ? null : new ControlPart(framework, servers);
    }

    private Control? ControlOf(YamlNode node, string framework)
    {
        if (Mapping(node, "A control", ControlMembers) is not { } fields
            || Required(node, fields, "id") is not { } id || Required(node, fields, "title") is not { } title)
            return null;
        return new Control(
            $"{framework}.{Text(id, "id")}", Text(title, "title") ?? "",
            fields.TryGetValue("law", out var law) ? Text(law, "law") ?? "" : "",
            fields.TryGetValue("same", out var same) ? Texts(same, "same") : []);
    }

    private IEnumerable<ControlServer> Servers(Dictionary<string, YamlNode> fields, string key, ControlServerKind kind)
    {
        if (!fields.TryGetValue(key, out var list))
            yield break;
        foreach (var node in Items(list, key))
        {
            if (Mapping(node, "A mapping", ServerMembers) is { } item && Required(node, item, "name") is { } name
                && Required(node, item, "serves") is { } serves)
                yield return new ControlServer(kind, Text(name, "name") ?? "", Texts(serves, "serves"));
        }
    }
}
