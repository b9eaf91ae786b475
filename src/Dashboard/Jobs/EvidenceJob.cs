using System.Globalization;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// Takes what waits into the evidence log, anchors its head by time and size, and enters a heartbeat: what the monitor covers, signed and
/// anchored with everything else. A heartbeat that stops is noticed like a source that stops.
/// </summary>
internal sealed class EvidenceJob(MonitorParts parts, TimeProvider clock, ILogger<EvidenceJob> logger) : BackgroundService
{
    /// <summary>The name under which the heartbeat is listened for.</summary>
    public const string HeartbeatSource = "sentinel-heartbeat";

    private const long AnchorEntries = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnchorEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _told = new(0, 1);
    private DateTimeOffset _anchoredAt = DateTimeOffset.MinValue;
    private DateTimeOffset _beatAt = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        parts.Store.EvidenceEntered += Tell;
        var schedule = new RestartSchedule();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await WorkAsync(stopping);
                    schedule = new RestartSchedule();
                    await ((Task)_told.WaitAsync(LookEvery, stopping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                catch (Exception fault) when (!stopping.IsCancellationRequested)
                {
                    // Nothing is lost: it waits in the case store, and the heartbeat that is missing raises an alert.
                    var wait = schedule.Next();
                    logger.EvidenceFailed(wait, fault);
                    await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.EvidenceStopping();
        }
        finally
        {
            parts.Store.EvidenceEntered -= Tell;
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        if (now - _beatAt >= BeatEvery)
            await BeatAsync(stopping);
        await parts.Evidence.Recorder.DrainAsync(stopping);
        var isLarge = parts.Evidence.Recorder.Log.Size - (parts.Evidence.Recorder.Anchored?.Head.Size ?? 0) >= AnchorEntries;
        if (parts.Plan.Anchors is not { } anchors || (now - _anchoredAt < AnchorEvery && !isLarge))
            return;
        _anchoredAt = now;
        switch (await parts.Evidence.Recorder.AnchorAsync(anchors, stopping))
        {
            case AnchorReply.Refused refused: logger.AnchorRefused(refused.Reason); break;
            case AnchorReply.Unknown unknown: logger.AnchorUnknown(unknown.Reason); break;
        }
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        _beatAt = clock.GetUtcNow();
        var position = await parts.Store.PositionAsync(stopping);
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var partition in parts.Log.Partitions)
            ends[Name(partition)] = await parts.Log.EndOffsetAsync(partition, stopping);
        var body = new
        {
            program = EvidenceVersions.Program,
            everySeconds = BeatEvery.TotalSeconds,
            scored = position.ScoredOffsets.ToDictionary(pair => Name(pair.Key), pair => pair.Value),
            ends,
            events = position.Tally.Scored,
            deadLetters = position.Tally.DeadLettered,
            filtered = position.Tally.Filtered,
            killSwitch = parts.Responder.IsKillSwitchOn,
        };
        await parts.Store.EnterEvidenceAsync([CaseEvidence.Act(EvidenceKind.Heartbeat, "", _beatAt, body)], stopping);
        parts.SourceWatch.Heard(HeartbeatSource, parts.Plan.Clock.GetUtcNow());
    }

    private static string Name(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    private void Tell()
    {
        if (_told.CurrentCount == 0)
            _told.Release();
    }
}

/// <summary>What keeping evidence says.</summary>
internal static partial class EvidenceJobLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The evidence log could not be written; next attempt in {Wait}.")]
    public static partial void EvidenceFailed(this ILogger logger, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger refused to anchor the evidence log: {Reason}")]
    public static partial void AnchorRefused(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the evidence log is anchored is not known yet: {Reason}")]
    public static partial void AnchorUnknown(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No more evidence is taken; what waits is taken at the next start.")]
    public static partial void EvidenceStopping(this ILogger logger);
}
