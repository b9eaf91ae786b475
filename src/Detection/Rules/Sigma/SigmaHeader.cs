using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What all kinds of documents say alike, before it is known what else they say.</summary>
internal sealed record SigmaHeader : SigmaDocument
{
    private const int TitleCharactersMax = 256;
    private static readonly string[] Statuses = ["", "stable", "test", "experimental", "deprecated", "unsupported"];
    private static readonly string[] Levels = ["", "informational", "low", "medium", "high", "critical"];

    /// <summary>Reads the header of a document.</summary>
    /// <exception cref="SigmaFault">Something in it is not as the specification says.</exception>
    public static SigmaHeader Read(string file, YamlNode root, IReadOnlyDictionary<string, YamlNode> fields)
    {
        var title = SigmaYaml.TextOrEmpty(fields, "title");
        if (title.Length is 0 or > TitleCharactersMax)
            throw SigmaYaml.Fault(root, $"A rule needs a title of 1 to {TitleCharactersMax} characters.");
        return new SigmaHeader
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
            File = file,
            Line = root.Start.Line,
            Digest = SigmaYaml.DigestOf(root),
        };
    }

    /// <summary>The part of a log that a rule or a filter is about.</summary>
    public static SigmaLogSource LogSourceOf(YamlNode root, IReadOnlyDictionary<string, YamlNode> fields)
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
}
