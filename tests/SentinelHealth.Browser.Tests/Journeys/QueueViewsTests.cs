using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>Views of the queue under names, and conditions that stay while the query changes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class QueueViewsTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_view_is_kept_shared_begun_with_renamed_and_deleted()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/alerts");
        var page = ada.Page;
        await page.GotoAsync("/alerts?q=source%3A%20rarity");
        await page.Locator("[data-connected]").WaitForAsync();

        await page.Locator("[data-views] summary").ClickAsync();
        await page.GetByLabel("Keep what is shown as").FillAsync("Night <b>work</b>");
        await page.GetByLabel("For everybody").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep the view" }).ClickAsync();
        await Expect(page.Locator("[data-view] a")).ToHaveTextAsync("Night <b>work</b>");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Begin with Night") }).ClickAsync();
        await Expect(page.Locator("[data-view] [aria-pressed=true]")).ToHaveCountAsync(1);

        await page.GotoAsync("/alerts");
        await Expect(page.GetByLabel("Query", new() { Exact = true })).ToHaveValueAsync("source: rarity");
        await page.Locator("[data-connected]").WaitForAsync();
        await Expect(page.Locator(".lede")).ToHaveTextAsync("1 match");
        // Cleared is cleared: nobody is led back to the view they begin with.
        await page.Locator(".filters-clear").ClickAsync();
        await Expect(page.Locator(".lede")).ToHaveTextAsync("2 open");

        await using var ben = await Responding.Responding.SignInAsync(fixture, host, "ben", "/alerts");
        await Expect(ben.Page.Locator(".lede")).ToHaveTextAsync("2 open");
        await ben.Page.Locator("[data-views] summary").ClickAsync();
        await ben.Page.Locator("[data-view] a").ClickAsync();
        await Expect(ben.Page.Locator(".lede")).ToHaveTextAsync("1 match");

        await page.Locator("[data-views] summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Rename Night") }).ClickAsync();
        await page.GetByLabel("New name").FillAsync("Nights");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename", Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-view] a")).ToHaveTextAsync("Nights");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Nights" }).ClickAsync();
        await Expect(page.Locator("[data-view]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_viewer_keeps_views_of_their_own_and_changes_nobody_elses()
    {
        await using var host = await StartAsync();
        host.Add("vera", Roles.Viewer);
        await host.Parts.Triage.SaveViewAsync("ben", Response.Actions.ViewScope.Shared, "Ours", "status=new", TestContext.Current.CancellationToken);
        await using var vera = await Responding.Responding.SignInAsync(fixture, host, "vera", "/alerts");

        await vera.Page.Locator("[data-views] summary").ClickAsync();
        await Expect(vera.Page.Locator("[data-view]")).ToHaveCountAsync(1);
        await Expect(vera.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("Delete|Rename") })).ToHaveCountAsync(0);
        await Expect(vera.Page.GetByLabel("For everybody")).ToHaveCountAsync(0);
        await vera.Page.GetByLabel("Keep what is shown as").FillAsync("Mine");
        await vera.Page.GetByRole(AriaRole.Button, new() { Name = "Keep the view" }).ClickAsync();
        await Expect(vera.Page.Locator("[data-view]")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_pinned_filter_stays_while_the_query_changes_until_it_is_removed()
    {
        await using var host = await StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/alerts");
        var page = ada.Page;
        await page.GotoAsync("/alerts?q=severity%3A%20high");
        await page.Locator("[data-connected]").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Pin this query" }).ClickAsync();
        await Expect(page.Locator("[data-pin]")).ToContainTextAsync("severity: high");
        await Expect(page.GetByLabel("Query", new() { Exact = true })).ToHaveValueAsync("");
        await page.GetByLabel("Query", new() { Exact = true }).FillAsync("source: rarity");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".lede")).ToHaveTextAsync("0 match");
        await page.Locator(".filters-clear").ClickAsync();
        await Expect(page.Locator(".lede")).ToHaveTextAsync("1 match");
        await page.ReloadAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        await page.Locator("[data-pin] a").ClickAsync();
        await Expect(page.Locator(".lede")).ToHaveTextAsync("2 open");
        await Expect(page.Locator("[data-pin]")).ToHaveCountAsync(0);
    }

    private static async Task<ResponseHost> StartAsync()
    {
        var host = await ResponseHost.StartAsync(role: Roles.Responder);
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident()],
            Alerts = [SomeCase.Alert(), SomeCase.Alert("alert-2") with { Source = "rarity", Severity = Severity.Low }],
        });
        return host;
    }
}
