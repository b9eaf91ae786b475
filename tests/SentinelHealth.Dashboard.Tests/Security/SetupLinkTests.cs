using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class SetupLinkTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestServer _server = null!;
    private Browser _browser = null!;
    private string _secret = "";

    private SetupLink Link => _server.Services.GetRequiredService<SetupLink>();

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _browser = new Browser(_server);
        _secret = Link.Issue()!;
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_link_makes_one_administrator_and_then_nobody()
    {
        using var made = await _browser.FillInAsync($"/setup?token={_secret}", ("name", "root"), ("password", Password));
        using var again = await _browser.GetAsync($"/setup?token={_secret}");
        var signIn = await _browser.SignInAsync("root", Password);

        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, signIn);
        Assert.NotEqual("", Link.Complete(_secret, "second", Password));
        Assert.Null(Link.Issue());
    }

    [Fact]
    public async Task A_weak_password_leaves_the_link_open()
    {
        using var refused = await _browser.FillInAsync($"/setup?token={_secret}", ("name", "root"), ("password", "short"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync($"/setup?token={_secret}"));
    }

    [Fact]
    public async Task The_link_expires()
    {
        _server.Clock.Advance(SetupLink.Lifetime);

        Assert.Equal(HttpStatusCode.Gone, await _browser.StatusOfAsync($"/setup?token={_secret}"));
    }

    [Fact]
    public async Task A_new_link_closes_the_old_one()
    {
        var later = Link.Issue();

        Assert.Equal(HttpStatusCode.Gone, await _browser.StatusOfAsync($"/setup?token={_secret}"));
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync($"/setup?token={later}"));
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup?token=")]
    [InlineData("/setup?token=guess")]
    public async Task A_guess_opens_nothing(string path) => Assert.Equal(HttpStatusCode.Gone, await _browser.StatusOfAsync(path));
}
