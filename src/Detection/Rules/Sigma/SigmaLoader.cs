using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What came of a set of documents.</summary>
/// <param name="Rules">Rules that were accepted.</param>
/// <param name="Problems">Documents that were not, each with a reason.</param>
public sealed record SigmaLoadResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaProblem> Problems);

/// <summary>Reads Sigma documents. What cannot be honoured whole is refused with file, line and reason. Pure.</summary>
public static class SigmaLoader
{
    /// <summary>Longest file, in characters.</summary>
    public const int CharactersMax = 1 << 20;

    private const int DocumentsMax = 1_000;
    private const int NestingMax = 64;

    /// <summary>Reads the documents of one file.</summary>
    /// <param name="file">Its name, for problems.</param>
    /// <param name="text">Its text: YAML, one or several documents.</param>
    /// <param name="placeholders">Values of <c>%placeholders%</c>.</param>
    public static SigmaLoadResult Read(
        string file, string text, IReadOnlyDictionary<string, IReadOnlyList<string>>? placeholders = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rules = new List<SigmaRule>();
        var problems = new List<SigmaProblem>();
        try
        {
            foreach (var root in Documents(text))
                Read(root, file, placeholders ?? new Dictionary<string, IReadOnlyList<string>>(), rules, problems);
        }
        catch (SigmaFault fault)
        {
            problems.Add(new(file, fault.Line, fault.Message));
        }
        catch (YamlException fault)
        {
            problems.Add(new(file, fault.Start.Line, $"This is not YAML: {fault.Message.ReplaceLineEndings(" ")}"));
        }
        return new SigmaLoadResult(rules, problems);
    }

    private static void Read(
        YamlNode root, string file, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders, List<SigmaRule> rules,
        List<SigmaProblem> problems)
    {
        try
        {
            var fields = SigmaYaml.Fields(root, "A document");
            if (fields.ContainsKey("correlation") || fields.ContainsKey("filter"))
                throw SigmaYaml.Fault(root, "Correlation rules and filters are not supported yet.");
            rules.Add(new SigmaRuleReader(file, placeholders).Read(root));
        }
        catch (SigmaFault fault)
        {
            problems.Add(new(file, fault.Line, fault.Message));
        }
    }

    private static IEnumerable<YamlNode> Documents(string text)
    {
        if (text.Length > CharactersMax)
            throw new SigmaFault(1, $"The file is longer than {CharactersMax} characters.");
        CheckShape(text);
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        if (stream.Documents.Count > DocumentsMax)
            throw new SigmaFault(1, $"The file has more than {DocumentsMax} documents.");
        return stream.Documents.Select(document => document.RootNode);
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
