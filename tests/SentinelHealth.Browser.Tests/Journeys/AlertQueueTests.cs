using System.Text.RegularExpressions;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Dashboard.Components.Controls;
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
        await page.GetByLabel("Query", new() { Exact = true }).FillAsync("fingerprint");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex(@"\?severity=critical&q=fingerprint$"));
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(6);
        await page.ReloadAsync();
        await journey.ConnectedAsync();
        await Expect(page.GetByLabel("Query", new() { Exact = true })).ToHaveValueAsync("fingerprint");
        await Expect(page.GetByLabel("Severity, at least")).ToHaveValueAsync("critical");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(6);
        await Expect(page.Locator("tr[data-row] .sev-critical")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task Only_the_rows_in_view_are_drawn_and_the_last_is_reached_by_scrolling()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts");
        await Expect(page.Locator("tr[data-row]").First).ToBeVisibleAsync();
        Assert.InRange(await page.Locator("tr[data-row]").CountAsync(), 10, 60);
        var first = await page.Locator("tr[data-row] time").First.GetAttributeAsync("datetime");

        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");

        var cancel = TestContext.Current.CancellationToken;
        var oldest = (await journey.Host.Monitor.AlertsAsync(new(), null, 1_000, cancel)).Items[^1];
        await Expect(page.Locator("tr[data-row]").Last.Locator("time")).ToHaveAttributeAsync("datetime", Wording.Iso(oldest.At));
        Assert.NotEqual(first, await page.Locator("tr[data-row] time").First.GetAttributeAsync("datetime"));
    }

    [Fact]
    public async Task A_query_that_cannot_be_read_is_marked_where_it_is_wrong()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?q=severty:%20high");

        await Expect(page.Locator("#query-fault")).ToContainTextAsync("There is no field 'severty'. Did you mean severity?");
        await Expect(page.Locator("#query-fault mark")).ToHaveTextAsync("severty");
        await page.GetByLabel("Query", new() { Exact = true }).FillAsync("severity: high");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#query-fault")).ToHaveCountAsync(0);
        await Expect(page.Locator("tr[data-row] .sev-high").First).ToBeVisibleAsync();
        await Expect(page.Locator("tr[data-row] .sev-critical")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_group_leads_to_exactly_its_alerts()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?group=source,severity");
        var group = page.Locator("table.groups tbody tr").Filter(new() { HasText = "membership" });
        var count = await group.Locator(".group-count").InnerTextAsync();

        await group.Locator("a").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("q=source"));
        await Expect(page.Locator(".lede[role=status]")).ToContainTextAsync(count + " match");
    }

    [Fact]
    public async Task Enter_on_a_row_opens_its_explanation_and_escape_closes_it()
    {
        await using var journey = await Journey.StartAsync(fixture);
        var page = journey.Page;
        await journey.OpenAsync("/alerts?severity=critical&q=fingerprint");
        await Expect(page.Locator("tr[data-row]")).ToHaveCountAsync(6);

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
