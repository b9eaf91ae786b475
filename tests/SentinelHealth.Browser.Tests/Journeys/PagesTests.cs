using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class PagesTests(BrowserFixture fixture)
{
    public static TheoryData<string, string> Pages => new()
    {
        { "/", "Overview" },
        { "/alerts", "Alerts" },
        { "/alerts?group=source,severity", "Alerts" },
        { "/detections", "Detections" },
        { "/incidents", "Incidents" },
        { "/incidents/inc-probe", "A matcher is being probed step by step" },
        { "/responses", "Responses" },
        { "/responses/backtests", "Try a policy on the past" },
        { "/responses/backtests/none", "No such backtest" },
        { "/network", "Network" },
        { "/not-found", "Nothing here" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_opens_without_a_complaint_of_the_browser(string path, string heading)
    {
        await using var journey = await Journey.StartAsync(fixture);

        await journey.OpenAsync(path);

        await Expect(journey.Page.Locator("h1")).ToHaveTextAsync(heading);
        await Expect(journey.Page.Locator("[role=alert]")).ToHaveCountAsync(0);
        Assert.Empty(journey.Complaints);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_fits_the_narrowest_phone_without_scrolling_sideways(string path, string heading)
    {
        await using var journey = await Journey.StartAsync(fixture, width: 320);

        await journey.OpenAsync(path);

        await Expect(journey.Page.Locator("h1")).ToHaveTextAsync(heading);
        Assert.Equal(320, await journey.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task The_overview_counts_a_new_alert_without_a_reload()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/");
        var alerts = journey.Page.Locator("a.tile[href='/alerts'] .tile-value");
        await Expect(alerts).ToHaveTextAsync("140");
        await journey.Page.EvaluateAsync("window.sameDocument = true");

        journey.Host.Monitor.RaiseAlert();

        await Expect(alerts).ToHaveTextAsync("141");
        Assert.True(await journey.Page.EvaluateAsync<bool>("window.sameDocument === true"));
    }

    [Fact]
    public async Task A_paused_page_stands_still_and_catches_up_when_resumed()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/");
        var alerts = journey.Page.Locator("a.tile[href='/alerts'] .tile-value");
        await journey.Page.Keyboard.PressAsync("Alt+l");
        await Expect(journey.Page.Locator(".live")).ToContainTextAsync("Paused");

        journey.Host.Monitor.RaiseAlert();

        await Expect(journey.Page.Locator(".live")).ToContainTextAsync("changes waiting");
        await Expect(alerts).ToHaveTextAsync("140");
        await journey.Page.Locator(".live").ClickAsync();
        await Expect(alerts).ToHaveTextAsync("141");
    }

    [Fact]
    public async Task A_store_that_is_down_is_said_and_recovery_shows_by_itself()
    {
        await using var journey = await Journey.StartAsync(fixture);
        journey.Host.Monitor.IsDown = true;
        await journey.OpenAsync("/incidents");
        await Expect(journey.Page.Locator("[role=alert]")).ToContainTextAsync("could not be read");

        journey.Host.Monitor.IsDown = false;
        journey.Host.Monitor.RaiseAlert();

        await Expect(journey.Page.Locator("tr[data-row]").First).ToBeVisibleAsync();
        await Expect(journey.Page.Locator("[role=alert]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_theme_button_changes_the_theme_and_the_browser_remembers_it()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/");
        var light = await BackgroundAsync(journey.Page);

        await journey.Page.Locator("[data-theme-toggle]").ClickAsync();
        await journey.Page.Locator("[data-theme-toggle]").ClickAsync();

        await Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.NotEqual(light, await BackgroundAsync(journey.Page));
        await journey.Page.ReloadAsync();
        await Expect(journey.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    private static Task<string> BackgroundAsync(IPage page) =>
        page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
