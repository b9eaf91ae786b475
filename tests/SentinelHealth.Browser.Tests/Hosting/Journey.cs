using Microsoft.Playwright;

namespace SentinelHealth.Browser.Tests.Hosting;

/// <summary>
/// One person at one browser: a server of their own, a sample of their own, and every complaint of the browser kept.
/// </summary>
internal sealed class Journey : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly IBrowserContext _context;

    private Journey(SampleHost host, IBrowserContext context, IPage page)
    {
        Host = host;
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add("uncaught: " + error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) _complaints.Add($"{response.Status}: {response.Url}");
        };
    }

    public SampleHost Host { get; }

    public IPage Page { get; }

    /// <summary>What the browser complained about: console errors and warnings, failed requests, uncaught exceptions.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Journey> StartAsync(BrowserFixture fixture, int width = 1440, bool isViewer = false)
    {
        var host = await SampleHost.StartAsync();
        var context = await fixture.Browser.NewContextAsync(new()
        {
            BaseURL = host.Address.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ExtraHTTPHeaders = isViewer ? new Dictionary<string, string> { ["X-Viewer"] = "1" } : null,
        });
        context.SetDefaultTimeout(20_000);
        return new Journey(host, context, await context.NewPageAsync());
    }

    /// <summary>Opens an address and waits until the page answers to clicks, not only until it is drawn.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await ConnectedAsync();
    }

    /// <summary>Waits until the circuit has taken the page over.</summary>
    public Task ConnectedAsync() => Page.Locator("[data-connected]").WaitForAsync();

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await Host.DisposeAsync();
    }
}
