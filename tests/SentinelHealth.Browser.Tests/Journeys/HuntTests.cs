using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Sample;
using SentinelHealth.Detection.Rules.Sigma;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class HuntTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_hunt_finds_events_opens_one_and_narrows_by_a_bar()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/hunt");

        await page.Locator("[data-search]").FillAsync($"actor_id: {SampleAlerts.Nurse.Id} and patient_ref: *");
        await page.Locator("[data-search]").PressAsync("Enter");
        await Expect(page.Locator("p.lede")).ToHaveTextAsync(new Regex("^1\\d\\d events found$"));
        await page.Locator("tr[data-row]").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".event-record")).ToContainTextAsync("sentinel.ledger-transaction.v1");
        await page.Locator(".time-bars a").First.ClickAsync(new() { Force = true });

        await page.WaitForURLAsync(url => url.Contains("range=custom", StringComparison.Ordinal));
        await Expect(page.Locator("tr[data-row]").First).ToBeVisibleAsync();
        Assert.Empty(journey.Complaints);
    }

    [Fact]
    public async Task A_fault_is_marked_where_it_was_written_and_nothing_is_searched()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/hunt?q=" + Uri.EscapeDataString("mehtod: recordAccess"));

        await Expect(journey.Page.Locator(".query-mark mark")).ToHaveTextAsync("mehtod");
        await Expect(journey.Page.Locator("#query-fault")).ToContainTextAsync("Did you mean method?");
        await Expect(journey.Page.Locator("table.events")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_hunt_is_saved_opened_again_and_becomes_a_rule()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/hunt?range=7d&q=" + Uri.EscapeDataString("method: recordAccess and not organization: hospital-b"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Save…" }).ClickAsync();
        await page.Locator("dialog[open] textarea").FillAsync("Reads elsewhere");
        await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await journey.OpenAsync("/hunt");
        await page.GetByLabel("Saved hunts").SelectOptionAsync("Reads elsewhere");
        await Expect(page.Locator("[data-search]")).ToHaveValueAsync("method: recordAccess and not organization: hospital-b");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a rule…" }).ClickAsync();

        var rule = await page.Locator(".rule-text").InnerTextAsync();
        var loaded = SigmaLoader.Read("hunt.yml", rule);
        Assert.Empty(loaded.Problems);
        Assert.Single(loaded.Rules);
        Assert.Single(journey.Host.Monitor.Archive.SavedHunts());
    }

    [Fact]
    public async Task Who_searched_for_whom_is_written_down()
    {
        await using var journey = await Journey.StartAsync(fixture);
        await journey.OpenAsync("/hunt?range=7d&q=" + Uri.EscapeDataString("patient_ref: patient:0064"));
        await Expect(journey.Page.Locator("tr[data-row]")).ToHaveCountAsync(1);

        var read = Assert.Single(journey.Host.Monitor.Reads.Older(long.MaxValue, 10));

        Assert.Contains("patient:0064", read.Query, StringComparison.Ordinal);
        Assert.Equal(["patient:0064"], read.Patients);
        Assert.NotEmpty(read.Reader);
    }

    [Fact]
    public async Task An_entity_is_found_by_name_and_told_against_its_habit_and_its_peers()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/entities");

        await page.Locator("[data-search]").FillAsync("4be1f07a");
        await page.Locator("[data-search]").PressAsync("Enter");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(1);
        await page.Locator("tr[data-row]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("h1 bdi")).ToContainTextAsync("did:ethr:0x4be1f07a");
        await Expect(page.Locator(".lede")).ToContainTextAsync("nurse · hospital-a");
        await Expect(page.GetByText("its peers", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("its own habit")).ToBeVisibleAsync();
        await Expect(page.Locator(".heat-cell")).ToHaveCountAsync(168);
        await page.GetByRole(AriaRole.Link, new() { Name = "Its events" }).ClickAsync();
        await Expect(page.Locator("tr[data-row]").First).ToBeVisibleAsync();
        Assert.Empty(journey.Complaints);
    }

    [Theory]
    [InlineData("/entities")]
    [InlineData("/entities/actor/nobody")]
    [InlineData("/entities/node/node:hospital-a-1")]
    [InlineData("/hunt?range=7d")]
    public async Task Pages_of_events_and_entities_are_accessible(string path)
    {
        await using var journey = await Journey.StartAsync(fixture);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await journey.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await journey.OpenAsync(path);
            await journey.Page.Locator("h1").WaitForAsync();

            Assert.Empty(await Axe.FaultsAsync(journey.Page));
        }
    }
}
