using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>The settings as an administrator and as somebody else meets them.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class SettingsTests(BrowserFixture fixture)
{
    [Fact]
    public async Task An_authenticator_is_set_up_and_the_next_sign_in_asks_for_its_code()
    {
        await using var host = await ResponseHost.StartAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada", "/settings/account");
        var page = ada.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Set up an authenticator" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Picture with the key for your authenticator" })).ToBeVisibleAsync();
        var secret = Decode(await page.Locator(".enrol .secret").InnerTextAsync());
        await page.GetByLabel("Code").FillAsync(Totp.CodeOf(secret, Totp.StepOf(host.Clock.GetUtcNow())));
        await page.Locator(".steps").GetByLabel("Password").FillAsync(ResponseHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        var recovery = await page.Locator(".codes li").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
        await Expect(page.GetByText("10 recovery codes are left")).ToBeVisibleAsync();

        var again = await fixture.Browser.NewContextAsync(new() { BaseURL = host.Address.ToString() });
        var form = await again.NewPageAsync();
        await form.GotoAsync("/sign-in?returnUrl=/responses");
        await form.GetByLabel("Name").FillAsync("ada");
        await form.GetByLabel("Password").FillAsync(ResponseHost.Password);
        await form.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await form.GetByLabel("Code").FillAsync(recovery);
        await form.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Expect(form.GetByRole(AriaRole.Heading, new() { Name = "Responses", Level = 1 })).ToBeVisibleAsync();
        await again.CloseAsync();
    }

    [Fact]
    public async Task Somebody_who_is_disabled_loses_the_page_that_is_open()
    {
        await using var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        await using var ada = await Responding.SignInAsync(fixture, host, "ada");
        await Expect(ada.Page.Locator("h1")).ToHaveTextAsync("Responses");
        var desk = host.Service<AccountDesk>();

        Assert.Equal("", desk.Change(desk.Find("ada")!, new AccountWish(Roles.Responder, [], IsDisabled: true), "root"));

        await Expect(ada.Page.GetByRole(AriaRole.Heading, new() { Name = "Not for this account" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(ada.Page.GetByRole(AriaRole.Button, new() { NameRegex = OrderNames() })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_administrator_invites_changes_and_makes_a_token()
    {
        await using var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        await using var root = await Responding.SignInAsync(fixture, host, "root", "/settings/people");
        var page = root.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        await Expect(page.Locator(".secret-line")).ToContainTextAsync("/invitation?token=");
        var person = page.Locator(".person").Filter(new() { HasText = "ben" });
        await person.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await person.GetByLabel("Role").SelectOptionAsync("viewer");
        await person.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(person.Locator(".tag").First).ToHaveTextAsync("viewer");

        await page.GotoAsync("/settings/tokens");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.GetByLabel("What it is for").FillAsync("siem");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "View" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        await Expect(page.Locator(".secret-line")).ToContainTextAsync("sentinel_");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.GetByText("No program has a token.")).ToBeVisibleAsync();

        Assert.Equal(Roles.Viewer, host.Service<AccountDesk>().Find("ben")!.Role);
    }

    [Theory]
    [InlineData("/settings/people")]
    [InlineData("/settings/tokens")]
    [InlineData("/settings/sources")]
    public async Task Others_are_refused_what_is_for_administrators(string path)
    {
        await using var host = await ResponseHost.StartAsync();
        await using var ada = await Responding.SignInAsync(fixture, host, "ada", path);

        await Expect(ada.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not for this account");
        await Expect(ada.Page.Locator(".settings-nav a")).ToHaveCountAsync(2);
    }

    /// <summary>With SENTINEL_SCREENSHOTS=folder the pictures are kept there.</summary>
    [Fact]
    public async Task Every_part_fits_a_phone_and_a_desk_in_both_themes()
    {
        await using var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        host.Service<ApiTokens>().Create(new TokenWish("siem of the region", Roles.Viewer) { Scopes = ["View"], Lifetime = TimeSpan.FromDays(90) }, "root");
        host.Service<AccountDesk>().Invite(Roles.Analyst, ["hospital-b"], "root");
        using var temporary = new TemporaryFolder();
        var folder = Environment.GetEnvironmentVariable("SENTINEL_SCREENSHOTS") ?? temporary.Path;
        foreach (var (theme, width) in new[] { ("dark", 1440), ("light", 1440), ("dark", 400), ("light", 400) })
        {
            await using var root = await Responding.SignInAsync(fixture, host, "root", "/settings",
                theme == "dark" ? ColorScheme.Dark : ColorScheme.Light, width);
            foreach (var part in (string[])["account", "people", "tokens", "sources", "notifications", "retention"])
            {
                await root.Page.GotoAsync($"/settings/{part}");
                await root.Page.Locator("[data-connected]").WaitForAsync();
                Assert.Equal(width, await root.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
                await root.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"settings-{part}-{theme}-{width}.png"), FullPage = true });
            }
        }
    }

    private static byte[] Decode(string base32)
    {
        var (bits, count, bytes) = (0, 0, new List<byte>());
        foreach (var letter in base32.Where(char.IsAsciiLetterOrDigit))
        {
            bits = bits << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal);
            if ((count += 5) >= 8)
                bytes.Add((byte)(bits >> (count -= 8)));
            bits &= 0xFFFF;
        }
        return [.. bytes];
    }

    [GeneratedRegex("Approve|Undo|Refuse")]
    private static partial Regex OrderNames();
}
