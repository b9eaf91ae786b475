using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What came of the documents of one file.</summary>
/// <param name="Rules">Rules that were accepted.</param>
/// <param name="Problems">Documents that were not, each with a reason.</param>
public sealed record SigmaLoadResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaProblem> Problems)
{
    /// <summary>Correlation rules that were accepted. What they refer to is looked up by <see cref="SigmaRuleBook.Of"/>.</summary>
    public IReadOnlyList<SigmaCorrelation> Correlations { get; init; } = [];

    /// <summary>Filters that were accepted. What they refer to is looked up by <see cref="SigmaRuleBook.Of"/>.</summary>
    public IReadOnlyList<SigmaFilter> Filters { get; init; } = [];
}

/// <summary>Reads Sigma documents. What cannot be honoured whole is refused with file, line and reason. Pure.</summary>
public static class SigmaLoader
{
    /// <summary>Longest file, in characters.</summary>
    public const int CharactersMax = 1 << 20;

    private const int DocumentsMax = 1_000;
    private const int NestingMax = 64;
    private static readonly string[] Kinds = ["detection", "correlation", "filter"];

    /// <summary>Reads the documents of one file.</summary>
    /// <param name="file">Its name, for problems.</param>
    /// <param name="text">Its text: YAML, one or several documents.</param>
    /// <param name="placeholders">Values of <c>%placeholders%</c>.</param>
    public static SigmaLoadResult Read(
        string file, string text, IReadOnlyDictionary<string, IReadOnlyList<string>>? placeholders = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var documents = new List<SigmaDocument>();
        var problems = new List<SigmaProblem>();
        try
        {
            foreach (var root in Documents(text))
                Read(root, file, placeholders ?? new Dictionary<string, IReadOnlyList<string>>(), documents, problems);
        }
        catch (SigmaFault fault)
        {
            problems.Add(new(file, fault.Line, fault.Message));
        }
        catch (YamlException fault)
        {
            problems.Add(new(file, fault.Start.Line, $"This is not YAML: {fault.Message.ReplaceLineEndings(" ")}"));
        }
        return new SigmaLoadResult([.. documents.OfType<SigmaRule>()], problems)
        {
            Correlations = [.. documents.OfType<SigmaCorrelation>()],
            Filters = [.. documents.OfType<SigmaFilter>()],
        };
    }

    private static void Read(
        YamlNode root, string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders,
        List<SigmaDocument> documents, List<SigmaProblem> problems)
    {
        try
        {
            documents.Add(Document(root, file, placeholders));
        }
        catch (SigmaFault fault)
        {
            problems.Add(new(file, fault.Line, fault.Message));
        }
    }

    private static SigmaDocument Document(
        YamlNode root, string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders)
    {
        var fields = SigmaYaml.Fields(root, "A document");
        string[] kinds = [.. Kinds.Where(fields.ContainsKey)];
        if (kinds.Length > 1)
            throw SigmaYaml.Fault(root, $"A document is one thing, not {string.Join(" and ", kinds)}.");
        if (fields.TryGetValue("status", out var status) && status is YamlScalarNode { Value: "unsupported" })
            throw SigmaYaml.Fault(status, "Its author says that it cannot be used as it is (status: unsupported).");
        return kinds switch
        {
            ["correlation"] => new SigmaCorrelationReader(file).Read(root),
            ["filter"] => new SigmaFilterReader(file, placeholders).Read(root),
            _ => new SigmaRuleReader(file, placeholders).Read(root),
        };
    }

    private static YamlNode[] Documents(string text)
    {
        if (text.Length > CharactersMax)
            throw new SigmaFault(1, $"The file is longer than {CharactersMax} characters.");
        var stream = Load(text);
        if (stream.Documents.Count > DocumentsMax)
            throw new SigmaFault(1, $"The file has more than {DocumentsMax} documents.");
        // Nothing behind the last "---" is no document.
        YamlNode[] roots = [.. stream.Documents.Select(document => document.RootNode)
            .Where(root => root is not YamlScalarNode { Value: null or "" })];
        // A document that builds on others would lose what they say if it were read alone, so the whole file goes.
        return roots.OfType<YamlMappingNode>().FirstOrDefault(root => root.Children.ContainsKey("action")) is { } obsolete
            ? throw SigmaYaml.Fault(obsolete, "'action' belongs to the obsolete collections of specification 1; write every rule out.")
            : roots;
    }

    private static YamlStream Load(string text)
    {
        try
        {
            CheckShape(text);
            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            return stream;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML library answers some broken texts with exceptions of its inner parts, which carry no line.
            throw new SigmaFault(1, $"This is not YAML: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Looks for what would grow without bound once it is a tree: deep nesting, and aliases, which no rule needs.</summary>
    private static void CheckShape(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > NestingMax)
                throw new SigmaFault(parser.Current.Start.Line, $"The file is nested deeper than {NestingMax}.");
            if (parser.Current is YamlDotNet.Core.Events.AnchorAlias)
                throw new SigmaFault(parser.Current.Start.Line, "YAML aliases are not taken.");
        }
    }
}
