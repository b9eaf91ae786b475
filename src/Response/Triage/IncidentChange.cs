using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Triage;

/// <summary>What a person did with an incident.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IncidentAct>))]
public enum IncidentAct
{
    /// <summary>Somebody wrote a note.</summary>
    [JsonStringEnumMemberName("noted")] Noted,

    /// <summary>It was merged into the other one.</summary>
    [JsonStringEnumMemberName("merged")] Merged,

    /// <summary>The other one was merged into it.</summary>
    [JsonStringEnumMemberName("tookIn")] TookIn,

    /// <summary>It stands by itself again.</summary>
    [JsonStringEnumMemberName("unmerged")] Unmerged,

    /// <summary>The other one, which was merged into it, stands by itself again.</summary>
    [JsonStringEnumMemberName("gaveBack")] GaveBack,

    /// <summary>Alerts of it were split off; the other one has them.</summary>
    [JsonStringEnumMemberName("splitOff")] SplitOff,

    /// <summary>It was made of alerts of the other one.</summary>
    [JsonStringEnumMemberName("madeBySplit")] MadeBySplit,

    /// <summary>Its split was undone: its alerts are where they were.</summary>
    [JsonStringEnumMemberName("splitUndone")] SplitUndone,

    /// <summary>The other one, which was split off, is undone: its alerts are back.</summary>
    [JsonStringEnumMemberName("tookBack")] TookBack,
}

/// <summary>One thing that a person did with an incident.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Act">What.</param>
/// <param name="IncidentId">The incident it is told of.</param>
/// <param name="OtherId">The other incident it concerns; empty for none.</param>
/// <param name="Text">The note or the reason, as plain text from a person: never markup.</param>
/// <param name="AlertCount">How many alerts were split off; 0 otherwise.</param>
public sealed record IncidentChange(
    DateTimeOffset At, string By, IncidentAct Act, string IncidentId, string OtherId, string Text, int AlertCount);
