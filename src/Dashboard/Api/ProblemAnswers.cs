using System.Globalization;

namespace SentinelHealth.Dashboard.Api;

/// <summary>
/// Every refusal under /api and /access is a problem document (RFC 9457), whoever refused: a route, the framework, a rate limit or a fault. What a caller
/// accepts does not change it, because a refusal that is not sent helps nobody.
/// </summary>
internal static class ProblemAnswers
{
    public static bool Concerns(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/access");

    /// <summary>Gives refusals without a body theirs.</summary>
    public static IApplicationBuilder UseProblemAnswers(this IApplicationBuilder app) => app.UseWhen(
        Concerns, api => api.UseStatusCodePages(pages => WriteAsync(pages.HttpContext, pages.HttpContext.Response.StatusCode)));

    /// <summary>The answer after a fault. It says nothing about the fault: the log does.</summary>
    public static Task WriteFaultAsync(HttpContext context)
    {
        if (Concerns(context))
            return WriteAsync(context, context.Response.StatusCode);
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(DetailOf(context, context.Response.StatusCode), context.RequestAborted);
    }

    /// <summary>A refusal in a sentence. Gateways that ask for plain text get the sentence alone, as AuthZEN describes it.</summary>
    public static Task WriteAsync(HttpContext context, int status, string? detail = null)
    {
        detail ??= DetailOf(context, status);
        if (!WantsText(context.Request))
            return Problems.Of(status, TitleOf(status), detail).ExecuteAsync(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(detail, context.RequestAborted);
    }

    private static bool WantsText(HttpRequest request) =>
        request.Path.StartsWithSegments("/access") && request.GetTypedHeaders().Accept.Any(accept => accept.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase));

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be read.",
        StatusCodes.Status401Unauthorized => "Who asks is not known.",
        StatusCodes.Status403Forbidden => "This is not allowed.",
        StatusCodes.Status404NotFound => "There is nothing here.",
        StatusCodes.Status405MethodNotAllowed => "This cannot be done here.",
        StatusCodes.Status413PayloadTooLarge => "The body is too long.",
        StatusCodes.Status415UnsupportedMediaType => "The body is of the wrong kind.",
        StatusCodes.Status429TooManyRequests => "Too many requests.",
        >= StatusCodes.Status500InternalServerError => "The request failed.",
        _ => "The request was refused.",
    };

    private static string DetailOf(HttpContext context, int status) => status switch
    {
        StatusCodes.Status400BadRequest => "A value is missing, or is not of its kind. /openapi/v1.json says what is expected.",
        StatusCodes.Status401Unauthorized => "Sign in, or send a token that is in force: Authorization: Bearer …",
        StatusCodes.Status403Forbidden => "Role, scopes or organizations of whoever asks do not include it, or another site's page asked.",
        StatusCodes.Status404NotFound => "No route is at this address. /openapi/v1.json lists them.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not among this address's methods.",
        StatusCodes.Status413PayloadTooLarge => "Send less at once.",
        StatusCodes.Status415UnsupportedMediaType => "Send application/json, or what /openapi/v1.json names.",
        StatusCodes.Status429TooManyRequests => string.Create(
            CultureInfo.InvariantCulture, $"Ask again after {context.Response.Headers.RetryAfter.ToString()} seconds."),
        >= StatusCodes.Status500InternalServerError => "Nothing is known to have changed. The fault has been logged.",
        _ => "The request cannot be answered as it is.",
    };
}
