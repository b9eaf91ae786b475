using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Who and what there is, to be found by name or by risk.</summary>
public partial class Entities
{
    private const int KnownMax = 100, RisksMax = 25;

    private static readonly EntityType[] Types =
        [EntityType.Actor, EntityType.Node, EntityType.Patient, EntityType.Device, EntityType.Contract];

    private IReadOnlyList<KnownEntity> _known = [];
    private IReadOnlyList<EntityRisk> _risks = [];

    [Inject] private VisibleHunts Hunts { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "name")] private string? Part { get; set; }
    [SupplyParameterFromQuery(Name = "kind")] private string? Kind { get; set; }

    private EntityType? Type => Enum.TryParse<EntityType>(Kind, ignoreCase: true, out var type) && Types.Contains(type)
        ? type : null;

    private IReadOnlyList<BarList.Row> Risks => [.. _risks.Select(risk => new BarList.Row(
        risk.Entity.ToString(), Marks.Link(risk.Entity, 28, L), $"{risk.Risk.ToString("0", System.Globalization.CultureInfo.InvariantCulture)}", risk.Risk,
        risk.Risk >= 60 ? "critical" : risk.Risk >= 30 ? "high" : "medium"))];

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var (part, type) = (AlertQuery.Clip(Part).Trim(), Type);
        _known = await (await Hunts.DeskAsync(cancel)).EntitiesLikeAsync(part, type, KnownMax, cancel);
        // Risk is summed over everyone's alerts.
        var risks = await Hunts.IsLimitedAsync() ? [] : Monitor.TopRisks;
        _risks = [.. risks.Where(risk => type is null || risk.Entity.Type == type).Take(RisksMax)];
    }

    private void Show(string? part, string? kind) => Navigation.NavigateTo(QueryHelpers.AddQueryString(
        "/entities",
        new Dictionary<string, string?> { ["name"] = AlertQuery.Clip(part).Trim(), ["kind"] = kind }
            .Where(pair => !string.IsNullOrEmpty(pair.Value))));
}
