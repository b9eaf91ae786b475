using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// Watches the monitors of other members by what they anchor: each anchors its heartbeat about once a minute. One whose anchors stop growing
/// is told of like a source that has gone silent, because a monitor that was killed cannot say so itself.
/// </summary>
internal sealed partial class PeerJob(MonitorParts parts, IReadOnlyList<PeerSection> peers, ILogger<PeerJob> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);

    /// <summary>The name under which a peer's heartbeat is listened for.</summary>
    public static string SourceOf(PeerSection peer) => $"sentinel-heartbeat:{peer.Name}";

    /// <summary>Looks once at every peer.</summary>
    public async Task LookAsync(IEvidenceAnchors anchors, CancellationToken cancel)
    {
        foreach (var peer in peers)
        {
            var now = parts.Plan.Clock.GetUtcNow();
            parts.SourceWatch.Promise(SourceOf(peer), peer.Within, now);
            try
            {
                if (await anchors.LatestAnchorAsync(EvidenceRecorder.LedgerNameOf(peer.Log), cancel) is not { } latest
                    || latest.Anchor.Size <= _sizes.GetValueOrDefault(peer.Name))
                    continue;
                _sizes[peer.Name] = latest.Anchor.Size;
                parts.SourceWatch.Heard(SourceOf(peer), now);
            }
            catch (LedgerUnavailableException fault)
            {
                // Not seen is not heard: if it lasts, the peer counts as silent, and the ledger's fault stands beside it.
                PeerNotSeen(logger, peer.Name, fault);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        if (parts.Plan.Anchors is not { } anchors)
        {
            NoLedger(logger);
            return;
        }
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(anchors, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // The next look tries again.
                LookFailed(logger, fault);
            }
            await Task.Delay(LookEvery, parts.Plan.Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The heartbeat of the peer {Peer} could not be read from the ledger.")]
    private static partial void PeerNotSeen(ILogger logger, string peer, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Peers are named in the settings, and the ledger has no anchors to see them by.")]
    private static partial void NoLedger(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Peers could not be looked at; the next look tries again.")]
    private static partial void LookFailed(ILogger logger, Exception fault);
}
