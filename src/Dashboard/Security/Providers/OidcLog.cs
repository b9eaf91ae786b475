namespace SentinelHealth.Dashboard.Security.Providers;

internal static partial class OidcLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in through the identity provider was refused: {Reason}")]
    public static partial void SignInRefused(this ILogger<OidcHandler> logger, string reason);
}
