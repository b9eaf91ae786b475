using System.Text.Json;
using SentinelHealth.Dashboard.Rules;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The stages people decided for rules, in one file of the data folder.</summary>
internal sealed class RuleStageStore(string dataFolder)
{
    public const string FileName = "rule-stages.json";

    private const int DecisionsMax = 20_000;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path = Path.Combine(dataFolder, FileName);

    /// <summary>The latest decision about each rule, by its name.</summary>
    /// <exception cref="InvalidDataException">The file is not what was written: guessing would promote rules that nobody promoted.</exception>
    public IReadOnlyDictionary<string, RuleStageDecision> Read()
    {
        if (!File.Exists(_path))
            return new Dictionary<string, RuleStageDecision>();
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, RuleStageDecision>>(File.ReadAllText(_path), Web)
                ?? throw new InvalidDataException($"{_path}: The stages of rules are empty.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{_path}: The stages of rules cannot be read.", fault);
        }
    }

    /// <summary>Makes decisions durable.</summary>
    /// <exception cref="IOException">The file cannot be written, or there are too many.</exception>
    public void Write(IReadOnlyDictionary<string, RuleStageDecision> decisions)
    {
        if (decisions.Count > DecisionsMax)
            throw new IOException($"{_path}: More than {DecisionsMax} decisions.");
        Directory.CreateDirectory(dataFolder);
        WholeFile.Replace(_path, stream => JsonSerializer.Serialize(
            stream, new SortedDictionary<string, RuleStageDecision>(decisions.ToDictionary(), StringComparer.Ordinal), Web));
    }
}
