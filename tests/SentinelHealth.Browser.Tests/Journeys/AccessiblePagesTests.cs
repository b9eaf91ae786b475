using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Journeys;

/// <summary>axe-core over every page there is; contrast in every theme.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessiblePagesTests(BrowserFixture fixture)
{
    private static readonly string[] Themes = ["dark", "contrast", "light"];

    private static readonly string[] Pages =
    [
        "/", "/alerts", "/alerts?status=all&group=source,severity", "/alerts?alert=alert-1", "/detections", "/hunt?range=all", "/entities", "/entities/node/node:clinic-9", "/incidents", "/incidents/inc-1",
        "/incidents/inc-2", "/responses",
        "/responses/backtests", "/network", "/compliance", "/compliance/inc-1", "/compliance/reports", "/settings/account", "/settings/people",
        "/settings/tokens", "/settings/sources", "/settings/notifications", "/settings/retention", "/welcome", "/not-found",
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_passes_the_checks_in_every_theme(ColorScheme scheme)
    {
        await using var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        var incident = SomeCase.Incident();
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [incident, incident with { Id = "inc-2", Title = "Another node" }],
            Alerts = [SomeCase.Alert(), SomeCase.Alert("alert-4", "inc-2"), SomeCase.Alert("alert-2") with { Severity = Severity.Critical }, SomeCase.Alert("alert-3") with { Severity = Severity.Low }],
            Actions = [SomeCase.Planned(mode: PlaybookMode.Approve)],
        });
        await host.Parts.Triage.NoteAsync("inc-1", "Called the ward.", "ben", TestContext.Current.CancellationToken);
        await host.Parts.Triage.MergeAsync("inc-2", "inc-1", null, ("ben", "The same node."), TestContext.Current.CancellationToken);
        await using var root = await Responding.Responding.SignInAsync(fixture, host, "root", "/responses", scheme);
        var faults = new List<string>();

        foreach (var path in Pages)
        {
            await root.Page.GotoAsync(path);
            await root.Page.Locator("[data-connected]").WaitForAsync();
            await root.Page.Locator(".skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
            // The system's own theme is checked in full; the others for what they change.
            faults.AddRange((await Axe.FaultsAsync(root.Page)).Select(fault => $"{path} as the system: {fault}"));
            foreach (var theme in scheme == ColorScheme.Light ? Themes : ["contrast"])
            {
                await root.Page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
                faults.AddRange((await Axe.ContrastFaultsAsync(root.Page)).Select(fault => $"{path} {theme} over {scheme}: {fault}"));
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public async Task Every_page_of_the_program_is_among_those_checked()
    {
        var routes = typeof(Dashboard.Components.Pages.Alerts).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(Microsoft.AspNetCore.Components.RouteAttribute), inherit: false))
            .Cast<Microsoft.AspNetCore.Components.RouteAttribute>()
            .Select(route => route.Template.Split('{')[0].TrimEnd('/')).Distinct();

        var paths = Pages.Select(page => page.Split('?')[0].TrimEnd('/')).ToList();
        var missed = routes.Where(route => !paths.Exists(path => path.StartsWith(route, StringComparison.Ordinal))).ToList();

        Assert.True(missed.Count == 0, "Add to the pages that are checked: " + string.Join(", ", missed));
    }

    [Fact]
    public async Task High_contrast_is_chosen_by_hand_or_because_the_system_asks_for_it()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/alerts");
        for (var i = 0; i < 3; i++)
            await journey.Page.Locator("[data-theme-toggle]").ClickAsync();
        Assert.Equal("contrast", await journey.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await journey.Page.ReloadAsync();
        Assert.Equal("contrast", await journey.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));

        await using var context = await fixture.Browser.NewContextAsync(
            new() { BaseURL = journey.Host.Address.ToString(), Contrast = Contrast.More });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/alerts");
        Assert.Equal("contrast", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [Theory]
    [InlineData("/incidents/inc-probe")]
    [InlineData("/alerts")]
    public async Task On_paper_is_what_was_found_without_what_can_only_be_clicked(string path)
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync(path);
        await journey.Page.EmulateMediaAsync(new() { Media = Media.Print });

        foreach (var gone in (string[])[".side", ".top", ".button", ".bulk", ".query"])
            Assert.Equal(0, await journey.Page.Locator(gone).Locator("visible=true").CountAsync());
        Assert.True(await journey.Page.Locator("h1").IsVisibleAsync());
        Assert.Equal("rgb(255, 255, 255)", await journey.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }
}
