namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Addresses the web host can listen on.</summary>
internal static class WebAddress
{
    public static bool IsValid(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Host.Length: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" };
}
