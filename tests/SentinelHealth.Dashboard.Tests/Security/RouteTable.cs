using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>The routes a host really has, so that a test of all routes cannot forget one.</summary>
internal static partial class RouteTable
{
    /// <summary>One route under one method.</summary>
    internal sealed record Route(string Method, string Pattern, string? Policy, bool IsAnonymous)
    {
        public bool IsUnsafe => Method is not ("GET" or "HEAD" or "OPTIONS");

        public override string ToString() => $"{Method} {Pattern}";

        /// <summary>The request with something in every place of the path and an empty object as its body.</summary>
        public HttpRequestMessage Request()
        {
            var path = Places().Replace(Pattern.Replace("{documentName}", "v1", StringComparison.Ordinal), "x");
            var request = new HttpRequestMessage(new HttpMethod(Method), path);
            if (IsUnsafe)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            return request;
        }

        public async Task<HttpStatusCode> AskAsync(HttpClient client)
        {
            using var request = Request();
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return answer.StatusCode;
        }
    }

    /// <summary>All of them but static assets, which are the same for everyone and listed by the build.</summary>
    public static IReadOnlyList<Route> Of(TestServer server) =>
    [
        .. from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
           let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           let policy = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).LastOrDefault()
           group new Route(method, pattern, policy, endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) by $"{method} {pattern}" into same
           select same.First(),
    ];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Places();
}
