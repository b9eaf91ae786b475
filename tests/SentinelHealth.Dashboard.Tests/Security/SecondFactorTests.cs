using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class SecondFactorTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private readonly byte[] _secret = Totp.NewSecret();
    private TestServer _server = null!;
    private Browser _browser = null!;
    private IReadOnlyList<string> _recovery = [];

    private SecondFactors Factors => _server.Services.GetRequiredService<SecondFactors>();

    private Account Ann => _server.Services.GetRequiredService<IdentityStore>().FindAccount("ann")!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _browser = new Browser(_server);
        Assert.Equal("", _server.Services.GetRequiredService<SignIns>().Create("ann", Password, Roles.Responder));
        _recovery = Factors.Enroll("ann", _secret, CodeNow())!;
        // The code that proved the secret is used up.
        _server.Clock.Advance(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_password_alone_opens_nothing_and_the_code_opens_the_page_that_was_asked_for()
    {
        using var asked = await _browser.FillInAsync("/sign-in?returnUrl=%2Fresponses", ("name", "ann"), ("password", Password));
        var form = Browser.FieldsOf(await asked.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));

        using var opened = await _browser.PostAsync("/sign-in/code", [.. form, ("code", CodeNow())]);

        Assert.Equal("/responses", opened.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task A_code_that_was_used_is_used_up()
    {
        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(CodeNow()));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(CodeNow()));
        _server.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(CodeNow()));
    }

    [Fact]
    public async Task A_recovery_code_does_once_however_it_is_typed()
    {
        Assert.Equal(SecondFactors.RecoveryCodes, _recovery.Distinct().Count());

        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(_recovery[3].ToUpperInvariant().Replace('-', ' ')));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(_recovery[3]));
        Assert.Equal(HttpStatusCode.Redirect, await SignInAsync(_recovery[4]));
    }

    [Fact]
    public async Task Codes_cannot_be_guessed_even_by_somebody_who_knows_the_password()
    {
        for (var i = 0; i < SignIns.FailuresMax; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync("000000"));

        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(CodeNow()));
        Assert.NotNull(Ann.LockedUntil);
    }

    [Fact]
    public async Task A_form_that_waited_too_long_starts_again()
    {
        using var asked = await _browser.FillInAsync("/sign-in", ("name", "ann"), ("password", Password));
        var form = Browser.FieldsOf(await asked.Content.ReadAsStringAsync());
        _server.Clock.Advance(TimeSpan.FromMinutes(5));

        using var late = await _browser.PostAsync("/sign-in/code", [.. form, ("code", CodeNow())]);

        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base 64")]
    public async Task A_ticket_that_is_none_opens_nothing(string ticket)
    {
        var form = await _browser.FieldsOfAsync("/sign-in");

        using var answer = await _browser.PostAsync("/sign-in/code", [.. form, ("ticket", ticket), ("code", CodeNow())]);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public void An_order_with_a_high_impact_takes_password_and_code()
    {
        var check = _server.Services.GetRequiredService<IPasswordCheck>();

        Assert.Equal(PasswordProof.PasswordAndCode, check.ProofOf("ann"));
        Assert.False(check.IsRight("ann", Password, ""));
        Assert.False(check.IsRight("ann", "wrong password", CodeNow()));
        Assert.True(check.IsRight("ann", Password, CodeNow()));
        Assert.False(check.IsRight("ann", Password, CodeNow()));
    }

    [Fact]
    public void The_secret_is_nowhere_readable_in_the_store() =>
        Assert.DoesNotContain(Convert.ToBase64String(_secret), Ann.Totp, StringComparison.Ordinal);

    [Fact]
    public async Task Without_the_authenticator_the_password_is_enough_again()
    {
        Factors.Remove("ann");

        Assert.Equal(HttpStatusCode.Redirect, await _browser.SignInAsync("ann", Password));
        Assert.Equal(0, _server.Services.GetRequiredService<IdentityStore>().RecoveryCount("ann"));
    }

    private string CodeNow() => Totp.CodeOf(_secret, Totp.StepOf(_server.Clock.GetUtcNow()));

    private async Task<HttpStatusCode> SignInAsync(string code)
    {
        using var browser = new Browser(_server);
        using var asked = await browser.FillInAsync("/sign-in", ("name", "ann"), ("password", Password));
        var form = Browser.FieldsOf(await asked.Content.ReadAsStringAsync());
        using var answer = await browser.PostAsync(
            form.Any(field => field.Name == "ticket") ? "/sign-in/code" : "/sign-in", [.. form, ("code", code)]);
        return answer.StatusCode;
    }
}
