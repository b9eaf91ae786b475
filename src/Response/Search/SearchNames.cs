namespace SentinelHealth.Response.Search;

/// <summary>What things are called in the engine.</summary>
internal sealed record SearchNames(string Prefix)
{
    /// <summary>The data stream of events; its template and policy have the same name.</summary>
    public string Events => Prefix + "-events";

    /// <summary>The alias through which alerts are written and read; its template has the same name.</summary>
    public string Alerts => Prefix + "-alerts";

    /// <summary>The index behind the alias.</summary>
    public string AlertsIndex => Prefix + "-alerts-000001";

    public static string Mappings(string of) => of + "-mappings";

    public static string Settings(string of) => of + "-settings";
}
