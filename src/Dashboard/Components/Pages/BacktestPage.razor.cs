using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Response.Backtesting;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>One policy tried on the past: how far it is, then what it would have done, at what cost, beside what was done.</summary>
public partial class BacktestPage
{
    private const int RowsMax = 200;

    private BacktestReport? _report;
    private BacktestComparison? _comparison;
    private ContainmentChartModel? _chart;
    private BacktestKind? _kind;
    private IReadOnlyList<BacktestLine> _lines = [];
    private IReadOnlyList<BarList.Row> _refusals = [];
    private string _shown = "";

    [Parameter] public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "show")] private string? Show { get; set; }

    [Inject] private BacktestDesk Desk { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private Notices Notices { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <summary>A result does not change; what goes on is told by the desk.</summary>
    protected override bool WelcomesNews => false;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Desk.Changed += Renew;
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _kind = Enum.TryParse<BacktestKind>(Show, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;
        if (Desk.Find(Id) is not { State: BacktestState.Done } job)
            return;
        if (_shown != job.Id)
        {
            _report = await Desk.ResultAsync(Id, cancel);
            if (_report is null)
                return;
            _comparison = await BacktestComparison.ReadAsync(
                _report, job.Period, Cases, Clock.Now, cancel);
            _chart = ContainmentChartModel.Of(_comparison);
            _refusals = [.. _report.Summary.Refusals.OrderByDescending(pair => pair.Value).Select(RefusalRow)];
            _shown = job.Id;
        }
        // Reviews are many and decide nothing; they have a view of their own.
        _lines = [.. _report!.Lines.Where(line => _kind is null ? line.Kind != BacktestKind.Review : line.Kind == _kind)];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Desk.Changed -= Renew;
        base.Dispose(disposing);
    }

    private BarList.Row RefusalRow(KeyValuePair<string, int> pair) => new(
        pair.Key, builder => builder.AddContent(0, L[GuardrailWords.Name(pair.Key)].Value), Wording.Count(pair.Value), pair.Value, "critical");

    private RenderFragment Rest(int count) => builder =>
    {
        if (count <= RowsMax)
            return;
        builder.OpenElement(0, "p");
        builder.AddAttribute(1, "class", "hint");
        builder.AddContent(2, L["The first {0} of {1}; the result as a file has all.", RowsMax, Wording.Count(count)].Value);
        builder.CloseElement();
    };

    private string AddressOf(BacktestKind? kind) =>
        Addresses.Backtest(Id) + (kind is { } shown ? "?show=" + shown.ToString().ToLowerInvariant() : "");

    private void Renew() => _ = InvokeAsync(ReloadAsync);

    private async Task EndAsync()
    {
        if (await Orders.ResponderAsync() is null)
        {
            Notices.Say(L[Orders.NotAllowed]);
            return;
        }
        var isOver = Desk.Find(Id)?.IsOver ?? true;
        Desk.End(Id);
        Notices.Say(isOver ? L["The backtest is forgotten."] : L["The backtest is being cancelled."]);
        if (isOver)
            Navigation.NavigateTo(Addresses.Backtests);
    }
}
