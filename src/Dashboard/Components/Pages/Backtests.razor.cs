using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Where somebody says which policy to try on which part of the past, and sees what was tried.</summary>
public partial class Backtests
{
    private const int TextCharactersMax = 256 * 1024;

    private const string Example = """
        name: suspend-after-hours
        mode: automatic
        when:
          entities: [actor]
          severityMin: high
          hours: 22:00-06:00
        actions:
          - kind: suspendActor
            ttl: 4h
        """;

    private readonly Dictionary<string, PlaybookMode> _modes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _limits = new(StringComparer.Ordinal);
    private IReadOnlyList<BacktestJob> _jobs = [];
    private IReadOnlyList<string> _problems = [];
    private DateTime? _from, _until;
    private string _text = "";
    private bool _isOwn, _isAsIfLive, _isBusy;

    [Inject] private BacktestDesk Desk { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Desk.Changed += Renew;
        Choose(TimeSpan.FromDays(1));
        _isAsIfLive = Desk.Options.IsDryRun;
    }

    /// <inheritdoc/>
    protected override Task LoadAsync(CancellationToken cancel)
    {
        _jobs = Desk.Jobs;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Desk.Changed -= Renew;
        base.Dispose(disposing);
    }

    private static IReadOnlyList<BacktestLimit> Limits => BacktestLimit.All;

    private void Renew() => _ = InvokeAsync(ReloadAsync);

    private void Choose(TimeSpan? past)
    {
        var now = Clock.Now.UtcDateTime;
        // Whole minutes are what the field can show.
        var minute = new DateTime(now.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        _from = past is { } span ? minute - span : null;
        _until = null;
    }

    private void SetMode(Playbook playbook, string? mode)
    {
        if (Enum.TryParse<PlaybookMode>(mode, out var wanted) && wanted != playbook.Mode)
            _modes[playbook.Name] = wanted;
        else
            _modes.Remove(playbook.Name);
    }

    private void SetLimit(BacktestLimit limit, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            _limits.Remove(limit.Name);
        else
            _limits[limit.Name] = value;
    }

    private void TakeInForce() => _text = string.Join("---\n", Desk.Playbooks.Playbooks.Select(PlaybookWriter.Write));

    private async Task TakeFileAsync(InputFileChangeEventArgs chosen)
    {
        _problems = [];
        if (chosen.File.Size > TextCharactersMax)
        {
            _problems = [$"The file is longer than {TextCharactersMax / 1024} KB."];
            return;
        }
        using var reader = new StreamReader(chosen.File.OpenReadStream(TextCharactersMax, Gone));
        _text = await reader.ReadToEndAsync(Gone);
    }

    private async Task RunAsync()
    {
        _problems = [];
        if (await Orders.ResponderAsync() is not { } person)
        {
            _problems = [Orders.NotAllowed];
            return;
        }
        if (_isOwn && string.IsNullOrWhiteSpace(_text))
        {
            _problems = ["There is no playbook to try yet."];
            return;
        }
        _isBusy = true;
        var start = await Desk.StartAsync(OrderOf(), person, Gone);
        _isBusy = false;
        _problems = start.Problems;
        if (start.Job is { } job)
            Navigation.NavigateTo(Addresses.Backtest(job.Id));
    }

    private BacktestOrder OrderOf() => new()
    {
        From = Instant(_from),
        Until = Instant(_until),
        Playbooks = _isOwn ? _text : "",
        Modes = _isOwn ? new Dictionary<string, PlaybookMode>() : new Dictionary<string, PlaybookMode>(_modes),
        Limits = BacktestLimit.Read(_limits) with { IsDryRun = Desk.Options.IsDryRun && _isAsIfLive ? false : null },
    };

    private static DateTimeOffset? Instant(DateTime? utc) =>
        utc is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
}

/// <summary>A limit of the form.</summary>
internal sealed record BacktestLimit(
    string Name, string Label, string Min, string Max, string Step, Func<ResponseOptions, string> InForce)
{
    private const double PercentOfOne = 0.01;

    public static IReadOnlyList<BacktestLimit> All { get; } =
    [
        new("nodes", "Nodes in a window", "0", "1000", "1", options => Text(options.NodesPerWindowMax)),
        new("grants", "Grants in a window", "0", "10000", "1", options => Text(options.GrantsPerWindowMax)),
        new("actors", "Actors in a window", "0", "10000", "1", options => Text(options.ActorsPerWindowMax)),
        new("contracts", "Contracts in a window", "0", "1000", "1", options => Text(options.ContractsPerWindowMax)),
        new("total", "All kinds in a window", "0", "10000", "1", options => Text(options.TotalPerWindowMax)),
        new("staff", "Share of the staff, %", "0", "100", "1", options => Text(options.StaffShareMax / PercentOfOne)),
        new("node-share", "Share of the nodes, %", "0", "100", "1", options => Text(options.NodeShareMax / PercentOfOne)),
        new("cooldown", "Cooldown, minutes", "0", "43200", "1", options => Text(options.Cooldown.TotalMinutes)),
    ];

    /// <summary>The limits of what stands in the fields; what is out of range stays so and is refused with the order.</summary>
    public static BacktestLimits Read(IReadOnlyDictionary<string, string> fields)
    {
        // A browser hands over nothing but numbers from such fields.
        double? Number(string name) => double.TryParse(
            fields.GetValueOrDefault(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
        int? Whole(string name) => Number(name) is { } value ? (int)Math.Clamp(value, -1, int.MaxValue) : null;
        double? Share(string name) => Number(name) * PercentOfOne;
        return new BacktestLimits
        {
            NodesPerWindowMax = Whole("nodes"),
            GrantsPerWindowMax = Whole("grants"),
            ActorsPerWindowMax = Whole("actors"),
            ContractsPerWindowMax = Whole("contracts"),
            TotalPerWindowMax = Whole("total"),
            StaffShareMax = Share("staff"),
            NodeShareMax = Share("node-share"),
            CooldownMinutes = Whole("cooldown"),
        };
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
