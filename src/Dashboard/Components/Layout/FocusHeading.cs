using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace SentinelHealth.Dashboard.Components.Layout;

/// <summary>
/// Moves the focus to the heading when the reader goes to another page, so that a screen reader says where they are.
/// </summary>
/// <remarks>
/// Unlike the framework's component it leaves the first page alone: a browser that has just loaded a page starts at its top anyway,
/// and a jump that arrives late would take the focus from the link a quick person has already reached.
/// </remarks>
public sealed class FocusHeading : ComponentBase
{
    private Type? _page;
    private bool _isDue;

    /// <summary>The page shown now.</summary>
    [Parameter, EditorRequired] public Microsoft.AspNetCore.Components.RouteData Route { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _isDue = _page is not null && _page != Route.PageType;
        _page = Route.PageType;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isDue) return;
        _isDue = false;
        try
        {
            await Browser.InvokeVoidAsync("sentinel.focusHeading");
        }
        catch (JSDisconnectedException)
        {
            // The browser left: there is nothing to focus.
        }
    }
}
