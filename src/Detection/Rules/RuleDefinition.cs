using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Detection.Rules;

/// <summary>A rule as alerts speak of it: a built-in fact of the ledger that must hold, or a written rule.</summary>
/// <param name="Name">Its name in alerts and playbooks.</param>
/// <param name="Title">A few words for lists.</param>
/// <param name="Severity">How bad a breach of it is.</param>
/// <param name="Tags">ATT&amp;CK and control tags.</param>
public sealed record RuleDefinition(string Name, string Title, Severity Severity, IReadOnlyList<string> Tags)
{
    /// <summary>Where a written rule comes from; null for built-in rules.</summary>
    public RuleOrigin? Origin { get; init; }

    /// <summary>How far a written rule is trusted where it is kept. What people decide by <see cref="DetectionTuning"/> counts more.</summary>
    public DetectorStage Stage { get; init; } = DetectorStage.Enforced;

    /// <summary>The score of a match on the scale of model scores: a rule is certain, so its severity alone decides.</summary>
    public double Score => Severity switch
    {
        Severity.Critical => 0.98,
        Severity.High => 0.93,
        Severity.Medium => 0.8,
        Severity.Low => 0.55,
        Severity.Informational => 0.3,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>One breach of a rule by one event.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Entity">Whom it is about.</param>
/// <param name="EventId">The event; for late findings an earlier one.</param>
/// <param name="Reason">What happened, one sentence.</param>
/// <param name="Observed">What was observed, for the contribution.</param>
/// <param name="Expected">What would have been right, for the contribution.</param>
/// <param name="Related">Other entities it touches.</param>
public sealed record RuleMatch(
    RuleDefinition Rule, EntityRef Entity, string EventId, string Reason, string Observed, string Expected,
    IReadOnlyList<EntityRef> Related)
{
    /// <summary>All events it rests on, oldest first; for most rules the one.</summary>
    public IReadOnlyList<string> EventIds { get; init; } = [EventId];
}

/// <summary>The built-in rules.</summary>
public static class BuiltInRules
{
#pragma warning disable CS1591 // Each rule's title says what it is.
    public static readonly RuleDefinition ConsentMissing = new(
        "consent.missing", "Access without consent", Severity.High, ["attack.t1213", "control.hipaa.164.312.a", "control.gdpr.6"]);
    public static readonly RuleDefinition ConsentRevoked = new(
        "consent.revoked", "Access after consent was revoked", Severity.High, ["attack.t1213", "control.gdpr.7.3"]);
    public static readonly RuleDefinition ConsentExpired = new(
        "consent.expired", "Access after consent expired", Severity.Medium, ["attack.t1213", "control.gdpr.5.1"]);
    public static readonly RuleDefinition ConsentGrantee = new(
        "consent.grantee", "Access under somebody else's consent", Severity.High, ["attack.t1078", "control.hipaa.164.312.a"]);
    public static readonly RuleDefinition ConsentPurpose = new(
        "consent.purpose", "Access for another purpose than consented", Severity.High, ["attack.t1213", "control.gdpr.5.1.b"]);
    public static readonly RuleDefinition ConsentScope = new(
        "consent.scope", "Access outside the consented scope", Severity.Medium, ["attack.t1213", "control.gdpr.5.1.c"]);
    public static readonly RuleDefinition BreakGlass = new(
        "access.break-glass", "Emergency access to review", Severity.Low, ["control.hipaa.164.312.a.2.ii"]);
    public static readonly RuleDefinition OffLedger = new(
        "access.off-ledger", "Biometric access without a ledger transaction", Severity.High, ["attack.t1685", "control.hipaa.164.312.b"]);
    public static readonly RuleDefinition NodeUnregistered = new(
        "node.unregistered", "Unregistered node acting", Severity.Critical, ["attack.t1199", "sentinel.membership"]);
    public static readonly RuleDefinition NodeRemoved = new(
        "node.removed", "Removed node still acting", Severity.Critical, ["attack.t1199", "sentinel.membership"]);
    public static readonly RuleDefinition CredentialRevoked = new(
        "credential.revoked", "Revoked credential used", Severity.High, ["attack.t1078", "control.hipaa.164.308.a.3.ii.c"]);
    public static readonly RuleDefinition ProofReused = new(
        "proof.reused", "Zero-knowledge proof presented twice", Severity.High, ["attack.t1550", "sentinel.proof"]);
    public static readonly RuleDefinition ProbeReplayed = new(
        "biometric.replayed-probe", "Biometric sample presented twice", Severity.High, ["attack.t1550", "sentinel.biometric"]);
    public static readonly RuleDefinition ClaimDuplicate = new(
        "claim.duplicate", "Claim submitted or paid twice", Severity.High, ["attack.t1565.001", "sentinel.settlement"]);
    public static readonly RuleDefinition ClaimUnsupported = new(
        "claim.unsupported", "Claim without an encounter", Severity.Medium, ["attack.t1565.001", "sentinel.settlement"]);
    public static readonly RuleDefinition EscrowRepeated = new(
        "escrow.repeated", "Escrow released twice or unfunded", Severity.High, ["attack.t1565.001", "sentinel.settlement"]);
    public static readonly RuleDefinition GovernanceOutsider = new(
        "governance.outsider", "Governance act by a role that never governs", Severity.Critical, ["attack.t1098", "attack.t1484", "sentinel.governance"]);
    public static readonly RuleDefinition GovernanceSelfGrant = new(
        "governance.self-grant", "Role granted to oneself", Severity.Critical, ["attack.t1098", "control.hipaa.164.308.a.4", "sentinel.governance"]);
    public static readonly RuleDefinition NodeLookAlike = new(
        "node.look-alike", "New nodes that are copies of each other", Severity.High, ["attack.t1583", "sentinel.membership"]);
    public static readonly RuleDefinition Reorganization = new(
        "ledger.reorganization", "The ledger rewrote its history", Severity.Critical, ["attack.t1565.001", "sentinel.ledger"]);
    public static readonly RuleDefinition EndpointForked = new(
        "ledger.endpoint-forked", "A ledger endpoint left the others", Severity.High, ["attack.t1565.001", "sentinel.ledger"]);
    public static readonly RuleDefinition EndpointLagging = new(
        "ledger.endpoint-lagging", "A ledger endpoint is far behind", Severity.Low, ["sentinel.ledger"]);
    public static readonly RuleDefinition LedgerGap = new(
        "ledger.gap", "A block is missing everywhere", Severity.High, ["attack.t1565.001", "sentinel.ledger"]);
    public static readonly RuleDefinition NodeSilent = new(
        "node.silent", "Node gone silent", Severity.Low, ["attack.t1489", "sentinel.silence"]);
    public static readonly RuleDefinition SourceSilent = new(
        "source.silent", "Source gone silent", Severity.High, ["attack.t1685", "sentinel.silence"]);
#pragma warning restore CS1591

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RuleDefinition> All { get; } =
    [
        ConsentMissing, ConsentRevoked, ConsentExpired, ConsentGrantee, ConsentPurpose, ConsentScope, BreakGlass, OffLedger,
        NodeUnregistered, NodeRemoved, CredentialRevoked, ProofReused, ProbeReplayed, ClaimDuplicate, ClaimUnsupported,
        EscrowRepeated, GovernanceOutsider, GovernanceSelfGrant, NodeLookAlike, Reorganization,
        EndpointForked, EndpointLagging, LedgerGap, NodeSilent, SourceSilent,
    ];
}
