using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Security.Providers;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Tests.Security.Providers;

/// <summary>Sign-in through a real identity provider over real sockets, and everything it could say that must not be believed.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private const string Refused = "/sign-in?problem=provider";

    private TestIdentityProvider _provider = null!;
    private TestServer _server = null!;
    private Browser _browser = null!;

    private IdentityStore Store => _server.Services.GetRequiredService<IdentityStore>();

    public async ValueTask InitializeAsync()
    {
        _provider = await TestIdentityProvider.StartAsync(TestServer.SharedClock);
        _server = await TestServer.StartAsync(provider: new ProviderSection
        {
            Authority = new Uri(_provider.Issuer),
            ClientId = TestIdentityProvider.ClientId,
            Name = "Hospital Login",
            RoleClaim = "groups",
            Roles = [new() { Theirs = "soc-leads", Ours = Roles.Responder }, new() { Theirs = "soc-analysts", Ours = Roles.Analyst }],
        });
        _browser = new Browser(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Somebody_with_a_role_there_signs_in_and_has_the_role_that_is_mapped()
    {
        Assert.Equal("/incidents?a=1", await SignInAsync("/incidents?a=1"));

        var account = Store.FindAccount("dana")!;
        Assert.Equal((Roles.Analyst, _provider.Issuer, "u-17"), (account.Role, account.Issuer, account.Subject));
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync("/api/v1/alerts"));
        using var order = await _browser.PostAsync("/api/v1/actions/0x01/approve");
        Assert.Equal(HttpStatusCode.Forbidden, order.StatusCode);
        Assert.Equal(1, _provider.TokensGiven);
    }

    [Fact]
    public async Task The_question_carries_challenge_state_and_nonce_and_each_is_new()
    {
        await SignInAsync();
        await SignInAsync();

        var asked = _provider.AuthorizeQueries.Select(HttpUtility.ParseQueryString).ToList();
        Assert.Equal(2, asked.Count);
        foreach (var name in (string[])["code_challenge", "state", "nonce"])
        {
            Assert.True(asked[0][name]!.Length >= 43, name);
            Assert.NotEqual(asked[0][name], asked[1][name]);
        }
    }

    [Fact]
    public async Task A_token_with_another_claim_or_of_another_time_is_refused()
    {
        var now = TestServer.SharedClock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var (claim, value) in new (string, object)[]
            {
                ("iss", "https://evil.example"), ("aud", "another-client"), ("nonce", "another"), ("azp", "another-client"), ("sub", ""),
                ("exp", now - 61), ("iat", now + 3_600), ("nbf", now + 3_600),
            })
        {
            _provider.Bend = claims => claims[claim] = value;
            await AssertRefusedAsync(claim);
        }
    }

    [Fact]
    public async Task A_token_without_a_claim_it_must_have_is_refused()
    {
        foreach (var claim in (string[])["iss", "aud", "exp", "iat", "nonce", "sub"])
        {
            _provider.Bend = claims => claims.Remove(claim);
            await AssertRefusedAsync(claim);
        }
    }

    [Fact]
    public async Task A_token_signed_in_another_way_is_refused()
    {
        foreach (var (field, value) in new[] { ("alg", "none"), ("alg", "HS256"), ("alg", "ES256"), ("kid", "key-of-nobody"), ("crit", "b64") })
        {
            _provider.BendHeader = header => header[field] = value;
            await AssertRefusedAsync($"{field} {value}");
        }
    }

    [Fact]
    public async Task A_token_whose_claims_were_changed_after_signing_is_refused()
    {
        _provider.BendToken = token =>
        {
            var parts = token.Split('.');
            var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("dana", "root", StringComparison.Ordinal);
            return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
        };

        await AssertRefusedAsync();
    }

    [Fact]
    public async Task What_is_no_token_is_refused()
    {
        foreach (var token in (string[])["", "a.b", "....", "!!.??.--"])
        {
            _provider.BendToken = _ => token;
            await AssertRefusedAsync(token);
        }
    }

    [Fact]
    public async Task Somebody_without_a_role_here_is_refused_and_gets_no_account()
    {
        _provider.Groups = ["cooks"];

        await AssertRefusedAsync();

        Assert.Null(Store.FindAccount("dana"));
    }

    [Fact]
    public async Task User_info_about_another_person_is_refused()
    {
        _provider.UserInfoSubject = "u-18";

        await AssertRefusedAsync();
    }

    [Fact]
    public async Task An_answer_that_names_another_issuer_is_refused()
    {
        _provider.IssuerInAnswer = "https://evil.example";

        await AssertRefusedAsync(tokensGiven: 0);
    }

    [Fact]
    public async Task A_name_that_is_a_local_account_s_is_never_taken_over()
    {
        Assert.Equal("", _server.Services.GetRequiredService<SignIns>().Create("dana", "correct horse battery", Roles.Administrator));

        await AssertRefusedAsync();

        Assert.True(Store.FindAccount("dana")!.IsLocal);
    }

    [Fact]
    public async Task A_code_that_another_browser_began_is_worth_nothing()
    {
        using var attacker = new Browser(_server);
        var callback = await CallbackAsync(attacker);

        using var answer = await _browser.GetAsync(callback);

        Assert.Equal(Refused, answer.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task A_callback_is_good_once()
    {
        var callback = await CallbackAsync(_browser);
        using var first = await _browser.GetAsync(callback);
        using var stranger = new Browser(_server);

        using var again = await stranger.GetAsync(callback);

        Assert.Equal("/", first.Headers.Location?.OriginalString);
        Assert.Equal(Refused, again.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_role_that_was_taken_away_there_is_gone_here_and_ends_other_sessions()
    {
        _provider.Groups = ["soc-leads"];
        await SignInAsync();
        using var elsewhere = new Browser(_server);
        _provider.Groups = ["soc-analysts"];

        await SignInAsync("/", elsewhere);

        Assert.Equal(Roles.Analyst, Store.FindAccount("dana")!.Role);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
        Assert.Equal(HttpStatusCode.OK, await elsewhere.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task Somebody_who_was_disabled_here_stays_outside()
    {
        await SignInAsync();
        var desk = _server.Services.GetRequiredService<AccountDesk>();
        Assert.Equal("", _server.Services.GetRequiredService<SignIns>().Create("root", "correct horse battery", Roles.Administrator));
        Assert.Equal("", desk.Change(desk.Find("dana")!, new AccountWish(Roles.Analyst, [], IsDisabled: true), "root"));

        await AssertRefusedAsync();
    }

    [Fact]
    public async Task Proving_anew_is_asked_for_and_an_old_proof_does_not_pass_for_a_new_one()
    {
        await SignInAsync();
        _provider.Bend = claims => claims["auth_time"] = TestServer.SharedClock.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();

        using var asked = await _browser.GetAsync("/sign-in/provider?again=true");
        using var callback = await _browser.GetAsync(asked.Headers.Location!.OriginalString);
        using var answer = await _browser.GetAsync(callback.Headers.Location!.OriginalString);

        Assert.Contains("prompt=login", asked.Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Equal(Refused, answer.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    public async Task The_way_through_the_provider_leads_back_to_this_host_alone(string returnUrl) =>
        Assert.Equal("/", await SignInAsync(returnUrl));

    [Fact]
    public async Task The_form_offers_the_provider_and_says_when_it_refused()
    {
        using var form = await _browser.GetAsync(Refused);
        var page = await form.Content.ReadAsStringAsync();

        Assert.Contains("Sign in with Hospital Login", page, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
    }

    /// <summary>Refused for what was bent and not before: the provider had given its token.</summary>
    private async Task AssertRefusedAsync(string what = "", int tokensGiven = 1)
    {
        var before = _provider.TokensGiven;
        using var browser = new Browser(_server);
        var end = await SignInAsync("/", browser);
        Assert.True(end == Refused, $"{what}: {end}");
        Assert.Equal(tokensGiven, _provider.TokensGiven - before);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.StatusOfAsync("/api/v1/alerts"));
    }

    /// <summary>Follows the redirects as a browser does and returns where they end on our host.</summary>
    private async Task<string> SignInAsync(string returnUrl = "/", Browser? browser = null)
    {
        browser ??= _browser;
        using var answer = await browser.GetAsync(await CallbackAsync(browser, returnUrl));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>The address the provider sends the browser back to.</summary>
    private static async Task<string> CallbackAsync(Browser browser, string returnUrl = "/")
    {
        using var asked = await browser.GetAsync("/sign-in/provider?returnUrl=" + Uri.EscapeDataString(returnUrl));
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        using var sent = await browser.GetAsync(asked.Headers.Location!.OriginalString);
        return sent.Headers.Location!.OriginalString;
    }
}
