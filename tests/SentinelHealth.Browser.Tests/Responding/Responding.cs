using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>One person at a browser of their own, signed in through the form.</summary>
internal sealed class Responding : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private Responding(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>The cards of actions on the page.</summary>
    public ILocator Card => Page.Locator("article.action").First;

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>What was refused, in the dialog that stays open.</summary>
    public ILocator Refusal => Dialog.GetByRole(AriaRole.Alert);

    public static async Task<Responding> SignInAsync(Hosting.BrowserFixture fixture, ResponseHost host, string name)
    {
        var context = await fixture.Browser.NewContextAsync(new()
        {
            BaseURL = host.Address.ToString(),
            ViewportSize = new() { Width = 1440, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=/responses");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(ResponseHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        return new Responding(context, page);
    }

    /// <summary>Clicks an order on the first card and confirms it in the dialog.</summary>
    public async Task OrderAsync(string button, string? reason = null)
    {
        await Card.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        if (reason is not null) await Dialog.GetByRole(AriaRole.Textbox).FillAsync(reason);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    /// <summary>Expects that an order was carried out: the dialog is gone and the page says what happened.</summary>
    public async Task ExpectDoneAsync(string words)
    {
        await Expect(Page.Locator(".toast")).ToContainTextAsync(words);
        await Expect(Dialog).ToHaveCountAsync(0);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
