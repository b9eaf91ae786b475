namespace SentinelHealth.Dashboard.Components;

/// <summary>Whether this is a demonstration, and what the banner on every page says about it.</summary>
/// <param name="IsDemo">True when the network behind the pages is simulated.</param>
/// <param name="BannerText">The banner's text; no banner when empty.</param>
public sealed record DashboardMode(bool IsDemo, string BannerText)
{
    /// <summary>The real thing: no banner.</summary>
    public static DashboardMode Live { get; } = new(false, "");
}
