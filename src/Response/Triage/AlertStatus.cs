using System.Text.Json.Serialization;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Response.Triage;

/// <summary>How far people have come with an alert.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertStatus>))]
public enum AlertStatus
{
    /// <summary>Nobody has looked at it.</summary>
    [JsonStringEnumMemberName("new")] New,

    /// <summary>Somebody has seen it.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>Somebody is working on it.</summary>
    [JsonStringEnumMemberName("inProgress")] InProgress,

    /// <summary>It is dealt with, with a reason.</summary>
    [JsonStringEnumMemberName("closed")] Closed,
}

/// <summary>Why an alert was closed. Detection learns from it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CloseReason>))]
public enum CloseReason
{
    /// <summary>It was an attack or a violation, and it did harm.</summary>
    [JsonStringEnumMemberName("harmful")] Harmful,

    /// <summary>It was an attack or a violation, and nothing came of it.</summary>
    [JsonStringEnumMemberName("harmless")] Harmless,

    /// <summary>What happened was allowed and expected.</summary>
    [JsonStringEnumMemberName("legitimate")] Legitimate,

    /// <summary>The alert was wrong: what it says did not happen so, or is not strange.</summary>
    [JsonStringEnumMemberName("falsePositive")] FalsePositive,

    /// <summary>Another alert says the same.</summary>
    [JsonStringEnumMemberName("duplicate")] Duplicate,

    /// <summary>It could not be found out.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,
}

/// <summary>What reasons for closing mean to detection.</summary>
public static class CloseReasons
{
    /// <summary>Whether something was wrong. A duplicate and what could not be found out say nothing about the detector.</summary>
    public static Disposition DispositionOf(CloseReason? reason) => reason switch
    {
        CloseReason.Harmful or CloseReason.Harmless => Disposition.Confirmed,
        CloseReason.Legitimate or CloseReason.FalsePositive => Disposition.Benign,
        _ => Disposition.Undecided,
    };
}
