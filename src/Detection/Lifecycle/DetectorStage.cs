using System.Text.Json.Serialization;

namespace SentinelHealth.Detection.Lifecycle;

/// <summary>How far a detector or rule is trusted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DetectorStage>))]
public enum DetectorStage
{
    /// <summary>It learns and says nothing.</summary>
    [JsonStringEnumMemberName("draft")] Draft,

    /// <summary>It learns and scores, and what it would have alerted on is counted; it never alerts.</summary>
    [JsonStringEnumMemberName("shadow")] Shadow,

    /// <summary>It counts in full. What is not named otherwise is enforced.</summary>
    [JsonStringEnumMemberName("enforced")] Enforced,

    /// <summary>It neither learns nor scores.</summary>
    [JsonStringEnumMemberName("retired")] Retired,
}

/// <summary>What a person found an alert to be.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Disposition>))]
public enum Disposition
{
    /// <summary>Nobody has said.</summary>
    [JsonStringEnumMemberName("undecided")] Undecided,

    /// <summary>Something was wrong indeed.</summary>
    [JsonStringEnumMemberName("confirmed")] Confirmed,

    /// <summary>All was well.</summary>
    [JsonStringEnumMemberName("benign")] Benign,
}
