using System.Net;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What "this machine only" means.</summary>
internal static class Loopback
{
    /// <summary>Host names that only this machine resolves to itself; anything else may be a page rebinding its own name to us.</summary>
    public static IReadOnlyList<string> HostNames { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Whether an address to listen on is reachable from this machine alone.</summary>
    public static bool IsLoopback(string url) =>
        WebAddress.IsValid(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
