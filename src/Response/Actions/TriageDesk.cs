using System.Threading.Channels;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Actions;

/// <summary>An order over many alerts.</summary>
/// <param name="Query">Which, in the query language.</param>
/// <param name="Through">The place up to which they were counted; later ones are not meant.</param>
/// <param name="ExpectedCount">How many the person agreed to; null when the number does not matter.</param>
/// <param name="Change">What is changed.</param>
public sealed record TriageOrder(string Query, long Through, long? ExpectedCount, TriageChange Change);

/// <summary>Where people work on alerts: one by one, or all that a query finds. Safe from many threads.</summary>
public sealed partial class TriageDesk
{
    private static readonly TimeSpan PreviewOver = TimeSpan.FromDays(30);

    private readonly ITriageStore _store;
    private readonly TimeProvider _clock;
    private readonly TriageFence? _fence;
    private readonly Bell _bell;

    /// <summary>A desk over the whole queue.</summary>
    public TriageDesk(ITriageStore store, TimeProvider clock)
        : this(store, clock, null, new Bell())
    {
    }

    private TriageDesk(ITriageStore store, TimeProvider clock, TriageFence? fence, Bell bell) =>
        (_store, _clock, _fence, _bell) = (store, clock, fence, bell);

    /// <summary>Raised after alerts, jobs or suppressions changed; on the thread of whoever changed them.</summary>
    public event Action? Changed
    {
        add => _bell.Changed += value;
        remove => _bell.Changed -= value;
    }

    /// <summary>Where the queue is read.</summary>
    public ITriageStore Store => _store;

    /// <summary>
    /// The same desk as far as somebody may use it who is limited to organizations: it reads, changes, orders and suppresses only within
    /// the fence, and knows only orders and suppressions of theirs.
    /// </summary>
    public TriageDesk Within(TriageFence fence) =>
        new(new FencedTriageStore(_store, fence), _clock, fence, _bell);

    /// <summary>Reads a query over alerts as of now.</summary>
    public QueryReading Read(string query) => QueryParser.Read(query, AlertFields.Schema, _clock.GetUtcNow());

    /// <summary>Changes alerts, at most 1,000.</summary>
    public async Task<OrderOutcome> ChangeAsync(
        IReadOnlyList<string> alertIds, TriageChange change, string by, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (change.Fault() is { } fault)
            return new OrderOutcome(false, fault);
        var results = await _store.ChangeAsync(alertIds, change, by, _clock.GetUtcNow(), cancel);
        _bell.Ring();
        var (changed, missing) = (CountOf(results, TriageOutcome.Changed), CountOf(results, TriageOutcome.Missing));
        return missing == results.Count
            ? new OrderOutcome(false, "There is no such alert.")
            : new OrderOutcome(true, changed == 0 ? "It was so already." : $"{changed:N0} of {results.Count:N0} changed.");
    }

    /// <summary>Orders a change of everything a query finds; it is worked off in the background.</summary>
    public async Task<(TriageJob? Job, OrderOutcome Outcome)> OrderAsync(TriageOrder order, string by, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (order.Change.Fault() is { } fault)
            return (null, new OrderOutcome(false, fault));
        var reading = Read(order.Query);
        if (reading.Node is not { } query)
            return (null, new OrderOutcome(false, reading.Fault!.Message));
        var job = JobOf(order.Query, by) with { Change = order.Change };
        try
        {
            job = await _store.OpenJobAsync(job, query, new OrderBounds(order.Through, order.ExpectedCount), cancel);
        }
        catch (ArgumentException refused)
        {
            return (null, new OrderOutcome(false, refused.Message));
        }
        return (job, Begin($"{job.TotalCount:N0} alerts are being changed."));
    }

    /// <summary>Takes back what a job changed, where nobody has changed the alert since.</summary>
    public async Task<(TriageJob? Job, OrderOutcome Outcome)> UndoAsync(string jobId, string by, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (await _store.JobAsync(jobId, cancel) is not { } done)
            return (null, new OrderOutcome(false, "There is no such order."));
        if (done.State == TriageJobState.Running)
            return (null, new OrderOutcome(false, "It is still being carried out: stop it first."));
        var job = await _store.OpenUndoAsync(JobOf(done.Query, by) with { Undoes = jobId }, cancel);
        return (job, Begin($"{job.TotalCount:N0} changes are being taken back."));
    }

    /// <summary>Stops a job where it is.</summary>
    public async Task<OrderOutcome> CancelAsync(string jobId, CancellationToken cancel)
    {
        var job = await _store.CancelJobAsync(jobId, cancel);
        _bell.Ring();
        return job is null
            ? new OrderOutcome(false, "There is no such order.")
            : new OrderOutcome(job.State == TriageJobState.Cancelled, job.State == TriageJobState.Cancelled
                ? $"Stopped after {job.DoneCount:N0} of {job.TotalCount:N0}." : "It had ended already.");
    }

    /// <summary>What a suppression of this query would have hidden in the last 30 days.</summary>
    /// <exception cref="ArgumentException">The query does not read.</exception>
    public async Task<SuppressionPreview> PreviewAsync(string query, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (Read(query).Node is not { } node)
            throw new ArgumentException("The query does not read.", nameof(query));
        node = _fence?.Inside(node) ?? node;
        const int groupsMax = 8;
        var since = Node($"at >= \"{now - PreviewOver:O}\"");
        var critical = Node($"severity: {PublishedName.Of(Severity.Critical)}");
        var hidden = new QueryAnd([node, since, new QueryNot(critical)]);
        var confirmed = Node($"closeReason: ({PublishedName.Of(CloseReason.Harmful)} or {PublishedName.Of(CloseReason.Harmless)})");
        return new SuppressionPreview(
            (await _store.QueueCountAsync(hidden, cancel)).Count,
            (await _store.QueueCountAsync(new QueryAnd([hidden, confirmed]), cancel)).Count,
            (await _store.QueueCountAsync(new QueryAnd([node, since, critical]), cancel)).Count,
            await _store.GroupsAsync(hidden, ["source"], groupsMax, cancel));

        QueryNode Node(string text) => QueryParser.Read(text, AlertFields.Schema, now).Node!;
    }

    /// <summary>Begins to keep alerts out of the queue.</summary>
    public async Task<OrderOutcome> SuppressAsync(
        string query, string reason, TimeSpan length, string by, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var now = _clock.GetUtcNow();
        var suppression = new Suppression
        {
            Id = $"suppression:{Guid.CreateVersion7(now):N}",
            Query = (query ?? "").Trim(),
            Reason = (reason ?? "").Trim(),
            By = by,
            At = now,
            ExpiresAt = now + length,
        };
        if (suppression.Fault() is { } fault)
            return new OrderOutcome(false, fault);
        if (Read(suppression.Query).Fault is { } unread)
            return new OrderOutcome(false, unread.Message);
        if (!await _store.AddSuppressionAsync(suppression, cancel))
            return new OrderOutcome(false, $"{CaseStore.SuppressionsMax} suppressions are live: end one first.");
        _bell.Ring();
        return new OrderOutcome(true, "New alerts like these stay out of the queue.");
    }

    /// <summary>Suppressions, newest first.</summary>
    public ValueTask<IReadOnlyList<Suppression>> SuppressionsAsync(bool isLiveOnly, int limit, CancellationToken cancel) =>
        _store.SuppressionsAsync(isLiveOnly ? _clock.GetUtcNow() : null, limit, cancel);

    /// <summary>Ends a suppression.</summary>
    public async Task<OrderOutcome> EndSuppressionAsync(string id, string by, CancellationToken cancel)
    {
        var isEnded = await _store.EndSuppressionAsync(id, by, _clock.GetUtcNow(), cancel);
        _bell.Ring();
        return new OrderOutcome(isEnded, isEnded ? "Alerts like these come to the queue again." : "There is no such suppression, or it has ended.");
    }

    /// <summary>Works off what is ordered until cancelled; what a restart interrupted goes on where it was.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        const int jobsMax = 100;
        do
        {
            foreach (var job in (await _store.JobsAsync(TriageJobState.Running, jobsMax, cancel)).Reverse())
                await WorkOffAsync(job, cancel);
        }
        while (await _bell.Jobs.Reader.ReadAsync(cancel));
    }

    private async Task WorkOffAsync(TriageJob job, CancellationToken cancel)
    {
        for (var now = job; now is { State: TriageJobState.Running };)
        {
            now = await _store.StepJobAsync(job.Id, _clock.GetUtcNow(), cancel);
            _bell.Ring();
        }
    }

    private TriageJob JobOf(string query, string by)
    {
        var now = _clock.GetUtcNow();
        return new TriageJob { Id = $"order:{Guid.CreateVersion7(now):N}", By = by, At = now, Query = query };
    }

    private OrderOutcome Begin(string detail)
    {
        _bell.Jobs.Writer.TryWrite(true);
        _bell.Ring();
        return new OrderOutcome(true, detail);
    }

    private static int CountOf(IReadOnlyList<TriageResult> results, TriageOutcome outcome) =>
        results.Count(result => result.Outcome == outcome);

    /// <summary>What a desk and those within its fences share.</summary>
    private sealed class Bell
    {
        public event Action? Changed;

        public Channel<bool> Jobs { get; } = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Ring() => Changed?.Invoke();
    }
}
