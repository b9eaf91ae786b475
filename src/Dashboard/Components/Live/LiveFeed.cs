using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Components.Live;

/// <summary>One beat of the feed.</summary>
/// <param name="HasNews">Whether the monitor has changed since the last beat that said so, and the feed is not paused.</param>
/// <param name="IsWholeSecond">Whether a second has passed: time to redraw clocks and countdowns.</param>
public readonly record struct LiveBeat(bool HasNews, bool IsWholeSecond);

/// <summary>
/// Turns the monitor's changes into at most four beats a second for one browser. Pausing holds news back without losing it.
/// </summary>
public sealed class LiveFeed : IAsyncDisposable
{
    private const int BeatsPerSecond = 4;

    private readonly IMonitorStatus _monitor;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _hasNews;
    private bool _isStarted;

    /// <summary>Listens from now on; beats begin with <see cref="Start"/>.</summary>
    public LiveFeed(IMonitorStatus monitor)
    {
        _monitor = monitor;
        _monitor.Changed += Remember;
    }

    /// <summary>Raised from a timer thread; components go through InvokeAsync.</summary>
    public event Action<LiveBeat>? Beat;

    /// <summary>Raised when someone pauses or resumes.</summary>
    public event Action? PauseChanged;

    /// <summary>Whether news is held back.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether news waits behind the pause.</summary>
    public bool IsBehind => IsPaused && Volatile.Read(ref _hasNews) == 1;

    /// <summary>Starts beating. Called once a browser is really connected, never while prerendering.</summary>
    public void Start()
    {
        if (_isStarted) return;
        _isStarted = true;
        _loop = RunAsync();
    }

    /// <summary>Holds news back, or lets it through again.</summary>
    public void TogglePause()
    {
        IsPaused = !IsPaused;
        PauseChanged?.Invoke();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _monitor.Changed -= Remember;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private void Remember() => Volatile.Write(ref _hasNews, 1);

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / BeatsPerSecond));
        var count = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                count = (count + 1) % BeatsPerSecond;
                var hasNews = !IsPaused && Interlocked.Exchange(ref _hasNews, 0) == 1;
                if (hasNews || count == 0) Beat?.Invoke(new LiveBeat(hasNews, IsWholeSecond: count == 0));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The browser left: the circuit's scope is being disposed.
        }
    }
}
