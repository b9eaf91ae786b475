namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>What people call a browser, from what it says about itself. For recognition alone: anyone can say anything.</summary>
internal static class BrowserName
{
    // The order matters: most browsers claim to be several others.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    public static string Of(string agent)
    {
        var browser = Array.Find(Browsers, known => agent.Contains(known.Mark, StringComparison.Ordinal)).Name ?? "A program";
        var system = Array.Find(Systems, known => agent.Contains(known.Mark, StringComparison.Ordinal)).Name;
        return system is null ? browser : $"{browser} on {system}";
    }
}
