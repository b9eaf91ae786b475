using System.ComponentModel.DataAnnotations;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Api;

/// <summary>What a person decides about a rule.</summary>
internal sealed record RuleStageBody(
    [property: Required] DetectorStage? Stage, [property: Required, StringLength(500, MinimumLength = 3)] string? Reason);

/// <summary>A page of rules, and the state of the folder they come from.</summary>
/// <param name="Items">Rules by name.</param>
/// <param name="Next">Cursor of the next page; null at the end.</param>
/// <param name="LoadedAt">Since when these rules are in use.</param>
/// <param name="ReloadCount">Times since the start that changes were taken into use.</param>
/// <param name="FailureCount">Times since the start that a change of the folder was refused.</param>
/// <param name="Problems">Why the folder as it is now is not in use, or what of it was refused at the start.</param>
internal sealed record RulesAnswer(
    IReadOnlyList<RuleAnswer> Items, string? Next, DateTimeOffset LoadedAt, long ReloadCount, long FailureCount,
    IReadOnlyList<SigmaProblem> Problems);

/// <summary>A written rule as the API shows it.</summary>
internal sealed record RuleAnswer
{
    /// <summary>Its name in alerts.</summary>
    public required string Name { get; init; }

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required Severity Level { get; init; }

    /// <summary>How far it is trusted now.</summary>
    public required DetectorStage Stage { get; init; }

    /// <summary>Whether its matches become alerts.</summary>
    public required bool IsAlerting { get; init; }

    /// <summary>Who put it into this stage, when and why; null while the author's status decides.</summary>
    public RuleStageDecision? Decision { get; init; }

    public required string Author { get; init; }

    public required string License { get; init; }

    /// <summary>Under the current identifiers of ATT&amp;CK.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    public required IReadOnlyList<string> FalsePositives { get; init; }

    public required IReadOnlyList<string> References { get; init; }

    /// <summary>File and line below the folder.</summary>
    public required string Place { get; init; }

    /// <summary>Matches since the state of detection began, in shadow too.</summary>
    public required long MatchCount { get; init; }

    /// <summary>When the latest of them happened; null before the first.</summary>
    public DateTimeOffset? LastMatchAt { get; init; }

    public static RuleAnswer Of(StagedRule rule, RuleStageDecision? decision, RuleCount count) => new()
    {
        Name = rule.Name,
        Id = rule.Document.Id,
        Title = rule.Document.Title,
        Description = rule.Document.Description,
        Level = rule.Definition.Severity,
        Stage = rule.Stage,
        IsAlerting = rule.Alerts,
        Decision = decision,
        Author = rule.Document.Author,
        License = rule.Document.License,
        Tags = rule.Definition.Tags,
        FalsePositives = rule.Document.FalsePositives,
        References = rule.Document.References,
        Place = $"{rule.Document.File}:{rule.Document.Line}",
        MatchCount = count.MatchCount,
        LastMatchAt = count.MatchCount == 0 ? null : count.LastAt,
    };
}
