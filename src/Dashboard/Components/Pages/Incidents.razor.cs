using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Incidents, by latest alert.</summary>
public partial class Incidents
{
    private const int RowsMax = 50, ActionsMax = 500, HeadsMax = 1_000;

    private Page<Incident> _page = new([], null);
    private IReadOnlyList<ContainmentAction> _actions = [];
    private IReadOnlyDictionary<string, string> _heads = new Dictionary<string, string>();
    private long _count;

    [Inject] private VisibleTriage Queue { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "severity")] private string? SeverityText { get; set; }
    [SupplyParameterFromQuery(Name = "entity")] private string? Entity { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }

    private bool IsFiltered =>
        !string.IsNullOrEmpty(SeverityText) || !string.IsNullOrEmpty(Entity) || !string.IsNullOrEmpty(Text);

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var filter = new IncidentFilter
        {
            SeverityMin = AlertQuery.ParseSeverity(SeverityText),
            EntityId = string.IsNullOrEmpty(Entity) ? null : AlertQuery.Clip(Entity),
            Text = string.IsNullOrEmpty(Text) ? null : AlertQuery.Clip(Text),
        };
        _count = await Cases.IncidentCountAsync(filter, cancel);
        _page = await Cases.IncidentsAsync(filter, string.IsNullOrEmpty(After) ? null : After, RowsMax, cancel);
        _heads = await (await Queue.DeskAsync(cancel)).Store.HeadsAsync(HeadsMax, cancel);
        _actions = (await Cases.ActionsAsync(new ActionFilter(), null, ActionsMax, cancel)).Items;
    }

    private static string AddressOf(string? severity, string? entity, string? text, string? after) =>
        QueryHelpers.AddQueryString("/incidents", new KeyValuePair<string, string?>[]
        {
            new("severity", severity),
            new("entity", AlertQuery.Clip(entity).Trim()),
            new("q", AlertQuery.Clip(text).Trim()),
            new("after", after),
        }.Where(part => !string.IsNullOrEmpty(part.Value)));

    private void Show(string? severity, string? entity, string? text) =>
        Navigation.NavigateTo(AddressOf(severity, entity, text, null));
}
