using System.Net;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Who may reach what (I8): every route the host really has, asked by every role, against the list of what is meant.</summary>
public sealed class AccessMatrixTests
{
    private const string MatrixFile = "tests/SentinelHealth.Dashboard.Tests/Security/access-matrix.txt";

    [Fact]
    public async Task Every_route_is_listed_and_the_list_names_no_other()
    {
        await using var server = await TestServer.StartAsync();
        var routes = RouteTable.Of(server).Select(route => route.ToString()).ToHashSet(StringComparer.Ordinal);
        var listed = ExpectedAccess.Read();

        var unlisted = routes.Where(route => !listed.ContainsKey(route)).Order(StringComparer.Ordinal).ToList();
        var gone = listed.Keys.Where(route => !routes.Contains(route)).ToList();

        Assert.True(unlisted.Count == 0, $"New routes. Say who may reach them, a line each, in {MatrixFile}:\n  {string.Join("\n  ", unlisted)}");
        Assert.True(gone.Count == 0, $"Routes that are listed in {MatrixFile} and do not exist:\n  {string.Join("\n  ", gone)}");
    }

    [Fact]
    public async Task Every_route_lets_in_exactly_the_roles_that_are_listed_for_it()
    {
        await using var server = await TestServer.StartAsync();
        var listed = ExpectedAccess.Read();
        var failures = new List<string>();
        var asked = 0;

        foreach (var caller in (string[])[ExpectedAccess.Stranger, .. Roles.OfTokens])
        {
            using var client = server.Client(caller == ExpectedAccess.Stranger ? null : caller);
            foreach (var route in RouteTable.Of(server))
            {
                if (!listed.TryGetValue(route.ToString(), out var expected))
                    continue;
                var status = await route.AskAsync(client);
                var isRefused = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    || IsSentToSignIn(route, status);
                asked++;
                if (isRefused == expected.Contains(caller))
                    failures.Add($"{caller} {route}: {status}, {(isRefused ? "refused" : "let in")} against {MatrixFile}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(asked >= 60 * (Roles.OfTokens.Count + 1), $"Only {asked} combinations were asked.");
    }

    [Fact]
    public async Task Every_route_of_the_api_names_a_policy()
    {
        await using var server = await TestServer.StartAsync();

        Assert.All(RouteTable.Of(server).Where(route => route.Pattern.StartsWith("/api", StringComparison.Ordinal)),
            route => Assert.Contains(route.Policy ?? "none", Policies.Table.Keys));
    }

    [Fact]
    public async Task A_visitor_of_another_address_is_nobody_even_with_every_header_of_a_proxy()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client();
        foreach (var header in (string[])["X-Forwarded-For", "X-Forwarded-User", "X-Remote-User", "X-Original-URL", "X-Rewrite-URL"])
            client.DefaultRequestHeaders.TryAddWithoutValidation(header, "/healthz");

        using var answer = await client.GetAsync("/api/v1/alerts");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer sentinel_AAAA")]
    [InlineData("Bearer ,,,")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task A_credential_that_is_not_known_opens_nothing(string credential)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", credential);

        using var answer = await client.GetAsync("/api/v1/alerts");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>Pages lead strangers to the form; the forms themselves redirect for other reasons.</summary>
    private static bool IsSentToSignIn(RouteTable.Route route, HttpStatusCode status) =>
        status == HttpStatusCode.Redirect && !route.IsAnonymous;
}
