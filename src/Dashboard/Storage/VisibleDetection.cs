using SentinelHealth.Dashboard.Api;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>
/// Detection as somebody sees it who is limited to organizations: which detectors there are and how far each is trusted, counted over their own alerts.
/// What is counted over everyone's events, and who decided what, is not among it.
/// </summary>
internal static class VisibleDetection
{
    private const int GroupsMax = 500;

    // As the queue names why an alert was closed.
    private static readonly string[] Confirmed = ["harmful", "harmless"];

    private static readonly string[] Benign = ["legitimate", "falsePositive"];

    private static readonly CalibrationStatus Untold = new(false, null, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>What detection has to say about the alerts of a desk within a fence.</summary>
    public static async ValueTask<DetectionAnswer> OfAsync(
        DetectionStatus? status, TuningState tuning, TriageDesk theirs, CancellationToken cancel)
    {
        var groups = await theirs.Store.GroupsAsync(new QueryAll(), ["source", "closeReason"], GroupsMax, cancel);
        var counted = groups.ToLookup(group => group.Values[0], StringComparer.Ordinal);
        return new DetectionAnswer(
            status is null ? null : new DetectionStatus(status.IsWarm, Untold)
            {
                Scorecards = [.. status.Scorecards.Select(card => Recounted(card, counted[card.Name]))],
            },
            new TuningState(tuning.Tuning, []));
    }

    private static DetectorScorecard Recounted(DetectorScorecard card, IEnumerable<AlertGroup> groups)
    {
        var theirs = groups.ToList();
        return new DetectorScorecard(
            card.Name, card.Stage, ScoredCount: 0, theirs.Sum(group => group.Count), ShadowAlertCount: 0,
            CountOf(Confirmed), CountOf(Benign));

        int CountOf(string[] reasons) =>
            (int)Math.Min(int.MaxValue, theirs.Where(group => reasons.Contains(group.Values[1])).Sum(group => group.Count));
    }
}
