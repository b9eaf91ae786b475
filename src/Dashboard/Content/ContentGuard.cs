using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Content;

/// <summary>Lets in only content that is signed by a trusted key and not older than what the ledger knows, where the settings ask for it.</summary>
internal sealed class ContentGuard(ContentSection settings, IEvidenceAnchors? anchors)
{
    /// <summary>What is wrong with a folder, as a sentence; null when it may be used.</summary>
    public string? Objection(string folder, string kind) =>
        settings.RequireSigned && SignedContent.Check(folder, kind, settings.TrustedKeys) is (null, var problem) ? problem : null;

    /// <summary>Holds the version against the ledger and anchors a newer one, so that nobody can bring an older bundle back.</summary>
    /// <returns>What is wrong, as a sentence; null when it may be used.</returns>
    public async Task<string?> AdmitAsync(string folder, string kind, CancellationToken cancel)
    {
        if (!settings.RequireSigned)
            return null;
        var (manifest, problem) = SignedContent.Check(folder, kind, settings.TrustedKeys);
        if (manifest is null)
            return problem;
        if (anchors is null)
            return null;
        try
        {
            return await HoldAsync(anchors, manifest, folder, cancel);
        }
        catch (LedgerUnavailableException fault)
        {
            // Without the ledger an old bundle cannot be told from the newest one.
            return $"{folder}: The ledger could not be asked for the newest version of the {kind}: {fault.Message}";
        }
    }

    private static async Task<string?> HoldAsync(
        IEvidenceAnchors anchors, ContentManifest manifest, string folder, CancellationToken cancel)
    {
        var kind = manifest.Kind;
        var latest = await anchors.LatestAnchorAsync(manifest.Anchor.Log, cancel);
        if (latest?.Anchor.Size > manifest.Version)
            return $"{folder}: Version {manifest.Version} of the {kind} is older than version {latest.Anchor.Size}, which the ledger knows.";
        if (latest?.Anchor.Size == manifest.Version)
            return string.Equals(latest.Anchor.Root, manifest.Anchor.Root, StringComparison.OrdinalIgnoreCase)
                ? null : $"{folder}: The ledger knows another version {manifest.Version} of the {kind}.";
        return await anchors.AnchorAsync(manifest.Anchor, cancel) switch
        {
            AnchorReply.Refused refused => $"{folder}: The ledger refused to anchor the {kind}: {refused.Reason}",
            // Not known is not refused: the next start looks at the ledger again.
            _ => null,
        };
    }
}
