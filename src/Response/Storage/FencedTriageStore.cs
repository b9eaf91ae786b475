using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>The queue as somebody sees it who is limited to organizations. What is beyond the fence does not exist in it.</summary>
/// <param name="all">The whole queue.</param>
/// <param name="fence">What they see of it.</param>
internal sealed partial class FencedTriageStore(ITriageStore all, TriageFence fence) : ITriageStore
{
    // Orders that are looked through for theirs (I7).
    private const int JobsScannedMax = 500;

    public ValueTask<IReadOnlyList<TriagedAlert>> QueueAsync(
        QueryNode query, long through, long skip, int limit, CancellationToken cancel) =>
        all.QueueAsync(fence.Around(query), through, skip, limit, cancel);

    public ValueTask<Page<TriagedAlert>> QueuePageAsync(QueryNode query, string? after, int limit, CancellationToken cancel) =>
        all.QueuePageAsync(fence.Around(query), after, limit, cancel);

    public ValueTask<(long Count, long Through)> QueueCountAsync(QueryNode query, CancellationToken cancel) =>
        all.QueueCountAsync(fence.Around(query), cancel);

    public ValueTask<IReadOnlyList<AlertGroup>> GroupsAsync(
        QueryNode query, IReadOnlyList<string> by, int limit, CancellationToken cancel) =>
        all.GroupsAsync(fence.Around(query), by, limit, cancel);

    public ValueTask<IReadOnlyList<AlertBar>> BarsAsync(
        QueryNode query, DateTimeOffset from, DateTimeOffset until, int bars, CancellationToken cancel) =>
        all.BarsAsync(fence.Around(query), from, until, bars, cancel);

    public async ValueTask<TriagedAlert?> TriagedAlertAsync(string id, CancellationToken cancel)
    {
        var named = new QueryIs(AlertFields.Schema.Find("id")!, new QueryPattern([id]));
        return (await all.QueuePageAsync(fence.Around(named), null, 1, cancel)).Items is [var alert] ? alert : null;
    }

    public async ValueTask<IReadOnlyList<StandingChange>> StandingChangesAsync(
        string alertId, int limit, CancellationToken cancel) =>
        await TriagedAlertAsync(alertId, cancel) is null ? [] : await all.StandingChangesAsync(alertId, limit, cancel);

    public async ValueTask<IReadOnlyList<TriageResult>> ChangeAsync(
        IReadOnlyList<string> alertIds, TriageChange change, string by, DateTimeOffset at, CancellationToken cancel)
    {
        var (theirs, others) = (new List<string>(), new List<string>());
        foreach (var id in alertIds)
            (await TriagedAlertAsync(id, cancel) is null ? others : theirs).Add(id);
        IReadOnlyList<TriageResult> results = theirs.Count == 0 ? [] : await all.ChangeAsync(theirs, change, by, at, cancel);
        return [.. results, .. others.Select(id => new TriageResult(id, TriageOutcome.Missing))];
    }

    public ValueTask<IReadOnlyList<AlertDecision>> DecisionsAsync(long after, int limit, CancellationToken cancel) =>
        throw NotTheirs();

    public ValueTask<TriageJob> OpenJobAsync(TriageJob job, QueryNode query, OrderBounds bounds, CancellationToken cancel) =>
        all.OpenJobAsync(job with { Organizations = fence.Organizations }, fence.Around(query), bounds, cancel);

    public async ValueTask<TriageJob> OpenUndoAsync(TriageJob undo, CancellationToken cancel) =>
        await JobAsync(undo.Undoes, cancel) is null
            ? throw new ArgumentException("There is no such order.", nameof(undo))
            : await all.OpenUndoAsync(undo with { Organizations = fence.Organizations }, cancel);

    public ValueTask<TriageJob?> StepJobAsync(string id, DateTimeOffset at, CancellationToken cancel) => throw NotTheirs();

    public async ValueTask<TriageJob?> CancelJobAsync(string id, CancellationToken cancel) =>
        await JobAsync(id, cancel) is null ? null : await all.CancelJobAsync(id, cancel);

    public async ValueTask<TriageJob?> JobAsync(string id, CancellationToken cancel) =>
        await all.JobAsync(id, cancel) is { } job && fence.Admits(job.Organizations) ? job : null;

    public async ValueTask<IReadOnlyList<TriageJob>> JobsAsync(TriageJobState? state, int limit, CancellationToken cancel) =>
        [.. (await all.JobsAsync(state, JobsScannedMax, cancel)).Where(job => fence.Admits(job.Organizations)).Take(limit)];

    public async ValueTask<IReadOnlyList<TriageJobItem>> JobItemsAsync(
        string id, long after, int limit, CancellationToken cancel) =>
        await JobAsync(id, cancel) is null ? [] : await all.JobItemsAsync(id, after, limit, cancel);

    public async ValueTask<IReadOnlyList<Suppression>> SuppressionsAsync(
        DateTimeOffset? liveAt, int limit, CancellationToken cancel) =>
        [.. (await all.SuppressionsAsync(liveAt, JobsScannedMax, cancel))
            .Where(hiding => fence.Admits(hiding.Organizations)).Take(limit)];

    public ValueTask<bool> AddSuppressionAsync(Suppression suppression, CancellationToken cancel) =>
        all.AddSuppressionAsync(suppression with { Organizations = fence.Organizations, NodeIds = fence.NodeIds }, cancel);

    public async ValueTask<bool> EndSuppressionAsync(string id, string by, DateTimeOffset at, CancellationToken cancel) =>
        (await SuppressionsAsync(at, JobsScannedMax, cancel)).Any(hiding => hiding.Id == id)
        && await all.EndSuppressionAsync(id, by, at, cancel);

    private static InvalidOperationException NotTheirs() => new("That is the monitor's own work, and of the whole queue.");
}
