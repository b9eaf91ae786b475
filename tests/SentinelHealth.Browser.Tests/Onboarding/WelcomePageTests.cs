using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Onboarding;

/// <summary>The first steps as whoever administers a new monitor takes them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WelcomePageTests(BrowserFixture fixture)
{
    private const string Event = """
        {"schema":"sentinel.ledger-transaction.v1","id":"c:1","time":"2026-11-02T08:00:00Z","node":"node:a","actor":"did:x","contract":"ConsentRegistry",
         "method":"grantConsent","status":"success","subject":"p-1","consentId":"c:1","args":{"grantee":"did:y"}}
        """;

    [Fact]
    public async Task The_steps_show_by_themselves_when_they_hold_and_end_when_the_administrator_says_so()
    {
        await using var host = await ResponseHost.StartAsync(
            new ResponseOptions { ProtectedPrefixes = ["node:er-"] }, channels: [new Channel("on-call", ""), new Channel("mail", "The server said no.")]);
        host.Add("root", Roles.Administrator);
        await using var root = await Responding.Responding.SignInAsync(fixture, host, "root", "/");
        var page = root.Page;
        await Expect(page).ToHaveURLAsync(new Uri(host.Address, "/welcome").ToString());
        var sources = page.Locator("[data-step=Sources]");
        await Expect(sources.Locator("[data-check=received]")).ToContainTextAsync("0 events have arrived");

        await sources.GetByRole(AriaRole.Button, new() { Name = "Make a token for it" }).ClickAsync();
        var token = await sources.Locator(".secret-line").InnerTextAsync();
        var sent = await page.APIRequest.PostAsync(new Uri(host.Address, "/api/v1/events").ToString(), new()
        {
            Data = Event.ReplaceLineEndings(""),
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token.Trim()}", ["Content-Type"] = "application/x-ndjson" },
        });
        Assert.Equal(200, sent.Status);
        host.Pass(TimeSpan.FromSeconds(2));
        await Expect(sources.Locator("[data-check=received]")).ToContainTextAsync("1 events have arrived");
        await Expect(page.Locator("[data-step=Sources][data-holds]")).ToBeVisibleAsync();

        await sources.GetByLabel("How events come").SelectOptionAsync("syslog");
        await sources.GetByLabel("Address and port").FillAsync("nowhere");
        await Expect(sources.GetByRole(AriaRole.Alert)).ToContainTextAsync("ListenAt");
        await sources.GetByLabel("Address and port").FillAsync("0.0.0.0:6514");
        await Expect(sources.Locator("pre")).ToContainTextAsync("\"ListenAt\": \"0.0.0.0:6514\"");
        await Expect(sources.GetByText("The monitor would start with this.")).ToBeVisibleAsync();

        var protection = page.Locator("[data-step=Protection]");
        await protection.GetByLabel("Try an identifier").FillAsync("node:er-7");
        await Expect(protection.GetByText("Automation leaves it alone.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Put all playbooks to observe" }).ClickAsync();
        await Expect(page.Locator("[data-check=modes]")).ToContainTextAsync("Observe");

        var notify = page.Locator("[data-step=Notifications]");
        await notify.Locator("li").Filter(new() { HasText = "mail" }).GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(notify.Locator("[data-check=mail]")).ToHaveTextAsync("The server said no.");
        await notify.Locator("li").Filter(new() { HasText = "on-call" }).GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(notify.Locator("[data-check=on-call]")).ToHaveTextAsync("Delivered.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Finish" }).ClickAsync();
        await Expect(page.GetByText("Ended by root.")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator("nav.side a[href='/welcome']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Nobody_else_is_shown_the_first_steps()
    {
        await using var host = await ResponseHost.StartAsync();
        await using var ada = await Responding.Responding.SignInAsync(fixture, host, "ada", "/responses");

        await Expect(ada.Page.Locator("nav.side a[href='/welcome']")).ToHaveCountAsync(0);
        var answer = await ada.Page.GotoAsync("/welcome");

        Assert.Equal(403, answer!.Status);
    }

    [Fact]
    public async Task Every_page_says_what_it_is_for()
    {
        await using var journey = await Journey.StartAsync(fixture);
        foreach (var (path, purpose) in new[] { ("/alerts", "Work through what was found"), ("/network", "the account that no record was lost") })
        {
            await journey.OpenAsync(path);
            await journey.Page.Locator(".top [data-open-dialog=keyboard-help]").ClickAsync();
            await Expect(journey.Page.Locator("#keyboard-help [data-page-help]")).ToContainTextAsync(purpose);
            await journey.Page.Keyboard.PressAsync("Escape");
        }
    }

    /// <summary>A receiver that takes notices, or says why not.</summary>
    private sealed class Channel(string name, string refusal) : INoticeChannel
    {
        public string Name => name;

        public Task SendAsync(PlannedNotice notice, CancellationToken cancel) =>
            refusal.Length == 0 ? Task.CompletedTask : throw new NoticeRefusedException(refusal);
    }
}
