using Microsoft.AspNetCore.Components;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>The queue. Everything that shapes the view is in its address.</summary>
public partial class Alerts
{
    private const int RowsMax = 50, SourcesMax = 100;

    private Page<Alert> _page = new([], null);
    private readonly SortedSet<string> _sources = new(StringComparer.Ordinal);
    private AlertQuery? _listed;
    private long _count, _countWhenListed;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "severity")] private string? Severity { get; set; }
    [SupplyParameterFromQuery(Name = "kind")] private string? Kind { get; set; }
    [SupplyParameterFromQuery(Name = "source")] private string? Source { get; set; }
    [SupplyParameterFromQuery(Name = "entity")] private string? Entity { get; set; }
    [SupplyParameterFromQuery(Name = "incident")] private string? Incident { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "range")] private string? Range { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }
    [SupplyParameterFromQuery(Name = "alert")] private string? Selected { get; set; }

    private AlertQuery Query { get; set; } = new();

    private long Newer => Math.Max(0, _count - _countWhenListed);

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        Query = new AlertQuery
        {
            SeverityMin = AlertQuery.ParseSeverity(Severity),
            Kind = AlertQuery.ParseKind(Kind),
            Source = AlertQuery.Clip(Source),
            Entity = AlertQuery.Clip(Entity),
            Incident = AlertQuery.Clip(Incident),
            Text = AlertQuery.Clip(Text),
            Range = AlertQuery.Clip(Range),
            From = AlertQuery.ParseTime(From),
            To = AlertQuery.ParseTime(To),
            After = AlertQuery.Clip(After),
            Selected = AlertQuery.Clip(Selected),
        };
        return base.OnParametersSetAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var query = Query;
        var filter = query.ToFilter(Clock.Now);
        _count = await Cases.AlertCountAsync(filter, cancel);

        // While someone reads an alert, the list under it stands still and only says how much is newer.
        if (query.Selected.Length > 0 && _listed == query.Closed) return;
        _page = await Cases.AlertsAsync(filter, query.After.Length > 0 ? query.After : null, RowsMax, cancel);
        _countWhenListed = _count;
        _listed = query.Closed;
        foreach (var alert in _page.Items.TakeWhile(_ => _sources.Count < SourcesMax)) _sources.Add(alert.Source);
    }

    private void Show(AlertQuery query) => Navigation.NavigateTo(query.Address);

    private Task ShowNewerAsync()
    {
        _listed = null;
        return ReloadAsync();
    }
}
