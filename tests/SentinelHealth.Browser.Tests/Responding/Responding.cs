using System.Text.Json;
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

    public static async Task<Responding> SignInAsync(
        Hosting.BrowserFixture fixture, ResponseHost host, string name, string path = "/responses",
            ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        var context = await fixture.Browser.NewContextAsync(new()
        {
            BaseURL = host.Address.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
            ColorScheme = scheme,
        });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=" + path);
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(ResponseHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("[data-connected]").WaitForAsync();
        return new Responding(context, page);
    }

    /// <summary>Gives an order by the API with the session of this browser; the status and the answer.</summary>
    public async Task<(int Status, JsonElement Answer)> AskAsync(string method, string path, object? body = null)
    {
        var answer = await Page.APIRequest.FetchAsync(new Uri(new Uri(Page.Url), "/api/v1/" + path).ToString(), new()
        {
            Method = method,
            DataObject = body,
            // A browser names the page a change comes from; another site's would be refused.
            Headers = new Dictionary<string, string> { ["Origin"] = new Uri(Page.Url).GetLeftPart(UriPartial.Authority) },
        });
        return (answer.Status, (await answer.JsonAsync())!.Value);
    }

    /// <summary>Expects that the API refuses an approval in the name of a guardrail.</summary>
    public async Task ExpectRefusedAsync(string key, string guardrail, string detail)
    {
        var (status, answer) = await AskAsync("POST", $"actions/{key}/approve");
        Assert.Equal((409, guardrail), (status, answer.GetProperty("guardrail").GetString()));
        Assert.Contains(detail, answer.GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
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
