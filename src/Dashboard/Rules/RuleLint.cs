using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What a good rule has and the specification does not ask for. Warnings only: the rules run all the same.</summary>
internal static class RuleLint
{
    /// <summary>Warnings about documents that are told when they match.</summary>
    public static IEnumerable<SigmaProblem> Of(SigmaRuleBook book)
    {
        foreach (var document in StagedRules.ReportingOf(book))
        {
            foreach (var warning in Warnings(document))
                yield return new SigmaProblem(document.File, document.Line, warning);
        }
    }

    private static IEnumerable<string> Warnings(SigmaDocument document)
    {
        if (document.Id.Length == 0)
            yield return "The rule has no id.";
        if (document.Level == SigmaLevel.None)
            yield return "The rule does not say how bad a match is (level).";
        if (document.FalsePositives.Count == 0)
            yield return "The rule does not say what else may match (falsepositives).";
        if (document.Description.Length == 0)
            yield return "The rule has no description.";
        if (document.Author.Length == 0)
            yield return "The rule has no author to name with a match.";
        foreach (var tag in document.Tags)
        {
            if (AttackTags.IsUnknown(tag))
                yield return $"ATT&CK knows no {tag[AttackTags.Prefix.Length..]}.";
            else if (!AttackTags.Current(tag).Equals(tag, StringComparison.OrdinalIgnoreCase))
                yield return $"{tag} is {AttackTags.Current(tag)} in the current ATT&CK; it is shown so.";
        }
    }
}
