using SentinelHealth.Dashboard.Security.Providers;
using SentinelHealth.Dashboard.Telemetry;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What the web host is for.</summary>
internal enum WebMode
{
    /// <summary>The real thing: everyone signs in.</summary>
    Serve,

    /// <summary>The demonstration: loopback only, the visitor is signed in.</summary>
    Demo,
}

/// <summary>Where and how the web host answers.</summary>
/// <param name="Mode">What it is for.</param>
/// <param name="Urls">Addresses to listen on.</param>
/// <param name="DataFolder">Folder of accounts and keys.</param>
internal sealed record WebSettings(WebMode Mode, IReadOnlyList<string> Urls, string DataFolder)
{
    /// <summary>Host names a request may name; empty for any. In the demonstration always the loopback names.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Where accounts, sessions and what belongs to them are kept.</summary>
    public StorageSection Storage { get; init; } = new();

    /// <summary>Requests a second from one address or token before 429.</summary>
    public int RequestsPerSecondMax { get; init; } = 100;

    /// <summary>The identity provider people may sign in through; null for local accounts only.</summary>
    public ProviderSection? Provider { get; init; }

    /// <summary>Where measurements are sent, beside being told at <c>/metrics</c>.</summary>
    public TelemetrySection Telemetry { get; init; } = new();

    /// <summary>What this process does, and so what it answers.</summary>
    public ProcessRoles Roles { get; init; } = ProcessRoles.All;

    /// <summary>The address people use when a proxy stands in front; null when there is none.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Whether a proxy in front ends TLS.</summary>
    public bool IsBehindTls => PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether browsers reach it over TLS only.</summary>
    public bool IsHttps => IsBehindTls
        || (Urls.Count > 0 && Urls.All(url => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The prefix makes the browser refuse the cookie from a subdomain; it demands https.</summary>
    public string CookieName(string name) => IsHttps ? "__Host-" + name : name;

    /// <summary>An address as people can open it, also behind a proxy.</summary>
    public string LinkTo(HttpRequest request, string pathAndQuery) =>
        (PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{request.Scheme}://{request.Host}") + pathAndQuery;
}
