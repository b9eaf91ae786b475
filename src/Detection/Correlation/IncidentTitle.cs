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
        "relation" => "Dealings without a known tie to the patient",
        "sequence" => "Unlikely order of acts",
        "magnitude" => "Unusual size",
        "persistence" => "Run of unusual events",
        "drip" => "More in sum than is usual",
        "giving" => "Unusual permission or transfer",
        "probe.climb" => "Captures that work toward a match",
        "probe.reuse" => "Biometric capture used again",
        "probe.liveness" => "Sinking liveness at a device",
        "probe.template" => "Template that may have been exchanged",
        "probe.harvest" => "Harvesting of biometric data",
        "group-burst" => "Many accounts doing the same",
        "membership" => "Nodes that act as one",
        "model-update" => "Updates that pull a shared model",
        "settlement" => "Money that nothing stands for",
        "time-series" => "Network unlike itself",
        _ => "Unusual behavior",
    };
}
