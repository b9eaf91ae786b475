using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Alerts that agree in some fields.</summary>
/// <param name="Values">Their values of the fields, in the order asked; ranks by their names.</param>
/// <param name="Count">How many.</param>
/// <param name="SeverityMax">The worst severity among them.</param>
/// <param name="LastAt">When the latest happened.</param>
public sealed record AlertGroup(
    IReadOnlyList<string> Values, long Count, Detection.Alerts.Severity SeverityMax, DateTimeOffset LastAt);

/// <summary>One bar of the alerts over time.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Counts">How many of each severity, from the lowest.</param>
public sealed record AlertBar(DateTimeOffset At, IReadOnlyList<long> Counts);

/// <summary>What people found an alert to be, in the order they did.</summary>
/// <param name="Number">Its place.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="Disposition">What it is.</param>
public readonly record struct AlertDecision(long Number, string AlertId, Disposition Disposition);

/// <summary>What came of changing one alert.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Outcome">What came of it.</param>
public readonly record struct TriageResult(string AlertId, TriageOutcome Outcome);

/// <summary>What a person agreed to when ordering a change of everything a query finds.</summary>
/// <param name="Through">The place from <see cref="ITriageStore.QueueCountAsync"/>: alerts that came later are not meant.</param>
/// <param name="ExpectedCount">How many; null when the number does not matter.</param>
public readonly record struct OrderBounds(long Through, long? ExpectedCount);

/// <summary>The queue of alerts, and what people do with them and their incidents. Safe from many threads.</summary>
public interface ITriageStore : IIncidentStore, IViewStore
{
    /// <summary>
    /// A part of the queue, newest first, without alerts behind a place: so a list stands still while somebody reads it.
    /// O(skipped + page) over an index.
    /// </summary>
    ValueTask<IReadOnlyList<TriagedAlert>> QueueAsync(
        QueryNode query, long through, long skip, int limit, CancellationToken cancel);

    /// <summary>One page of the queue, newest first.</summary>
    ValueTask<Page<TriagedAlert>> QueuePageAsync(QueryNode query, string? after, int limit, CancellationToken cancel);

    /// <summary>How many alerts a query finds, exactly, and the place of the newest alert there is, by which a later order means the same ones.</summary>
    ValueTask<(long Count, long Through)> QueueCountAsync(QueryNode query, CancellationToken cancel);

    /// <summary>Alerts by up to three fields, most first.</summary>
    /// <exception cref="ArgumentException">A field that alerts cannot be grouped by.</exception>
    ValueTask<IReadOnlyList<AlertGroup>> GroupsAsync(
        QueryNode query, IReadOnlyList<string> by, int limit, CancellationToken cancel);

    /// <summary>Alerts over time, in equal bars.</summary>
    ValueTask<IReadOnlyList<AlertBar>> BarsAsync(
        QueryNode query, DateTimeOffset from, DateTimeOffset until, int bars, CancellationToken cancel);

    /// <summary>One alert with where people stand with it; null when there is none.</summary>
    ValueTask<TriagedAlert?> TriagedAlertAsync(string id, CancellationToken cancel);

    /// <summary>How an alert's standing changed, with what was said, oldest first; at most so many.</summary>
    ValueTask<IReadOnlyList<StandingChange>> StandingChangesAsync(string alertId, int limit, CancellationToken cancel);

    /// <summary>Changes alerts, at most 1,000, in one transaction; each change is evidence.</summary>
    ValueTask<IReadOnlyList<TriageResult>> ChangeAsync(
        IReadOnlyList<string> alertIds, TriageChange change, string by, DateTimeOffset at, CancellationToken cancel);

    /// <summary>What people found alerts to be, after a place, in order; at most so many.</summary>
    ValueTask<IReadOnlyList<AlertDecision>> DecisionsAsync(long after, int limit, CancellationToken cancel);

    /// <summary>Opens a job over what a query finds now among the alerts up to a place.</summary>
    /// <param name="job">The job; its total is filled in.</param>
    /// <param name="query">What its query means.</param>
    /// <param name="bounds">Which of them the person agreed to.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentException">More alerts than a job takes, or another number than agreed to; nothing is kept then.</exception>
    ValueTask<TriageJob> OpenJobAsync(TriageJob job, QueryNode query, OrderBounds bounds, CancellationToken cancel);

    /// <summary>Opens a job that takes another one back, where nobody changed an alert since.</summary>
    ValueTask<TriageJob> OpenUndoAsync(TriageJob undo, CancellationToken cancel);

    /// <summary>Works off the next alerts of a job, at most 500, in one transaction.</summary>
    /// <returns>The job as it is then; null when there is no such job.</returns>
    ValueTask<TriageJob?> StepJobAsync(string id, DateTimeOffset at, CancellationToken cancel);

    /// <summary>Stops a job. What it changed stays changed.</summary>
    ValueTask<TriageJob?> CancelJobAsync(string id, CancellationToken cancel);

    /// <summary>One job; null when there is none.</summary>
    ValueTask<TriageJob?> JobAsync(string id, CancellationToken cancel);

    /// <summary>Jobs, newest first; those in a state when one is named.</summary>
    ValueTask<IReadOnlyList<TriageJob>> JobsAsync(TriageJobState? state, int limit, CancellationToken cancel);

    /// <summary>What came of each alert of a job, from a place on.</summary>
    ValueTask<IReadOnlyList<TriageJobItem>> JobItemsAsync(string id, long after, int limit, CancellationToken cancel);

    /// <summary>Suppressions, newest first: those that are live at an instant, or all.</summary>
    ValueTask<IReadOnlyList<Suppression>> SuppressionsAsync(DateTimeOffset? liveAt, int limit, CancellationToken cancel);

    /// <summary>Begins a suppression; false when too many are live.</summary>
    ValueTask<bool> AddSuppressionAsync(Suppression suppression, CancellationToken cancel);

    /// <summary>Ends a suppression; what it has hidden stays hidden unless a change brings it back. False when it had ended.</summary>
    ValueTask<bool> EndSuppressionAsync(string id, string by, DateTimeOffset at, CancellationToken cancel);
}
