namespace SentinelHealth.Dashboard.Hosting;

/// <summary>
/// Refuses what another site's page makes a browser send: changes and sockets whose Origin is not this host. Programs with a
/// bearer token send no Origin and are not concerned; a browser with a cookie always does.
/// </summary>
internal static class SameOrigin
{
    public static IApplicationBuilder UseSameOrigin(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (IsForeign(context.Request))
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        else
            await next(context);
    });

    private static bool IsForeign(HttpRequest request)
    {
        if (IsSafe(request) && !request.HttpContext.WebSockets.IsWebSocketRequest)
            return false;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
            return !Uri.TryCreate(origin, UriKind.Absolute, out var from)
                // The scheme is left out: behind a proxy that ends TLS this process sees http where the browser saw https.
                || !from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
        // Browsers that leave Origin out still say where a request comes from.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "cross-site" or "same-site";
    }

    private static bool IsSafe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
}
