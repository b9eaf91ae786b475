using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Live;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Layout;

/// <summary>Live state, kill switch, clock, theme and account.</summary>
public partial class TopBar
{
    [Inject] private LiveFeed Feed { get; set; } = default!;

    [Inject] private DashboardClock Clock { get; set; } = default!;

    [Inject] private IResponder Responder { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Feed.Beat += OnBeat;
        Feed.PauseChanged += Redraw;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Feed.Beat -= OnBeat;
        Feed.PauseChanged -= Redraw;
        GC.SuppressFinalize(this);
    }

    private static string Initials(string? name) =>
        string.Concat((name ?? "").Split([' ', '.', '@', '-'], StringSplitOptions.RemoveEmptyEntries)
            .Take(2).Where(word => char.IsLetterOrDigit(word[0])).Select(word => char.ToUpperInvariant(word[0])));

    private void OnBeat(LiveBeat beat)
    {
        if (beat.IsWholeSecond) Redraw();
    }

    private void Redraw() => _ = InvokeAsync(StateHasChanged);
}
