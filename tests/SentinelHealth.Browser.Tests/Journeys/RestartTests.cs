using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>What a restart of the monitor and a lost connection leave of somebody's work.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RestartTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_restart_in_the_middle_of_triage_keeps_filters_the_open_alert_and_the_draft()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/alerts");
        var page = ada.Page;
        await page.GotoAsync("/alerts?status=all&q=severity%3A%20high&alert=alert-1");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("Called the ward: they did not");
        await page.EvaluateAsync("window.isOld = true");

        await host.RestartAsync();
        await page.WaitForFunctionAsync("() => window.isOld === undefined && document.querySelector('[data-connected]')", null, new() { Timeout = 60_000 });

        await Expect(page.GetByLabel("Query", new() { Exact = true })).ToHaveValueAsync("severity: high");
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToHaveValueAsync("Called the ward: they did not");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write the note" }).ClickAsync();
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("Called the ward: they did not");
        await page.ReloadAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        // What was written is no draft any more.
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_connection_that_breaks_loses_neither_what_was_chosen_nor_what_is_clicked_after_it_is_back()
    {
        await using var host = await ResponseHost.StartWithAlertsAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");
        var page = ada.Page;
        IWebSocketRoute? line = null;
        await page.RouteWebSocketAsync(url => url.Contains("_blazor", StringComparison.Ordinal), route =>
        {
            var server = route.ConnectToServer();
            route.OnMessage(frame => Pass(frame, server));
            server.OnMessage(frame => Pass(frame, route));
            line = route;
        });
        await page.GotoAsync("/alerts");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.Locator("[data-pick]").Nth(0).ClickAsync();
        await page.Locator("[data-pick]").Nth(1).ClickAsync();
        await Expect(page.Locator(".bulk-count")).ToContainTextAsync("2 chosen");
        await page.EvaluateAsync("window.isOld = true");
        var before = line;

        await before!.CloseAsync(new() { Code = 1001 });
        await page.WaitForFunctionAsync(
            "() => !document.getElementById('components-reconnect-modal')?.className.match(/components-reconnect-(show|retrying|failed)/)");

        await Expect(page.Locator(".bulk-count")).ToContainTextAsync("2 chosen");
        await page.Locator("[data-bulk=acknowledge]").ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("2 of 2 changed");
        Assert.True(await page.EvaluateAsync<bool>("window.isOld === true"), "The page was loaded anew.");
    }

    private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
    {
        if (frame.Binary is { } bytes) to.Send(bytes);
        else to.Send(frame.Text!);
    }
}
