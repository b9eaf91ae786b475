using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class ResponseTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_containment_is_undone_only_with_a_reason_and_in_the_name_of_whoever_is_signed_in()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/incidents/inc-sybil");
        await Expect(page.Locator(".action .state-confirmed").First).ToContainTextAsync("In force");

        await page.GetByRole(AriaRole.Button, new() { Name = "Release node" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var confirm = dialog.GetByRole(AriaRole.Button, new() { Name = "Release node" });
        await Expect(confirm).ToBeDisabledAsync();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("Checked with the clinic by telephone.");
        await confirm.ClickAsync();

        await Expect(page.Locator(".toast")).ToContainTextAsync("the ledger has confirmed it");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.Locator(".action .state-reversed").First).ToContainTextAsync("Reversed");
        await Expect(page.Locator(".action")).ToContainTextAsync(SignedInHandler.Name);
        var order = Assert.Single(journey.Host.Monitor.Orders);
        Assert.Equal((SignedInHandler.Name, "Checked with the clinic by telephone."), (order.By, order.Reason));
        Assert.Empty(journey.Complaints);
    }

    [Fact]
    public async Task A_proposal_is_approved_from_the_responses_page()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/responses");

        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();

        await Expect(page.GetByText("No action waits for a person.")).ToBeVisibleAsync();
        Assert.Equal(SignedInHandler.Name, Assert.Single(journey.Host.Monitor.Orders).By);
    }

    [Fact]
    public async Task The_kill_switch_asks_first_and_then_shows_on_every_page()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/responses");

        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        // A dialog hears the keyboard once it has taken the focus; a key pressed before goes to the page behind it.
        await Expect(page.GetByRole(AriaRole.Dialog).Locator(":focus")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.False(journey.Host.Monitor.IsKillSwitchOn);
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn the kill switch on" }).ClickAsync();

        await Expect(page.Locator(".kill-flag")).ToBeVisibleAsync();
        Assert.True(journey.Host.Monitor.IsKillSwitchOn);
        await journey.OpenAsync("/");
        await Expect(page.Locator(".kill-flag")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_may_only_look_is_offered_no_orders()
    {
        await using var journey = await Journey.StartAsync(fixture, isViewer: true);
        var page = journey.Page;

        await journey.OpenAsync("/responses");

        await Expect(page.Locator(".who-name")).ToHaveTextAsync("Vera Viewer");
        await Expect(page.Locator(".action")).ToHaveCountAsync(3);
        await Expect(page.Locator(".action-buttons, .kill .button")).ToHaveCountAsync(0);
    }
}
