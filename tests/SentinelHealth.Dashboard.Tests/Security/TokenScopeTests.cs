using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Tests.Security;

public sealed class TokenScopeTests : IAsyncLifetime
{
    private static readonly string[] Starts = ["/api/", "/fhir/", "/access/"];

    private TestServer _server = null!;

    private ApiTokens Tokens => _server.Services.GetRequiredService<ApiTokens>();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_token_with_one_scope_reaches_the_routes_of_that_policy_and_no_other()
    {
        var failures = new List<string>();

        foreach (var scope in Policies.Table.Keys)
        {
            using var client = ClientOf(new TokenWish("scoped", Roles.Administrator) { Scopes = [scope] });
            foreach (var route in RouteTable.Of(_server).Where(IsOfApi))
            {
                var isRefused = await route.AskAsync(client) == HttpStatusCode.Forbidden;
                if (isRefused == (route.Policy == scope))
                    failures.Add($"{scope} {route}: {(isRefused ? "refused" : "let in")}");
            }
        }

        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_token_for_one_thing_opens_no_page()
    {
        using var client = ClientOf(new TokenWish("scoped", Roles.Administrator) { Scopes = [Policies.Respond] });

        using var page = await client.GetAsync("/alerts");

        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
    }

    [Fact]
    public async Task A_token_ends_at_its_time_also_while_it_is_remembered()
    {
        using var client = ClientOf(new TokenWish("short", Roles.Viewer) { Lifetime = TimeSpan.FromDays(1) });
        using var before = await client.GetAsync("/api/v1/alerts");

        _server.Clock.Advance(TimeSpan.FromDays(1));

        using var after = await client.GetAsync("/api/v1/alerts");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task A_revoked_token_stops_at_once_where_it_was_revoked()
    {
        var (token, secret) = Tokens.Create(new TokenWish("old", Roles.Viewer), "root");
        using var client = ClientOf(secret);
        using var before = await client.GetAsync("/api/v1/alerts");

        Assert.True(Tokens.Revoke(token.Id));

        using var after = await client.GetAsync("/api/v1/alerts");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
        Assert.False(Tokens.Revoke(token.Id));
    }

    [Theory]
    [InlineData("", "viewer", "", 1, "The name")]
    [InlineData("line\nbreak", "viewer", "", 1, "The name")]
    [InlineData("x", "root", "", 1, "The role")]
    [InlineData("x", "viewer", "Respond", 1, "no scope")]
    [InlineData("x", "ingest", "View", 1, "no scope")]
    [InlineData("x", "viewer", "View", 0, "works for at most")]
    [InlineData("x", "viewer", "View", 3_651, "works for at most")]
    public void A_wish_that_should_not_be_is_no_token(string name, string role, string scope, int days, string problem) =>
        Assert.Contains(problem, new TokenWish(name, role)
        {
            Scopes = scope.Length > 0 ? [scope] : [],
            Lifetime = TimeSpan.FromDays(days),
        }.Problem(), StringComparison.Ordinal);

    [Fact]
    public async Task Using_a_token_is_noted_and_its_secret_is_nowhere_in_the_store()
    {
        var (token, secret) = Tokens.Create(new TokenWish("x", Roles.Viewer), "root");
        using var client = ClientOf(secret);
        using var answer = await client.GetAsync("/api/v1/alerts");

        var stored = _server.Services.GetRequiredService<IdentityStore>().FindToken(token.Hash)!;
        Assert.Equal(_server.Clock.GetUtcNow(), stored.UsedAt);
        Assert.DoesNotContain(secret[^20..], stored.Hash, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Pages ask for several policies at once.</summary>
    private static bool IsOfApi(RouteTable.Route route) =>
        !route.IsAnonymous && route.Policy is not null
        && Array.Exists(Starts, start => route.Pattern.StartsWith(start, StringComparison.Ordinal));

    private HttpClient ClientOf(TokenWish wish)
    {
        Assert.Equal("", wish.Problem());
        return ClientOf(Tokens.Create(wish, "root").Secret);
    }

    private HttpClient ClientOf(string secret)
    {
        var client = _server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }
}
