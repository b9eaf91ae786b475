using System.Text.Json.Serialization;
using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Alerts;

/// <summary>Whether a forbidden thing happened (rule) or an unusual one (model).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertKind>))]
public enum AlertKind
{
    /// <summary>A built-in ledger truth or a Sigma rule.</summary>
    [JsonStringEnumMemberName("rule")] Rule,

    /// <summary>A detector's calibrated opinion.</summary>
    [JsonStringEnumMemberName("model")] Model,
}

/// <summary>How bad it is, in Sigma's levels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Worth keeping, not worth a look.</summary>
    [JsonStringEnumMemberName("informational")] Informational,

    /// <summary>Look when there is time.</summary>
    [JsonStringEnumMemberName("low")] Low,

    /// <summary>Look this shift.</summary>
    [JsonStringEnumMemberName("medium")] Medium,

    /// <summary>Look now.</summary>
    [JsonStringEnumMemberName("high")] High,

    /// <summary>Contain now.</summary>
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>One additive part of a score.</summary>
/// <param name="Feature">The feature's name as people read it.</param>
/// <param name="Value">What was observed.</param>
/// <param name="Expected">What would have been usual, with its bound where there is one.</param>
/// <param name="Share">Its part of the score, 0..1. The shares of an alert sum to the score within 1e-9.</param>
public sealed record Contribution(string Feature, string Value, string Expected, double Share);

/// <summary>Something strange or forbidden, explained. The one shape for rules and models.</summary>
/// <remarks>Immutable. Identifiers are derived from content, so replaying the same input gives the same alerts (I5).</remarks>
public sealed record Alert
{
    /// <summary>Identifier derived from source, entity and first event.</summary>
    public required string Id { get; init; }

    /// <summary>When the last event of the alert happened (event time).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Rule or model.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>The detector's or rule's name, such as <c>rarity</c> or <c>consent.missing</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Calibrated strangeness, 0..1; higher is stranger.</summary>
    public required double Score { get; init; }

    /// <summary>Whom or what it is about.</summary>
    public required EntityRef Entity { get; init; }

    /// <summary>Every other entity it touches: node, patient, device, contract, grant. At most 32.</summary>
    public IReadOnlyList<EntityRef> RelatedEntities { get; init; } = [];

    /// <summary>The events it rests on. At most 256; <see cref="EventCount"/> has the full number.</summary>
    public required IReadOnlyList<string> EventIds { get; init; }

    /// <summary>How many events it rests on.</summary>
    public int EventCount { get; init; } = 1;

    /// <summary>One sentence that says what happened and why it is strange.</summary>
    public required string Reason { get; init; }

    /// <summary>Additive parts of the score, largest first.</summary>
    public required IReadOnlyList<Contribution> Contributions { get; init; }

    /// <summary>What was looked at and was usual, as short phrases.</summary>
    public IReadOnlyList<string> NotUnusual { get; init; } = [];

    /// <summary>
    /// "It would be normal if …": the smallest change of one or two things that, scored again against the same baselines, stays
    /// below the alert level. Empty when there is none.
    /// </summary>
    public string WouldBeNormalIf { get; init; } = "";

    /// <summary>ATT&amp;CK techniques and our own tags, such as <c>attack.t1078</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether break-glass (emergency) access is involved: reviewed, never blocked.</summary>
    public bool IsBreakGlass { get; init; }

    /// <summary>Author, licence and hints of the written rule it is of; null for models and built-in rules.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RuleOrigin? Rule { get; init; }

    /// <summary>The incident it belongs to.</summary>
    public required string IncidentId { get; init; }
}
