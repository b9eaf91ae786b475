using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>What another site's page can make the browser of a signed-in administrator do: nothing.</summary>
public sealed class ForeignSiteTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestServer _server = null!;
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _browser = new Browser(_server);
        Assert.Equal("", _server.Services.GetRequiredService<SignIns>().Create("root", Password, Roles.Administrator));
        Assert.Equal(HttpStatusCode.Redirect, await _browser.SignInAsync("root", Password));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1")]
    [InlineData("Origin", "http://127.0.0.1.evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task No_route_that_changes_anything_takes_an_order_from_another_site(string header, string value)
    {
        var failures = new List<string>();

        foreach (var route in RouteTable.Of(_server).Where(route => route.IsUnsafe))
        {
            using var request = route.Request();
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await _browser.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.Forbidden)
                failures.Add($"{route}: {answer.StatusCode}");
        }

        Assert.Empty(failures);
        Assert.Empty(_server.Responder.Orders);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    [InlineData("/setup")]
    public async Task A_form_of_another_site_lacks_the_token_of_ours(string path)
    {
        using var answer = await _browser.PostAsync(path, ("name", "root"), ("password", Password), ("token", "x"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await _browser.StatusOfAsync("/api/v1/alerts"));
    }

    [Fact]
    public async Task A_token_of_one_visitor_s_form_is_of_no_use_to_another()
    {
        using var attacker = new Browser(_server);
        var stolen = await attacker.FieldsOfAsync("/sign-out");

        using var answer = await _browser.PostAsync("/sign-out", [.. stolen]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task What_a_plain_form_can_send_is_no_order(string contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/kill-switch") { Content = new StringContent("{\"position\":\"on\"}") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var answer = await _browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.False(_server.Responder.IsKillSwitchOn);
    }
}
