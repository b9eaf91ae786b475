using Microsoft.Playwright;
using SentinelHealth.Browser.Tests.Hosting;
using SentinelHealth.Browser.Tests.Responding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Journeys;

[Collection(BrowserCollection.Name)]
public sealed class LanguageJourneyTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_German_browser_is_spoken_to_in_German_also_after_live_updates_until_English_is_chosen()
    {
        await using var host = await ResponseHost.StartAsync();
        host.Add("root", Roles.Administrator);
        await using var context = await fixture.Browser.NewContextAsync(new() { BaseURL = host.Address.ToString(), Locale = "de-DE", ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=/alerts");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await page.GetByLabel("Name").FillAsync("root");
        await page.GetByLabel("Passwort").FillAsync(ResponseHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Anmelden" }).ClickAsync();
        await page.Locator("[data-connected]").WaitForAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Alarme");
        await host.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = [SomeCase.Alert()] });
        // The monitor's own thread redraws the page; its language is not the reader's.
        await Expect(page.Locator(".lede")).ToHaveTextAsync("1 offen");
        await Expect(page.Locator("tr[data-row]").First).ToContainTextAsync("Hoch");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Hauptbereiche" })).ToContainTextAsync("Vorfälle");
        await page.Locator("tr[data-row]").First.FocusAsync();
        await page.Keyboard.PressAsync("Alt+x");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Warum ist er erledigt?");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Abbrechen" }).ClickAsync();
        await page.Locator(".top [data-open-dialog=keyboard-help]").ClickAsync();
        await Expect(page.Locator("#keyboard-help")).ToContainTextAsync("Nächste, vorige Zeile");
        await page.GotoAsync("/welcome");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Erste Schritte");
        await Expect(page.Locator("[data-step=Observe] h2")).ToContainTextAsync("Zuerst beobachten");
        await Expect(page.Locator(".top-clock abbr")).ToHaveTextAsync("UTC");

        await page.GotoAsync("/settings/account");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Einstellungen: Mein Konto");
        await page.Locator("[data-connected]").WaitForAsync();
        await page.GetByLabel("Sprache").SelectOptionAsync("en");
        await page.GetByRole(AriaRole.Button, new() { Name = "Diese Sprache verwenden" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Settings: My account");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
    }
}
