using System.Net;
using SentinelHealth.Dashboard.Language;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>The language of what somebody sees before and after signing in.</summary>
public sealed class LanguageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("de", "de", "Anmelden")]
    [InlineData("de-AT, en;q=0.5", "de", "Anmelden")]
    [InlineData("fr, en;q=0.5", "en", "Sign in")]
    [InlineData("", "en", "Sign in")]
    [InlineData("../../etc, ;;;, x-klingon", "en", "Sign in")]
    public async Task The_browsers_wish_decides_until_somebody_chooses(string wish, string language, string heading)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", wish);

        var page = await client.GetStringAsync("/sign-in", Cancel);

        Assert.Contains($"<html lang=\"{language}\"", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{heading}</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_is_remembered_and_leads_back_to_the_same_form()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new Browser(server);
        var fields = await browser.FieldsOfAsync("/sign-in?returnUrl=%2Falerts");

        using var chosen = await browser.PostAsync(
            LanguageSetup.ChoicePath, [.. fields.Where(field => field.Name == "__RequestVerificationToken").Take(1), ("language", "de"), ("returnUrl", "/sign-in")]);
        using var again = await browser.GetAsync("/sign-in");

        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (chosen.StatusCode, chosen.Headers.Location!.ToString()));
        Assert.Contains("Passwort", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//elsewhere.example")]
    [InlineData("https://elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    public async Task A_choice_leads_nowhere_else(string returnUrl)
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new Browser(server);
        var token = (await browser.FieldsOfAsync("/sign-in")).First(field => field.Name == "__RequestVerificationToken");

        using var chosen = await browser.PostAsync(LanguageSetup.ChoicePath, token, ("language", "de"), ("returnUrl", returnUrl));
        using var forged = await browser.PostAsync(LanguageSetup.ChoicePath, ("language", "de"), ("returnUrl", "/"));

        Assert.Equal("/", chosen.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }
}
