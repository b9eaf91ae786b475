using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Live;

/// <summary>
/// A page that loads when its address changes and again when the monitor has news: one load at a time, at most one a second,
/// with loading and failure as states of their own.
/// </summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _isLoading;
    private bool _isOutdated;
    private bool _hasUnseenNews;

    [Inject] private ICaseReader AllCases { get; set; } = default!;

    [Inject] private AuthenticationStateProvider People { get; set; } = default!;

    /// <summary>What whoever looks may see.</summary>
    protected ICaseReader Cases { get; private set; } = default!;

    [Inject] protected IMonitorStatus Monitor { get; set; } = default!;

    [Inject] protected LiveFeed Feed { get; set; } = default!;

    [Inject] protected DashboardClock Clock { get; set; } = default!;

    [Inject] private ILoggerFactory Logs { get; set; } = default!;

    /// <summary>Whether there is something to show.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>Whether the latest attempt to load failed.</summary>
    protected bool IsFailed { get; private set; }

    /// <summary>Whether news may be applied now; a page that is being read can hold it back.</summary>
    protected virtual bool WelcomesNews => true;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Gone => _gone.Token;

    /// <summary>Reads everything the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancel);

    /// <inheritdoc/>
    protected override void OnInitialized() => Feed.Beat += OnBeat;

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReloadAsync();

    /// <summary>Loads now, or once more after the load under way.</summary>
    protected async Task ReloadAsync()
    {
        _isOutdated = true;
        if (_isLoading) return;
        _isLoading = true;
        try
        {
            Cases = VisibleCases.Of(AllCases, Monitor, (await People.GetAuthenticationStateAsync()).User);
            while (_isOutdated && !_gone.IsCancellationRequested)
            {
                _isOutdated = false;
                await LoadAsync(_gone.Token);
            }
            IsLoaded = true;
            IsFailed = false;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left while loading.
        }
        catch (Exception fault)
        {
            // The one place where a page meets a store that is down: it says so and tries again with the next news.
            IsFailed = true;
            Logs.CreateLogger(GetType()).LogWarning(fault, "A page could not be loaded.");
        }
        finally
        {
            _isLoading = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Unsubscribes and cancels what is under way.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        Feed.Beat -= OnBeat;
        _gone.Cancel();
        _gone.Dispose();
    }

    private void OnBeat(LiveBeat beat)
    {
        _hasUnseenNews |= beat.HasNews;
        if (!beat.IsWholeSecond) return;
        _ = InvokeAsync(FollowAsync);
    }

    private async Task FollowAsync()
    {
        if (_gone.IsCancellationRequested) return;
        if (_hasUnseenNews && WelcomesNews && !_isLoading)
        {
            _hasUnseenNews = false;
            await ReloadAsync();
        }
        if (!_gone.IsCancellationRequested) StateHasChanged();
    }
}
