using System.Text.RegularExpressions;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Detection.Alerts;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class AlertQueueTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Filters_land_in_the_address_and_survive_a_reload()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");

        await page.GetByLabel("Severity, at least").SelectOptionAsync("critical");
        await Expect(page).ToHaveURLAsync(new Regex(@"\?severity=critical$"));
        await page.GetByLabel("Text in the reason").FillAsync("fingerprint");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex(@"\?severity=critical&q=fingerprint$"));
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(6);
        await page.ReloadAsync();
        await journey.ConnectedAsync();
        await Expect(page.GetByLabel("Text in the reason")).ToHaveValueAsync("fingerprint");
        await Expect(page.GetByLabel("Severity, at least")).ToHaveValueAsync("critical");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(6);
        await Expect(page.Locator("tr[data-row] .sev-critical")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task The_last_page_of_the_queue_is_reached_by_cursor_and_has_an_address()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");

        await page.GetByText("Older").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("after=50"));
        await page.GetByText("Older").ClickAsync();

        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(40);
        await Expect(page.GetByText("Older")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Enter_on_a_row_opens_its_explanation_and_escape_closes_it()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?severity=critical&q=fingerprint");

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");

        var details = page.Locator(".flyout");
        await Expect(details.Locator(".reason")).ToContainTextAsync("share a fingerprint family");
        await Expect(details.Locator(".why li")).ToHaveCountAsync(4);
        await Expect(details.Locator(".why-sum")).ToContainTextAsync("0.95");
        await Expect(details.Locator("pre").First).ToContainTextAsync("\"schema\": \"sentinel.biometric-query.v1\"");
        await Expect(details.GetByText("Open its incident")).ToHaveAttributeAsync("href", "/incidents/inc-sybil");
        await page.Keyboard.PressAsync("Escape");
        await Expect(details).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("fingerprint$"));
    }

    [Fact]
    public async Task An_open_alert_keeps_the_list_still_and_says_how_many_are_newer()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await page.Locator("tr[data-row]").First.ClickAsync();
        await Expect(page.Locator(".flyout[data-ready]")).ToBeVisibleAsync();
        var first = await page.Locator("tr[data-row] .cell-time").First.InnerTextAsync();

        journey.Host.Monitor.RaiseAlert();
        journey.Host.Monitor.RaiseAlert();

        await Expect(page.Locator(".newer")).ToContainTextAsync("2 newer");
        Assert.Equal(first, await page.Locator("tr[data-row] .cell-time").First.InnerTextAsync());
        await page.Locator(".newer").ClickAsync();
        await Expect(page.Locator(".newer")).ToHaveCountAsync(0);
        await Expect(page.Locator("tr[data-row] .cell-time").First).Not.ToHaveTextAsync(first);
    }

    [Fact]
    public async Task Hostile_text_is_shown_and_does_nothing()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        var hostile = journey.Host.Monitor.RaiseAlert(alert => alert with
        {
            Severity = Severity.Critical,
            Reason = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> paid "
                + "\u202Egnihtyreve\u202C",
            Entity = new EntityRef(EntityType.Actor, "did:\u202Eevil\u200B<b>bold</b>"),
            NotUnusual = ["<style>*{display:none}</style>"],
            Tags = ["\"><svg onload=alert(1)>"],
            Contributions = [new("<i>feature</i>", "<a href='javascript:alert(1)'>v</a>", "\u2066x", 1)],
        });
        await journey.OpenAsync("/alerts?alert=" + hostile.Id);

        var reason = page.Locator(".flyout .reason");
        await Expect(reason).ToContainTextAsync("<script>document.title='owned'</script>");
        await Expect(reason).ToContainTextAsync("⟨202E⟩gnihtyreve⟨202C⟩");
        await Expect(page.Locator(".flyout .entity").First).ToContainTextAsync("did:⟨202E⟩evil");
        await Expect(page.Locator(".flyout pre").First).ToContainTextAsync("<script>document.title='owned'</script>");
        Assert.Equal(0, await page.Locator("main script, main img, main b, main style, main a[href^='javascript']").CountAsync());
        Assert.StartsWith("Alerts", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Empty(journey.Complaints);
    }
}
