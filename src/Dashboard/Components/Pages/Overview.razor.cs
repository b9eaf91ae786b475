using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>The first page: the state of the network, of detection and of response at a glance.</summary>
public partial class Overview
{
    private const int RowsMax = 8, HeadsMax = 1_000;

    private OverviewModel? _model;
    private IReadOnlyDictionary<string, string> _heads = new Dictionary<string, string>();

    [Inject] private VisibleTriage Queue { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _heads = await (await Queue.DeskAsync(cancel)).Store.HeadsAsync(HeadsMax, cancel);
        _model = await OverviewModel.ReadAsync(Cases, Monitor, cancel);
    }

    private List<Segment> Severities(OverviewModel model) =>
        [.. model.BySeverity.Select(row => new Segment(
            L[Wording.Name(row.Severity)], row.Count, Marks.Css(row.Severity), Addresses.AlertsFrom(row.Severity)))];

    private List<BarList.Row> Risks(OverviewModel model) =>
        [.. model.Risks.Take(RowsMax).Select(risk => new BarList.Row(
            risk.Entity.ToString(), Marks.Link(risk.Entity, 28, L), Wording.Score(risk.Risk), risk.Risk))];

    private List<BarList.Row> Sources(OverviewModel model) =>
        [.. model.BySource.Take(RowsMax).Select(row => new BarList.Row(
            row.Source, Marks.SourceLink(row.Source, row.Kind, L), Wording.Count(row.Count), row.Count,
            row.Kind == AlertKind.Rule ? "rule" : "model"))];
}
