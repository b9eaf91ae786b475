using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>What somebody does while the connection is down: done once when it is back, or told that it was not.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReconnectTests(BrowserFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_given_while_the_line_is_cut_is_done_once_when_it_is_back()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");
        var page = ada.Page;
        var line = await Line.OnAsync(page);
        await page.GotoAsync("/alerts?status=all");
        await page.Locator("[data-connected]").WaitForAsync();
        await RowOf(page, "alert-2").FocusAsync();

        await line.CutAsync();
        await page.Keyboard.PressAsync("Alt+k");
        await Expect(page.Locator("[data-link-said]")).ToHaveTextAsync("Kept, and done when the connection is back: Acknowledge");
        // Another one is not taken silently.
        await RowOf(page, "alert-3").FocusAsync();
        await page.Keyboard.PressAsync("Alt+k");
        await Expect(page.Locator("[data-link-said]")).ToContainTextAsync("Not taken: one order is kept already");
        Assert.Equal(0, await RevisionAsync(host, "alert-2"));
        await line.MendAsync();

        await Expect(page.Locator("[data-link-said]")).ToHaveTextAsync("Connected again. Done now: Acknowledge", new() { Timeout = 60_000 });
        await Expect(RowOf(page, "alert-2").Locator(".status")).ToContainTextAsync("Acknowledged");
        Assert.Equal((1L, 0L), (await RevisionAsync(host, "alert-2"), await RevisionAsync(host, "alert-3")));
        await Expect(page.Locator("html[data-link]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_the_command_was_about_is_gone_and_the_person_is_told()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");
        var page = ada.Page;
        var line = await Line.OnAsync(page);
        await page.GotoAsync("/alerts");
        await page.Locator("[data-connected]").WaitForAsync();
        await RowOf(page, "alert-2").FocusAsync();

        await line.CutAsync();
        await page.Keyboard.PressAsync("Alt+k");
        await Expect(page.Locator("[data-link-said]")).ToContainTextAsync("Kept");
        await host.Parts.Triage.ChangeAsync(
            ["alert-2"], new TriageChange { Status = AlertStatus.Closed, CloseReason = CloseReason.Duplicate }, "ben", Cancel);
        await line.MendAsync();

        await Expect(page.Locator("[data-link-said]")).ToContainTextAsync(
            "Connected again. Not done, because what it was about has changed: Acknowledge", new() { Timeout = 60_000 });
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(2);
        Assert.Equal(1, await RevisionAsync(host, "alert-2"));
        foreach (var other in (string[])["alert-1", "alert-3"])
            Assert.Equal(0, await RevisionAsync(host, other));
    }

    [Fact]
    public async Task What_is_typed_while_the_line_is_cut_reaches_the_monitor_afterwards()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");
        var page = ada.Page;
        var line = await Line.OnAsync(page);
        await page.GotoAsync("/alerts?status=all&alert=alert-1");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.GetByLabel("Note", new() { Exact = true }).WaitForAsync();

        await line.CutAsync();
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("Called the ward meanwhile.");
        await line.MendAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Write the note" })).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Write the note" }).ClickAsync();
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("Called the ward meanwhile.");
    }

    [Fact]
    public async Task A_command_outlives_a_restart_of_the_monitor()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");
        var page = ada.Page;
        await page.GotoAsync("/alerts?status=all");
        await page.Locator("[data-connected]").WaitForAsync();
        await RowOf(page, "alert-2").WaitForAsync();
        await page.EvaluateAsync("window.isOld = true");

        await host.StopAsync();
        await page.Locator("html[data-link=down]").WaitForAsync();
        await RowOf(page, "alert-2").FocusAsync();
        await page.Keyboard.PressAsync("Alt+k");
        await Expect(page.Locator("[data-link-said]")).ToContainTextAsync("Kept");
        await host.StartAgainAsync();

        await page.WaitForFunctionAsync("() => window.isOld === undefined && document.querySelector('[data-connected]')", null, new() { Timeout = 60_000 });
        await Expect(page.Locator("[data-link-said]")).ToHaveTextAsync("Connected again. Done now: Acknowledge", new() { Timeout = 60_000 });
        await Expect(RowOf(page, "alert-2").Locator(".status")).ToContainTextAsync("Acknowledged");
        Assert.Equal((1L, 0L), (await RevisionAsync(host, "alert-2"), await RevisionAsync(host, "alert-1")));
    }

    private static ILocator RowOf(IPage page, string alertId) => page.Locator($"tr[data-row]:has(a[href*='alert={alertId}'])");

    private static async Task<long> RevisionAsync(ResponseHost host, string alertId) =>
        (await host.Parts.Store.TriagedAlertAsync(alertId, Cancel))!.Standing.Revision;

    /// <summary>The line of a page to the monitor, which can be cut and stays so until it is mended.</summary>
    private sealed class Line(IPage page)
    {
        private readonly List<IWebSocketRoute> _open = [];
        private bool _isCut;

        public static async Task<Line> OnAsync(IPage page)
        {
            var line = new Line(page);
            await page.RouteWebSocketAsync(url => url.Contains("_blazor", StringComparison.Ordinal), line.Connect);
            // Without a socket the page would go on by polling.
            await page.RouteAsync(url => url.Contains("/_blazor", StringComparison.Ordinal),
                route => line._isCut ? route.AbortAsync() : route.ContinueAsync());
            return line;
        }

        public async Task CutAsync()
        {
            _isCut = true;
            foreach (var route in _open)
                await route.CloseAsync(new() { Code = 1001 });
            _open.Clear();
            await page.Locator("html[data-link=down]").WaitForAsync();
        }

        public Task MendAsync()
        {
            _isCut = false;
            return Task.CompletedTask;
        }

        private void Connect(IWebSocketRoute route)
        {
            if (_isCut)
            {
                _ = route.CloseAsync(new() { Code = 1001 });
                return;
            }
            var server = route.ConnectToServer();
            route.OnMessage(frame => Pass(frame, server));
            server.OnMessage(frame => Pass(frame, route));
            _open.Add(route);
        }

        private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
        {
            if (frame.Binary is { } bytes) to.Send(bytes);
            else to.Send(frame.Text!);
        }
    }
}
