namespace SentinelHealth.Detection.Correlation;

/// <summary>Incident titles for model findings, by detector.</summary>
internal static class IncidentTitle
{
    public static string Of(string detector) => detector switch
    {
        "rarity" => "Out-of-habit access",
        "volume" => "Unusual amount of activity",
        "spread" => "Unusual reach over patients or devices",
        "drift" => "Activity that crept up",
        "relation" => "Dealings that nothing explains",
        "sequence" => "Unlikely order of acts",
        "magnitude" => "Unusual size",
        "persistence" => "Run of unusual events",
        _ => "Unusual behavior",
    };
}
