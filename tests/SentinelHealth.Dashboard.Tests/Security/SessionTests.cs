using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class SessionTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestServer _server = null!;
    private Browser _browser = null!;

    private IdentityStore Store => _server.Services.GetRequiredService<IdentityStore>();

    private Sessions Sessions => _server.Services.GetRequiredService<Sessions>();

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _browser = new Browser(_server);
        var signIns = _server.Services.GetRequiredService<SignIns>();
        Assert.Equal("", signIns.Create("ann", Password, Roles.Analyst));
        Assert.Equal("", signIns.Create("root", Password, Roles.Administrator));
        Assert.Equal(HttpStatusCode.Redirect, await _browser.SignInAsync("ann", Password));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_nobody_uses_ends()
    {
        _server.Clock.Advance(Sessions.IdleMax);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync());
    }

    [Fact]
    public async Task A_session_that_is_used_lasts_and_ends_after_half_a_day_all_the_same()
    {
        for (var used = TimeSpan.Zero; used < Sessions.AgeMax - TimeSpan.FromMinutes(20); used += TimeSpan.FromMinutes(20))
        {
            _server.Clock.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        }

        _server.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync());
    }

    [Fact]
    public async Task Signing_in_makes_a_session_of_its_own_and_ends_the_one_that_was_there()
    {
        var planted = Store.SessionsOf("ann").Single().Id;

        await _browser.SignInAsync("root", Password);

        Assert.Empty(Store.SessionsOf("ann"));
        Assert.NotEqual(planted, Store.SessionsOf("root").Single().Id);
    }

    [Fact]
    public async Task A_cookie_that_was_planted_before_the_sign_in_is_worth_nothing_after()
    {
        var planted = _browser.Cookies.GetCookies(_server.Address)["sentinel"]!.Value;
        await _browser.FillInAsync("/sign-out");
        await _browser.SignInAsync("ann", Password);
        using var attacker = new Browser(_server);

        attacker.Cookies.Add(_server.Address, new Cookie("sentinel", planted));

        Assert.Equal(HttpStatusCode.Unauthorized, await attacker.StatusOfAsync("/api/v1/alerts"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    [Fact]
    public async Task Everybody_sees_their_sessions_and_can_end_them_from_elsewhere()
    {
        using var elsewhere = new Browser(_server);
        await elsewhere.SignInAsync("ann", Password);
        var sessions = await _browser.ReadAsync("/api/v1/me/sessions");
        var other = sessions.EnumerateArray().Single(session => !session.GetProperty("isThisOne").GetBoolean()).GetProperty("id").GetString();

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/me/sessions/{other}");
        using var ended = await _browser.SendAsync(request);

        Assert.Equal(2, sessions.GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await elsewhere.StatusOfAsync("/api/v1/alerts"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        using var other = new Browser(_server);
        await other.SignInAsync("root", Password);

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/me/sessions/{Store.SessionsOf("root").Single().Id}");
        using var answer = await _browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await other.StatusOfAsync("/api/v1/alerts"));
    }

    public static TheoryData<string> Ends => ["disabled", "demoted", "removed", "new password", "moved"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_session_ends_with_what_it_rested_on(string what)
    {
        var desk = _server.Services.GetRequiredService<AccountDesk>();
        var ann = desk.Find("ann")!;

        var problem = what switch
        {
            "disabled" => desk.Change(ann, new AccountWish(ann.Role, [], IsDisabled: true), "root"),
            "demoted" => desk.Change(ann, new AccountWish(Roles.Viewer, [], IsDisabled: false), "root"),
            "moved" => desk.Change(ann, new AccountWish(ann.Role, ["hospital-b"], IsDisabled: false), "root"),
            "removed" => desk.Remove("ann", "root"),
            _ => _server.Services.GetRequiredService<SignIns>().ChangePassword("ann", Password, "another good password"),
        };

        Assert.Equal("", problem);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync());
    }

    [Fact]
    public void A_person_has_a_bounded_number_of_sessions()
    {
        var account = Store.FindAccount("ann")!;
        var first = Sessions.Start(account, "", "");
        for (var i = 0; i < IdentityStore.SessionsPerAccountMax; i++)
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            Sessions.Start(account, "", "");
        }

        Assert.Equal(IdentityStore.SessionsPerAccountMax, Store.SessionsOf("ann").Count);
        Assert.False(Sessions.IsValid(first));
    }

    [Fact]
    public void An_old_hash_of_a_password_is_made_anew_at_the_next_sign_in()
    {
        var weak = new Microsoft.AspNetCore.Identity.PasswordHasher<string>(Microsoft.Extensions.Options.Options.Create(
            new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 10_000 })).HashPassword("ann", Password);
        Store.SetHash("ann", weak);

        Assert.NotNull(_server.Services.GetRequiredService<SignIns>().Check("ann", Password));

        Assert.NotEqual(weak, Store.FindAccount("ann")!.PasswordHash);
        Assert.NotNull(_server.Services.GetRequiredService<SignIns>().Check("ann", Password));
    }

    private Task<HttpStatusCode> StatusAsync() => _browser.StatusOfAsync("/api/v1/alerts");
}
