namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Headers of every answer that keep a browser from doing what this product never asks for.</summary>
internal static class ResponseHeaders
{
    /// <summary>What an answer that is a whole HTML report is marked with.</summary>
    public const string ReportMark = "sentinel.report";

    /// <summary>A report is one file with one style: it may load, run, send and frame nothing, whatever stands in it.</summary>
    private const string ReportPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>
    /// No script but our own files. Styles may stand in attributes because the component library positions its parts that way.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; manifest-src 'self'";

    public static IApplicationBuilder UseResponseHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(Write, context);
        return next(context);
    });

    /// <summary>As late as possible, so that nothing downstream replaces them.</summary>
    private static Task Write(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Items.ContainsKey(ReportMark) ? ReportPolicy : ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not no-referrer: browsers then post our own forms with the origin "null", which is refused as foreign.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (!headers.ContainsKey("Cache-Control"))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
