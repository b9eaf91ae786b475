using SentinelHealth.Browser.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class KeyboardTests(BrowserFixture fixture)
{
    [Theory]
    [InlineData("a", "Alerts")]
    [InlineData("i", "Incidents")]
    [InlineData("e", "Entities")]
    [InlineData("h", "Hunt")]
    [InlineData("r", "Responses")]
    [InlineData("d", "Detections")]
    [InlineData("n", "Network")]
    public async Task G_and_a_letter_go_to_a_page_and_back(string letter, string heading)
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/");

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync(letter);

        await Expect(page.Locator("h1")).ToHaveTextAsync(heading);
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("o");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Overview");
    }

    [Fact]
    public async Task The_palette_finds_pages_incidents_and_entities_and_goes_there_by_keys()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/network");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("did:ethr:0x4be");
        await Expect(page.Locator("[data-palette-item]", new() { HasText = "actor" })).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync("did:ethr:0x4be");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("detec");
        await Expect(page.Locator("[data-palette-item]").First).ToContainTextAsync("Detections");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("h1")).ToHaveTextAsync("Detections");
        Assert.Empty(journey.Complaints);
    }

    [Fact]
    public async Task Single_keys_can_be_switched_off_in_the_help_and_stay_off()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await page.Keyboard.PressAsync("?");
        await page.GetByLabel("Single-letter keys are on").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");

        await page.ReloadAsync();
        await journey.ConnectedAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("n");

        await Expect(page.Locator("h1")).ToHaveTextAsync("Alerts");
        await Expect(page.GetByLabel("Query", new() { Exact = true })).Not.ToBeFocusedAsync();
    }

    [Fact]
    public async Task Letters_typed_into_a_field_stay_letters()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("g n?");

        await Expect(page.GetByLabel("Query", new() { Exact = true })).ToHaveValueAsync("g n?");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Alerts");
    }

    [Fact]
    public async Task The_skip_link_moves_the_focus_past_the_navigation()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?severity=high");

        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("[data-views] summary")).ToBeFocusedAsync();
    }
}
