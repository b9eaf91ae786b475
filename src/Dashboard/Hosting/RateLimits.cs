using System.Globalization;
using System.Threading.RateLimiting;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>How often one caller may ask (I7).</summary>
internal static class RateLimits
{
    /// <summary>Policy of the forms that take a password.</summary>
    public const string SignIn = "sign-in";

    /// <summary>Policy of long-lived streams.</summary>
    public const string Stream = "stream";

    private const int SignInsPerMinuteMax = 20;
    private const int StreamsMax = 64;

    public static IServiceCollection AddRateLimits(this IServiceCollection services, WebSettings settings) =>
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                context.HttpContext.Response.Headers.RetryAfter =
                    Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => OfCaller(context, settings));
            options.AddPolicy(SignIn, context => RateLimitPartition.GetFixedWindowLimiter(
                AddressOf(context),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = SignInsPerMinuteMax, Window = TimeSpan.FromMinutes(1) }));
            options.AddPolicy(Stream, _ => RateLimitPartition.GetConcurrencyLimiter(
                "streams", _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsMax }));
        });

    /// <summary>Only the API is limited: pages are one circuit each, and assets are cached.</summary>
    private static RateLimitPartition<string> OfCaller(HttpContext context, WebSettings settings) =>
        context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/fhir")
            ? RateLimitPartition.GetTokenBucketLimiter(AddressOf(context), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = settings.RequestsPerSecondMax * 2,
                TokensPerPeriod = settings.RequestsPerSecondMax,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter("pages");

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
