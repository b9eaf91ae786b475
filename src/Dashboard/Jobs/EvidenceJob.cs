using System.Globalization;
using System.Threading.Channels;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Custody;
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

    /// <summary>Beats that may be missing before the monitor speaks of its own silence.</summary>
    private const int MissedMax = 2;

    private const long AnchorEntries = 10_000;
    private const int EventsSealedMax = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnchorEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _told = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DateTimeOffset _anchoredAt = DateTimeOffset.MinValue;
    private DateTimeOffset _beatAt = DateTimeOffset.MinValue;

    /// <summary>A beat on the clock of the network, which a demonstration lets run faster: all entries are by that clock.</summary>
    private TimeSpan NetworkBeat => BeatEvery * (parts.Plan.Clock is ScaledClock scaled ? scaled.Speed : 1);

    private IEvidenceRecorder Recorder => parts.Evidence!.Recorder;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        parts.Store.EvidenceEntered += Tell;
        parts.SourceWatch.Promise(HeartbeatSource, NetworkBeat * (MissedMax + 1), parts.Plan.Clock.GetUtcNow());
        var schedule = new RestartSchedule();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await WorkAsync(stopping);
                    schedule = new RestartSchedule();
                    await ToldAsync(stopping);
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
        while (await parts.Store.SealEventsAsync(EventsSealedMax, stopping) == EventsSealedMax)
            stopping.ThrowIfCancellationRequested();
        await Recorder.DrainAsync(stopping);
        var isLarge = Recorder.Log.Size - (Recorder.Anchored?.Head.Size ?? 0) >= AnchorEntries;
        if (parts.Plan.Anchors is not { } anchors || (now - _anchoredAt < AnchorEvery && !isLarge))
            return;
        _anchoredAt = now;
        switch (await Recorder.AnchorAsync(anchors, stopping))
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
        foreach (var partition in parts.Log.AllPartitions)
            ends[Name(partition)] = await parts.Log.EndOffsetAsync(partition, stopping);
        var body = new
        {
            program = EvidenceVersions.Program,
            everySeconds = NetworkBeat.TotalSeconds,
            scored = position.ScoredOffsets.ToDictionary(pair => Name(pair.Key), pair => pair.Value),
            ends,
            events = position.Tally.Scored,
            deadLetters = position.Tally.DeadLettered,
            filtered = position.Tally.Filtered,
            killSwitch = parts.Responder.IsKillSwitchOn,
            rules = parts.Plan.Rules?.Sha256 ?? "",
            suppressed = SuppressedCount(),
        };
        await parts.Store.EnterEvidenceAsync([CaseEvidence.Act(EvidenceKind.Heartbeat, "", parts.Plan.Clock.GetUtcNow(), body)],
            stopping);
        parts.SourceWatch.Heard(HeartbeatSource, parts.Plan.Clock.GetUtcNow());
    }

    /// <summary>Matches of rules that are in shadow: counted, and told to nobody.</summary>
    private long SuppressedCount()
    {
        var counts = parts.Status.RuleCounts;
        return (parts.Plan.Rules?.Current.Rules ?? []).Where(rule => rule.Stage == DetectorStage.Shadow)
            .Sum(rule => counts.TryGetValue(rule.Name, out var count) ? count.MatchCount : 0);
    }

    private static string Name(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns when there is something to take, and at the latest when it is time to look.</summary>
    private async Task ToldAsync(CancellationToken stopping)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        look.CancelAfter(LookEvery);
        await ((Task)_told.Reader.ReadAsync(look.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Called by every thread that commits; a second word before the first was heard is dropped.</summary>
    private void Tell() => _told.Writer.TryWrite(true);
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
