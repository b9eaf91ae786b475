using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>The queue. Everything that shapes the view is in its address; what is chosen for a change is this visit's alone.</summary>
public partial class Alerts
{
    private const int SourcesMax = 200, GroupsMax = 100, BarsMax = 60, JobsMax = 5;
    private static readonly TimeSpan BarsOver = TimeSpan.FromDays(7), JobsShownFor = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _sources = [];
    private IReadOnlyList<AlertBar> _bars = [];
    private IReadOnlyList<AlertGroup> _groups = [];
    private IReadOnlyList<TriageJob> _jobs = [];
    private IReadOnlyList<QueueView> _views = [];
    private AlertQueue? _queue;
    private AlertQuery? _listed;
    private QueryNode _node = new QueryAll();
    private QueryFault? _fault;
    private long _count, _countNow, _through;
    private bool _isAll;
    private TriageDesk? _desk;

    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private VisibleTriage Queue { get; set; } = default!;
    [Inject] private Orders Orders { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "severity")] private string? Severity { get; set; }
    [SupplyParameterFromQuery(Name = "source")] private string? Source { get; set; }
    [SupplyParameterFromQuery(Name = "entity")] private string? Entity { get; set; }
    [SupplyParameterFromQuery(Name = "incident")] private string? Incident { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "pin")] private string[]? Pins { get; set; }
    [SupplyParameterFromQuery(Name = "range")] private string? Range { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "group")] private string? Group { get; set; }
    [SupplyParameterFromQuery(Name = "alert")] private string? Selected { get; set; }

    private AlertQuery Query { get; set; } = new();

    /// <summary>As it was when the page was last read.</summary>
    private TriageDesk Triage => _desk ?? throw new InvalidOperationException("The page has not been read yet.");

    private long Newer => Math.Max(0, _countNow - _count);

    private long SelectedCount => _isAll ? _count : _chosen.Count;

    /// <summary>While something is read or chosen, the list under it stands still and only says how much is newer.</summary>
    private bool StandsStill => (Query.Selected.Length > 0 || SelectedCount > 0) && _listed == Query.Closed;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var before = Query.Closed;
        // Only the bare address is led on: whoever names a view, or none on purpose, gets that.
        if (new Uri(Navigation.Uri).Query.Length == 0 && await FirstViewAsync() is { Length: > 0 } first)
        {
            Navigation.NavigateTo("/alerts?" + first, replace: true);
            return;
        }
        Query = new AlertQuery
        {
            Status = Status is AlertQuery.PlainStatus ? "" : AlertQuery.Clip(Status),
            SeverityMin = AlertQuery.ParseSeverity(Severity),
            Source = AlertQuery.Clip(Source),
            Entity = AlertQuery.Clip(Entity),
            Incident = AlertQuery.Clip(Incident),
            Text = AlertQuery.Clip(Text),
            Pins = AlertQuery.JoinPins(Pins),
            Range = AlertQuery.Clip(Range),
            From = AlertQuery.ParseTime(From),
            To = AlertQuery.ParseTime(To),
            Groups = AlertQuery.Clip(Group),
            Selected = AlertQuery.Clip(Selected),
        };
        if (Query.Closed != before) SelectNone();
        await base.OnParametersSetAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var query = Query;
        var now = Clock.Now;
        _desk = await Queue.DeskAsync(cancel);
        _views = await _desk.ViewsAsync(await Orders.PersonAsync(), cancel);
        _jobs = [.. (await Triage.Store.JobsAsync(null, JobsMax, cancel))
            .Where(job => now - job.At < JobsShownFor || job.State == TriageJobState.Running)];
        var reading = Triage.Read(query.ToQuery(now));
        // What is wrong is told where the person wrote it, not in the whole view's query.
        _fault = reading.Fault is null ? null : Triage.Read(query.Text).Fault ?? reading.Fault;
        if (reading.Node is not { } node) return;
        (_countNow, var through) = await Triage.Store.QueueCountAsync(node, cancel);
        if (StandsStill) return;
        (_node, _count, _through, _listed) = (node, _countNow, through, query.Closed);
        if (_sources.Count == 0)
            _sources = [.. (await Triage.Store.GroupsAsync(new QueryAll(), ["source"], SourcesMax, cancel)).Select(group => group.Values[0])];
        _bars = await BarsAsync(query, now, cancel);
        _groups = query.GroupBy.Count > 0 ? await Triage.Store.GroupsAsync(node, query.GroupBy, GroupsMax, cancel) : [];
        if (_queue is { } queue) await queue.RefreshAsync();
    }

    /// <summary>The view this person wants to begin with; none when it cannot be read, because the queue must open all the same.</summary>
    private async Task<string> FirstViewAsync()
    {
        try
        {
            var views = await (await Queue.DeskAsync(Gone)).ViewsAsync(await Orders.PersonAsync(), Gone);
            return views.FirstOrDefault(view => view.IsDefault)?.Address ?? "";
        }
        catch (System.Data.Common.DbException)
        {
            return "";
        }
    }

    private async Task<IReadOnlyList<AlertBar>> BarsAsync(AlertQuery query, DateTimeOffset now, CancellationToken cancel)
    {
        var (from, to) = query.Span(now);
        var until = to ?? now.AddTicks(1);
        if (from is null && await Triage.Store.QueueAsync(_node, _through, Math.Max(0, _count - 1), 1, cancel) is [var oldest])
            from = oldest.Alert.At;
        if (_count == 0 || from is not { } first || first >= until) return [];
        if (query.From is null && until - first > BarsOver) first = until - BarsOver;
        return await Triage.Store.BarsAsync(_node, first, until, BarsMax, cancel);
    }

    private ValueTask<IReadOnlyList<TriagedAlert>> ReadAsync(int skip, int count, CancellationToken cancel) =>
        Triage.Store.QueueAsync(_node, _through, skip, count, cancel);

    private void Show(AlertQuery query) => Navigation.NavigateTo(query.Address);

    private string AddressOfBar(DateTimeOffset from, DateTimeOffset to) =>
        (Query with { Range = AlertQuery.CustomRange, From = from, To = to, Selected = "" }).Address;

    private Task ShowNewerAsync()
    {
        SelectNone();
        return RefreshAsync();
    }

    private Task RefreshAsync()
    {
        _listed = null;
        return ReloadAsync();
    }

    private bool IsSelected(string id) => _isAll || _chosen.Contains(id);

    private void Toggle(string id)
    {
        _isAll = false;
        if (!_chosen.Remove(id)) _chosen.Add(id);
    }

    private void SelectAll() => _isAll = true;

    private void SelectNone()
    {
        _isAll = false;
        _chosen.Clear();
    }

    private async Task<OrderOutcome> ChangeSelectedAsync(TriageChange change)
    {
        var outcome = _isAll
            ? await Orders.OrderAlertsAsync(new TriageOrder(Query.ToQuery(Clock.Now), _through, _count, change), Gone)
            : await Orders.ChangeAlertsAsync([.. _chosen], change, Gone);
        if (outcome.IsAccepted)
        {
            SelectNone();
            await RefreshAsync();
        }
        return outcome;
    }

    private async Task AssignSelectedToMeAsync() =>
        await ChangeSelectedAsync(new TriageChange { Assignee = await Orders.PersonAsync() });

    private async Task<OrderOutcome> ChangeOneAsync(string id, TriageChange change)
    {
        var outcome = await Orders.ChangeAlertsAsync([id], change, Gone);
        if (outcome.IsAccepted) await RefreshAsync();
        return outcome;
    }

    private async Task AssignOneToMeAsync(string id) =>
        await ChangeOneAsync(id, new TriageChange { Assignee = await Orders.PersonAsync() });
}
