using System.Globalization;
using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Everything about one entity: how risky and how active it is against its habit and its peers, with whom, and what was done about it.</summary>
public partial class EntityPage
{
    private const int Days = 28, AlertsShown = 12, ActionsShown = 10, PartsShown = 10;

    // Less is told as 0.
    private const double PointsTold = 0.05;

    private EntityReport? _report;
    private IReadOnlyList<ContainmentAction> _actions = [];
    private IReadOnlyList<ContainmentAction> _live = [];

    [Parameter] public string Kind { get; set; } = "";

    [Parameter] public string Id { get; set; } = "";

    [Inject] private VisibleHunts Visible { get; set; } = default!;
    [Inject] private Orders Orders { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        if (!Enum.TryParse<EntityType>(Kind, ignoreCase: true, out var type))
        {
            _report = null;
            return;
        }
        var entity = new EntityRef(type, AlertQuery.Clip(Id));
        var hunts = await Visible.DeskAsync(cancel);
        await hunts.NoteLookAsync(entity, await Orders.PersonAsync(), cancel);
        _report = await hunts.EntityAsync(entity, TimeSpan.FromDays(Days), cancel);
        _actions = (await Cases.ActionsAsync(new ActionFilter { TargetId = entity.Id }, null, ActionsShown, cancel)).Items;
        _live = [.. _actions.Where(action => action.IsInForce())];
    }

    /// <summary>The field of events in which an entity of a kind stands; null when there is none.</summary>
    private static string? FieldOf(EntityType type) => type switch
    {
        EntityType.Actor => "actor_id",
        EntityType.Node => "node",
        EntityType.Patient => "patient_ref",
        EntityType.Device => "device",
        EntityType.Contract => "contract",
        EntityType.Grant => "grant_id",
        _ => null,
    };

    private string Describe(EntityReport report) => report.History?.Known is not { } known
        ? L["Only alerts speak of it; the archive has none of its events."]
        : string.Join(" · ", new[]
        {
            InertText.Of(known.Role), InertText.Of(known.Organization), L["{0} events", Wording.Count(known.EventCount)],
            L["first seen {0}", Wording.Stamp(known.FirstAt)], L["last {0}", Wording.Ago(known.LastAt, Clock.Now, L)],
        }.Where(part => part.Length > 0));

    private List<BarList.Row> PartsOf(EntityReport report) =>
        [.. report.RiskParts.Where(part => part.Points >= PointsTold).Take(PartsShown).Select((part, i) =>
        new BarList.Row(
            i.ToString(CultureInfo.InvariantCulture), part.AlertId.Length > 0 ? AlertLink(part) : Plain(L[part.What]),
            part.Points.ToString("0.#", CultureInfo.InvariantCulture), part.Points, "high"))];

    private List<BarList.Row> TiesOf(IEnumerable<EntityTie> ties) => [.. ties.Select(tie =>
        new BarList.Row(tie.Other.ToString(), Marks.Link(tie.Other, 28, L), Wording.Count(tie.EventCount), tie.EventCount))];

    private static RenderFragment AlertLink(RiskContribution part) => builder =>
    {
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "href", Addresses.Alert(part.AlertId));
        builder.AddContent(2, InertText.Of(part.What));
        builder.CloseElement();
    };

    private static RenderFragment Plain(string text) => builder => builder.AddContent(0, text);
}
