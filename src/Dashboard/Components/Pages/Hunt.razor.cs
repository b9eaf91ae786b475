using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Searching events: the query and the time are in the address, the search runs beside the page and can be stopped.</summary>
public partial class Hunt
{
    private const int HitsPerPage = 100, RowsMax = 1_000, Bars = 60;

    private static readonly IReadOnlyList<(string Query, string Meaning)> ExamplesOverEvents =
    [
        ("method: recordAccess", "exactly this"),
        ("actor_id: did:ethr:0x12*", "a beginning; * is any text"),
        ("organization: hospital-a and not purpose: TREAT", "conditions joined by and, or, not"),
        ("operation: (identify or export)", "one of several"),
        ("gallery_size > 100 and score < 0.6", "numbers"),
        ("patient_ref: *", "has any value"),
        ("args.scope: imaging", "a member of the call's arguments"),
        ("0x5f1c*", "in any identifier, person, node or method"),
        ("time >= now-15m", "times, beside the range below"),
    ];

    private readonly List<DossierEvent> _rows = [];
    private CancellationTokenSource? _search;
    private QueryNode? _node;
    private QueryFault? _fault;
    private HuntAnswer? _answer;
    private HuntRule? _rule;
    private IReadOnlyList<SavedHunt> _saved = [];
    private string _shown = "", _failure = "";
    private int _open = -1;
    private bool _isRunning, _isSaving, _isLimited;
    private HuntDesk? _desk;

    [Inject] private VisibleHunts Visible { get; set; } = default!;
    [Inject] private Orders Orders { get; set; } = default!;
    [Inject] private DashboardClock Clock { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")] private string? Asked { get; set; }
    [SupplyParameterFromQuery(Name = "range")] private string? AskedRange { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }

    private string Text => AlertQuery.Clip(Asked);

    private string Range => string.IsNullOrEmpty(AskedRange) ? "24h" : AlertQuery.Clip(AskedRange);

    private string Summary => _answer is { } answer && _desk is { } desk && _fault is null && !_isRunning
        ? L[!desk.HasEngine ? "{0} events found" : answer.Origin == HuntOrigin.Engine ? "{0} events found by the search engine" : "{0} events found in the archive", Wording.Count(answer.Count)]
        : L["What happened, searched in every event that is kept."];

    private string CsvAddress =>
        QueryHelpers.AddQueryString("/api/v1/events/search", new Dictionary<string, string?> { ["q"] = Whole(), ["format"] = "csv", ["limit"] = "500" });

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var now = $"{Text}\n{Range}\n{From}\n{To}";
        // Drawn first without a connection: a search then would be done, and written down, twice.
        if (_shown == now || !RendererInfo.IsInteractive) return;
        _shown = now;
        var desk = _desk = await Visible.DeskAsync(CancellationToken.None);
        _isLimited = await Visible.IsLimitedAsync();
        _saved = await Task.Run(desk.SavedHunts);
        // What is wrong is told where the person wrote it, not in the whole view's query.
        var reading = desk.Read(Whole());
        (_fault, _node) = (reading.Fault is null ? null : desk.Read(Text).Fault ?? reading.Fault, reading.Node);
        _rows.Clear();
        (_answer, _open) = (null, -1);
        if (_node is { } node) await SearchAsync(node, after: null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _search?.Cancel();
        _search?.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task SearchAsync(QueryNode node, HuntCursor? after)
    {
        Dispose();
        var search = _search = new CancellationTokenSource();
        (_isRunning, _failure) = (true, "");
        try
        {
            var request = new HuntRequest(HitsPerPage, after, after is null ? Bars : 0);
            var desk = _desk = await Visible.DeskAsync(search.Token);
            var answer = await desk.SearchAsync((Whole(), node), request, await Orders.PersonAsync(), Tell, search.Token);
            _rows.AddRange(answer.Hits.Select(hit => DossierEvent.Of(Encoding.UTF8.GetString(hit.Record.Span)))
                .OfType<DossierEvent>());
            _answer = after is null ? answer : _answer! with { Next = _rows.Count < RowsMax ? answer.Next : null };
        }
        catch (OperationCanceledException) when (search.IsCancellationRequested)
        {
            // Stopped, or another search took its place.
        }
        catch (InvalidDataException damaged)
        {
            _failure = damaged.Message;
        }
        if (ReferenceEquals(search, _search)) _isRunning = false;

        void Tell(HuntAnswer soFar) => _ = InvokeAsync(() =>
        {
            if (!ReferenceEquals(search, _search) || after is not null) return;
            _answer = soFar;
            StateHasChanged();
        });
    }

    private Task MoreAsync(HuntCursor next) => _node is { } node ? SearchAsync(node, next) : Task.CompletedTask;

    private void Stop()
    {
        _search?.Cancel();
        _isRunning = false;
    }

    private void Toggle(int place) => _open = _open == place ? -1 : place;

    private void Show(string text, string? range) => Navigation.NavigateTo(AddressOf(text, range ?? ""));

    private void Open(string? name)
    {
        if (_saved.FirstOrDefault(hunt => hunt.Name == name) is { } hunt) Show(hunt.Query, Range);
    }

    private string AddressOfSpan(DateTimeOffset from, DateTimeOffset to) => QueryHelpers.AddQueryString(
        AddressOf(Text, AlertQuery.CustomRange),
        new Dictionary<string, string?> { ["from"] = Wording.Iso(from), ["to"] = Wording.Iso(to) });

    private static string AddressOf(string text, string range) => QueryHelpers.AddQueryString("/hunt", new[]
    {
        KeyValuePair.Create("q", (string?)text), KeyValuePair.Create("range", (string?)range),
    }.Where(part => !string.IsNullOrEmpty(part.Value)));

    /// <summary>The query with the time that was chosen.</summary>
    private string Whole()
    {
        var (from, to) = Range == AlertQuery.CustomRange ? (AlertQuery.ParseTime(From), AlertQuery.ParseTime(To))
            : AlertQuery.Ranges.FirstOrDefault(range => range.Key == Range) is { Key: not null } relative
                ? (Clock.Now - relative.Length, (DateTimeOffset?)null) : (null, null);
        string[] parts =
        [
            from is { } first ? $"time >= {Wording.Iso(first)}" : "", to is { } last ? $"time < {Wording.Iso(last)}" : "",
            Text.Trim().Length > 0 ? $"({Text.Trim()})" : "",
        ];
        return string.Join(" and ", parts.Where(part => part.Length > 0));
    }

    private async Task MakeRuleAsync()
    {
        if (_desk?.Read(Text).Node is { } node)
            _rule = HuntRule.Of(node, Text, await Orders.PersonAsync(), DateOnly.FromDateTime(Clock.Now.UtcDateTime));
    }

    private async Task<OrderOutcome> SaveAsync(string name)
    {
        var desk = await Visible.DeskAsync(CancellationToken.None);
        var outcome = await Orders.SaveHuntAsync(by => desk.Save(new SavedHunt(name.Trim(), Text, by, Clock.Now)));
        _saved = await Task.Run(desk.SavedHunts);
        return outcome;
    }
}
