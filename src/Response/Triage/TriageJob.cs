using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Triage;

/// <summary>How far a job over many alerts is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TriageJobState>))]
public enum TriageJobState
{
    /// <summary>It works, or waits for its turn.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Every alert of it was looked at.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>A person stopped it; what it had changed stays changed.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>
/// One order over every alert that a query found at one moment. The alerts are those of that moment, whatever comes later, so that the
/// number a person agreed to is the number that is changed.
/// </summary>
public sealed record TriageJob
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The query, as it was written.</summary>
    public required string Query { get; init; }

    /// <summary>What is changed; null for a job that takes another one back.</summary>
    public TriageChange? Change { get; init; }

    /// <summary>The job it takes back; empty for none.</summary>
    public string Undoes { get; init; } = "";

    /// <summary>The organizations whoever ordered it is limited to; empty for somebody who sees everything.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>Alerts the query found.</summary>
    public long TotalCount { get; init; }

    /// <summary>Alerts looked at so far.</summary>
    public long DoneCount { get; init; }

    /// <summary>Alerts changed so far.</summary>
    public long ChangedCount { get; init; }

    /// <summary>How far it is.</summary>
    public TriageJobState State { get; init; }
}
