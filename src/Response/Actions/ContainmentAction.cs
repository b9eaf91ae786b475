using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Actions;

/// <summary>What automation may do to the network. Every kind has an inverse that only people may order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActionKind>))]
public enum ActionKind
{
    /// <summary>Cut a node off; inverse: release it.</summary>
    [JsonStringEnumMemberName("quarantineNode")] QuarantineNode,

    /// <summary>Withdraw a grant of access; inverse: restore it.</summary>
    [JsonStringEnumMemberName("revokeGrant")] RevokeGrant,

    /// <summary>Suspend an actor; inverse: reinstate it.</summary>
    [JsonStringEnumMemberName("suspendActor")] SuspendActor,

    /// <summary>Stop a contract of the network, except for emergency access; inverse: let it run again.</summary>
    [JsonStringEnumMemberName("pauseContract")] PauseContract,
}

/// <summary>Where an action stands. Transitions are in <c>ActionMachine</c>; a crash between any two is recoverable (I2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActionState>))]
public enum ActionState
{
    /// <summary>Decided and waiting for approval or for a person (observe, recommend and approve modes).</summary>
    [JsonStringEnumMemberName("proposed")] Proposed,

    /// <summary>Approved, by policy or by people; in the outbox.</summary>
    [JsonStringEnumMemberName("approved")] Approved,

    /// <summary>About to be sent or sent; the ledger's answer is not known yet.</summary>
    [JsonStringEnumMemberName("submitted")] Submitted,

    /// <summary>The effect is on the ledger.</summary>
    [JsonStringEnumMemberName("confirmed")] Confirmed,

    /// <summary>The ledger, a guardrail or a person refused it.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>No answer: the ledger must be asked before anything else happens.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>Was unknown; asking the ledger showed the effect is there.</summary>
    [JsonStringEnumMemberName("reconciled")] Reconciled,

    /// <summary>Undone on the ledger by people.</summary>
    [JsonStringEnumMemberName("reversed")] Reversed,

    /// <summary>Its time ran out and the ledger let go by itself.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
}

/// <summary>One containment, from decision to end.</summary>
public sealed record ContainmentAction
{
    /// <summary>Idempotency key: hash of incident, kind and target, as 0x-hex of 32 bytes. At most one ledger effect per key (I2).</summary>
    public required string Key { get; init; }

    /// <summary>What to do.</summary>
    public required ActionKind Kind { get; init; }

    /// <summary>To whom: a node, a grant or an actor.</summary>
    public required EntityRef Target { get; init; }

    /// <summary>How long it lasts on the ledger.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>The incident that caused it.</summary>
    public required string IncidentId { get; init; }

    /// <summary>SHA-256 of the canonical evidence the decision saw, 0x-hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>The playbook that asked for it.</summary>
    public required string Playbook { get; init; }

    /// <summary>One sentence: why.</summary>
    public required string Reason { get; init; }

    /// <summary>Where it stands.</summary>
    public required ActionState State { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When it took effect, by the ledger's clock; null until it is on the ledger. Caps count from here.</summary>
    public DateTimeOffset? ContainedAt { get; init; }

    /// <summary>Until when an order that was sent may still take effect, by the ledger's clock; null until one was sent.</summary>
    public DateTimeOffset? OrderNotAfter { get; init; }

    /// <summary>When it ends by itself; null until it is on the ledger.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The ledger transaction that contained; empty until known.</summary>
    public string TransactionId { get; init; } = "";

    /// <summary>The block of that transaction; null until known.</summary>
    public long? Block { get; init; }

    /// <summary>The ledger transaction that undid it; empty unless reversed.</summary>
    public string ReversalTransactionId { get; init; } = "";

    /// <summary>Who ordered the reversal; empty unless reversed.</summary>
    public string ReversedBy { get; init; } = "";

    /// <summary>The ledger's or guardrail's last word, for people.</summary>
    public string Detail { get; init; } = "";

    /// <summary>How often it was handed to the ledger.</summary>
    public int Attempts { get; init; }
}
