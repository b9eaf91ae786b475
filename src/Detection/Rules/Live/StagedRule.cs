using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Rules.Live;

/// <summary>A written rule that can raise alerts, with its stage.</summary>
/// <param name="Definition">What its alerts say of it.</param>
/// <param name="Document">The rule itself.</param>
/// <param name="Stage">How far it is trusted.</param>
public sealed record StagedRule(RuleDefinition Definition, SigmaDocument Document, DetectorStage Stage)
{
    /// <summary>What names of written rules begin with.</summary>
    public const string Prefix = "sigma.";

    /// <summary>Its name in alerts: the prefix and its own name, or else its identifier or its title.</summary>
    public string Name => Definition.Name;

    /// <summary>Whether it is run at all. A rule that lacks the value of a placeholder cannot be.</summary>
    public bool Runs => Stage is DetectorStage.Shadow or DetectorStage.Enforced && Document.MissingPlaceholders.Count == 0;

    /// <summary>Whether its matches become alerts. What is informational is counted only.</summary>
    public bool Alerts => Runs && Stage == DetectorStage.Enforced && Definition.Severity > Severity.Informational;

    /// <summary>The stage that the author's status stands for: experimental rules are in shadow, deprecated ones retired, all others enforced.</summary>
    public static DetectorStage StageOf(SigmaDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.Status switch
        {
            "experimental" => DetectorStage.Shadow,
            "deprecated" => DetectorStage.Retired,
            _ => DetectorStage.Enforced,
        };
    }

    internal bool IsOf(SigmaDocument document) => document.File == Document.File && document.Line == Document.Line;

    internal static StagedRule Of(SigmaDocument document, IReadOnlyDictionary<string, DetectorStage> stages)
    {
        var name = Prefix + NameOf(document);
        var definition = new RuleDefinition(name, document.Title, SeverityOf(document.Level),
            [.. document.Tags.Select(AttackTags.Current).Distinct(StringComparer.Ordinal)])
        {
            Origin = new RuleOrigin(document.Id, document.Author, document.License, document.FalsePositives, document.References),
        };
        return new StagedRule(definition, document, stages.TryGetValue(name, out var decided) ? decided : StageOf(document));
    }

    private static string NameOf(SigmaDocument document) =>
        document.Name.Length > 0 ? document.Name
        : document.Id.Length > 0 ? document.Id
        : string.Concat(document.Title.ToLowerInvariant().Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'));

    /// <summary>An author who does not say how bad it is gets the lowest level that alerts.</summary>
    private static Severity SeverityOf(SigmaLevel level) => level switch
    {
        SigmaLevel.Critical => Severity.Critical,
        SigmaLevel.High => Severity.High,
        SigmaLevel.Medium => Severity.Medium,
        SigmaLevel.Informational => Severity.Informational,
        _ => Severity.Low,
    };
}
