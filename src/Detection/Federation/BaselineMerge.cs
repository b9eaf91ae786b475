using System.Security.Cryptography;

namespace SentinelHealth.Detection.Federation;

/// <summary>Whether another site's contribution may be let in. Pure.</summary>
public static class BaselineMerge
{
    /// <summary>Why it may not; empty when it may.</summary>
    /// <param name="candidate">What came.</param>
    /// <param name="key">The key the site is known by.</param>
    /// <param name="isRegistered">Whether its digest stands on the ledger.</param>
    /// <param name="admitted">Contributions let in before, of any site.</param>
    public static IReadOnlyList<string> Refusals(
        SignedContribution candidate, ECDsa key, bool isRegistered, IReadOnlyList<Contribution> admitted)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (!candidate.IsSignedBy(key))
            return ["It is not signed with the key this site is known by."];
        if (!isRegistered)
            return [$"The ledger knows no update {candidate.Digest} of this site and round."];
        var contribution = candidate.Contribution;
        if (admitted.FirstOrDefault(other => other.Site == contribution.Site) is { } earlier
            && earlier.Round >= contribution.Round)
            return [$"Round {earlier.Round} of this site is in use; round {contribution.Round} is no later one."];
        return [.. ContributionReview.Review(contribution, admitted)
            .Select(finding => $"{finding.Role}, {finding.Statistic}: {finding.Detail}")];
    }
}
