using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Response.Custody;

/// <summary>Takes what waits in the case store into the evidence log, signs the log's head, and anchors signed heads on the ledger.</summary>
public interface IEvidenceRecorder : IDisposable
{
    /// <summary>The log in this process's data folder.</summary>
    EvidenceLog Log { get; }

    /// <summary>The newest signed head this process has the entries of; null before the first entry.</summary>
    SignedTreeHead? Head { get; }

    /// <summary>The newest anchored head; null before the first.</summary>
    AnchoredHead? Anchored { get; }

    /// <summary>Takes over what other processes have taken into the log. Nothing where there are none.</summary>
    /// <exception cref="EvidenceTamperedException">What is shared is not what was signed, or not what this process has.</exception>
    Task FollowAsync(CancellationToken cancel);

    /// <summary>Takes everything that waits into the log and signs its head. Durable when it returns.</summary>
    /// <returns>How many entries.</returns>
    Task<long> DrainAsync(CancellationToken cancel);

    /// <summary>Anchors the newest head, unless the ledger has it already. Never twice for one size.</summary>
    /// <returns>What the ledger said; null when there is nothing new to anchor.</returns>
    Task<AnchorReply?> AnchorAsync(IEvidenceAnchors anchors, CancellationToken cancel);
}
