using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Who may reach what (I8), asked of every route the host really has, so that a new one cannot be forgotten.</summary>
public sealed class AccessMatrixTests
{
    private static readonly string[] OpenToAll = ["/healthz", "/readyz", "/sign-in", "/sign-out", "/setup", "/not-found", "/.well-known/authzen-configuration"];

    [Fact]
    public async Task Every_route_but_the_listed_ones_refuses_a_stranger()
    {
        await using var server = await TestServer.StartAsync();
        using var stranger = server.Client();
        var failures = new List<string>();

        foreach (var (method, route) in RoutesOf(server).Where(route => !OpenToAll.Contains(route.Pattern)))
        {
            var status = await AskAsync(stranger, method, route);
            if (status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Redirect))
                failures.Add($"{method} {route}: {status}");
        }

        Assert.Empty(failures);
    }

    [Fact]
    public async Task Every_route_of_the_api_answers_exactly_the_roles_of_its_policy()
    {
        await using var server = await TestServer.StartAsync();
        var failures = new List<string>();
        var asked = 0;

        foreach (var role in Roles.OfTokens)
        {
            using var client = server.Client(role);
            foreach (var (method, route, policy) in ApiRoutesOf(server))
            {
                var isAllowed = Policies.Table[policy].Contains(role);
                var isRefused = await AskAsync(client, method, route) == HttpStatusCode.Forbidden;
                asked++;
                if (isAllowed == isRefused)
                    failures.Add($"{role} {method} {route}: {(isRefused ? "refused" : "let in")}");
            }
        }

        Assert.Empty(failures);
        Assert.True(asked >= Roles.OfTokens.Count * 12, $"Only {asked} combinations were asked.");
    }

    [Fact]
    public async Task Every_route_of_the_api_names_a_policy()
    {
        await using var server = await TestServer.StartAsync();

        Assert.All(RoutesOf(server).Where(route => route.Pattern.StartsWith("/api", StringComparison.Ordinal)),
            route => Assert.NotNull(PolicyOf(server, route)));
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

    private static IEnumerable<(string Method, string Pattern)> RoutesOf(TestServer server) =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        // Static assets are the same for everyone and listed by the build.
        where endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, pattern);

    private static IEnumerable<(string Method, string Pattern, string Policy)> ApiRoutesOf(TestServer server) =>
        from route in RoutesOf(server)
        where route.Pattern.StartsWith("/api", StringComparison.Ordinal) && !route.Pattern.EndsWith("/changes", StringComparison.Ordinal)
        select (route.Method, route.Pattern, PolicyOf(server, route)!);

    private static string? PolicyOf(TestServer server, (string Method, string Pattern) route) =>
        server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/') == route.Pattern)
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(route.Method) ?? false)
            .Select(endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()
                .Select(data => data.Policy).LastOrDefault())
            .FirstOrDefault();

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string pattern)
    {
        var path = pattern.Replace("{id}", "x").Replace("{key}", "x").Replace("{documentName}", "v1");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
