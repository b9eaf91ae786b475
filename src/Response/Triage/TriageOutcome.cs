using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Triage;

/// <summary>What came of changing one alert.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TriageOutcome>))]
public enum TriageOutcome
{
    /// <summary>It was changed.</summary>
    [JsonStringEnumMemberName("changed")] Changed,

    /// <summary>It was so already.</summary>
    [JsonStringEnumMemberName("same")] Same,

    /// <summary>There is no such alert any more.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>Somebody changed it meanwhile, so that what was done is not taken back.</summary>
    [JsonStringEnumMemberName("moved")] Moved,
}
