using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestServer _server = null!;
    private Browser _browser = null!;

    private SignIns SignIns => _server.Services.GetRequiredService<SignIns>();

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _browser = new Browser(_server);
        Assert.Equal("", SignIns.Create("Ann", Password, Roles.Viewer));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_page_sends_a_stranger_to_the_form_and_back()
    {
        using var page = await _browser.GetAsync("/openapi/v1.json");
        using var signIn = await _browser.FillInAsync("/sign-in?returnUrl=%2Falerts%3Fa%3D1", ("name", "ann"), ("password", Password));

        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, signIn.StatusCode);
        Assert.Equal("/alerts?a=1", signIn.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_never_leads_to_another_host(string returnUrl)
    {
        using var answer = await _browser.FillInAsync(
            "/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl), ("name", "ann"), ("password", Password), ("returnUrl", returnUrl));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_locked_account_look_the_same()
    {
        var wrong = await PageOfAsync("ann", "wrong password");
        var unknown = await PageOfAsync("bob", "wrong password");
        for (var i = 0; i < SignIns.FailuresMax; i++)
            SignIns.Check("ann", "wrong password");
        var locked = await PageOfAsync("ann", Password);

        Assert.Equal(wrong, unknown);
        Assert.Equal(wrong, locked);
    }

    [Fact]
    public void An_account_is_locked_by_guessing_and_opens_again_after_a_while()
    {
        for (var i = 0; i < SignIns.FailuresMax - 1; i++)
            Assert.Null(SignIns.Check("ann", "wrong password"));
        Assert.NotNull(SignIns.Check("ann", Password));

        for (var i = 0; i < SignIns.FailuresMax; i++)
            Assert.Null(SignIns.Check("ann", "wrong password"));
        Assert.Null(SignIns.Check("ann", Password));

        _server.Clock.Advance(SignIns.LockDuration);
        Assert.NotNull(SignIns.Check("ann", Password));
    }

    [Fact]
    public async Task A_form_without_our_token_is_refused()
    {
        using var answer = await _browser.PostAsync("/sign-in", ("name", "ann"), ("password", Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task A_viewer_who_signed_in_may_look_and_not_order()
    {
        await _browser.SignInAsync("ann", Password);
        using var order = await _browser.PostAsync("/api/v1/actions/0x01/approve");

        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync("/api/v1/alerts"));
        Assert.Equal(HttpStatusCode.Forbidden, order.StatusCode);
        Assert.Empty(_server.Responder.Orders);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await _browser.SignInAsync("ann", Password);
        using var answer = await _browser.FillInAsync("/sign-out");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var answer = await _browser.FillInAsync("/sign-in", ("name", "ann"), ("password", Password));

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("sentinel=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ann", "correct horse battery", "That name is taken.")]
    [InlineData("b", "short", "The password must have")]
    [InlineData("carl", "carl carl carl", "must not contain the name")]
    [InlineData("no spaces", "correct horse battery", "The name must have")]
    [InlineData("", "correct horse battery", "The name must have")]
    public void An_account_that_should_not_be_is_not_made(string name, string password, string problem) =>
        Assert.Contains(problem, SignIns.Create(name, password, Roles.Viewer), StringComparison.Ordinal);

    [Fact]
    public async Task Passwords_are_tried_a_limited_number_of_times_a_minute()
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 21; i++)
            statuses.Add(await _browser.SignInAsync($"nobody{i}", "wrong password"));

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.All(statuses[..20], status => Assert.Equal(HttpStatusCode.Unauthorized, status));
    }

    private async Task<string> PageOfAsync(string name, string password)
    {
        using var answer = await _browser.FillInAsync("/sign-in", ("name", name), ("password", password));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        // The hidden token differs from page to page; everything else must not.
        return string.Join('\n', page.Split('\n').Where(line => !line.Contains("type=\"hidden\"", StringComparison.Ordinal)));
    }
}
