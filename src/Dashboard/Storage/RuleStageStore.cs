using System.Text.Json;
using SentinelHealth.Dashboard.Rules;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The stages people decided for rules, in one document.</summary>
internal sealed class RuleStageStore(IDocuments documents)
{
    public const string FileName = "rule-stages.json";

    private const int DecisionsMax = 20_000;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>In a file of the data folder.</summary>
    public RuleStageStore(string dataFolder) : this(new FolderDocuments(dataFolder))
    {
    }

    /// <summary>Changes when somebody decides, in this process or another.</summary>
    public string Mark => documents.MarkOf(FileName);

    /// <summary>The latest decision about each rule, by its name.</summary>
    /// <exception cref="InvalidDataException">The document is not what was written: guessing would promote rules that nobody promoted.</exception>
    public IReadOnlyDictionary<string, RuleStageDecision> Read() => Parse(documents.Read(FileName));

    /// <summary>Makes a decision durable, beside those of everybody else.</summary>
    /// <returns>All decisions as they are now.</returns>
    /// <exception cref="IOException">The document cannot be written, or there are too many.</exception>
    public IReadOnlyDictionary<string, RuleStageDecision> Decide(string rule, RuleStageDecision decision)
    {
        var decisions = new SortedDictionary<string, RuleStageDecision>(StringComparer.Ordinal);
        documents.Change(FileName, before =>
        {
            decisions = new(Parse(before).ToDictionary(), StringComparer.Ordinal) { [rule] = decision };
            return decisions.Count <= DecisionsMax
                ? JsonSerializer.SerializeToUtf8Bytes(decisions, Web) : throw new IOException($"{FileName}: More than {DecisionsMax} decisions.");
        });
        return decisions;
    }

    private static Dictionary<string, RuleStageDecision> Parse(byte[]? document)
    {
        if (document is null)
            return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, RuleStageDecision>>(document, Web)
                ?? throw new InvalidDataException($"{FileName}: The stages of rules are empty.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{FileName}: The stages of rules cannot be read.", fault);
        }
    }
}
