using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using SentinelHealth.Dashboard.Components.Live;

namespace SentinelHealth.Dashboard.Components.Layout;

/// <summary>The frame of every page.</summary>
public partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private string _here = "";

    [Inject] private DashboardMode Mode { get; set; } = default!;

    [Inject] private LiveFeed Feed { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // The base address is "/", so a bare "#content" would leave the page.
        _here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0];
        _boundary?.Recover();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) Feed.Start();
    }
}
