namespace SentinelHealth.Response.Access;

/// <summary>Why an access is permitted or denied; several may hold.</summary>
[Flags]
public enum AccessReasons
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>The patient asks for the patient's own data.</summary>
    OwnData = 1,

    /// <summary>A consent or grant in force allows it.</summary>
    Consent = 1 << 1,

    /// <summary>The resource is about no patient, so no consent is needed.</summary>
    NoPatient = 1 << 2,

    /// <summary>The subject has just signed in as strongly as the risk asks for.</summary>
    SteppedUp = 1 << 3,

    /// <summary>Emergency access: permitted whatever speaks against it.</summary>
    BreakGlass = 1 << 4,

    /// <summary>The subject is suspended.</summary>
    SubjectSuspended = 1 << 5,

    /// <summary>The node is quarantined.</summary>
    NodeQuarantined = 1 << 6,

    /// <summary>The grant cited is withdrawn by the guard.</summary>
    GrantSuspended = 1 << 7,

    /// <summary>The resource should be about a patient, and none is named.</summary>
    PatientMissing = 1 << 8,

    /// <summary>No consent or grant is known.</summary>
    ConsentMissing = 1 << 9,

    /// <summary>The consent or grant cited is somebody else's, or about another patient.</summary>
    ConsentOfAnother = 1 << 10,

    /// <summary>The consent is for other categories of data.</summary>
    OutsideScope = 1 << 11,

    /// <summary>The consent is for other purposes.</summary>
    OutsidePurpose = 1 << 12,

    /// <summary>The consent or grant has run out.</summary>
    ConsentExpired = 1 << 13,

    /// <summary>The consent or grant was withdrawn.</summary>
    ConsentRevoked = 1 << 14,

    /// <summary>The risk asks for a stronger sign-in first.</summary>
    StepUpNeeded = 1 << 15,

    /// <summary>The risk is too high for this purpose.</summary>
    RiskTooHigh = 1 << 16,

    /// <summary>The monitor does not know the state of the network yet.</summary>
    NotReady = 1 << 17,

    /// <summary>The contract of the network that would be used is paused.</summary>
    ContractPaused = 1 << 18,
}

/// <summary>The answer.</summary>
/// <param name="IsPermitted">Whether the access may happen.</param>
/// <param name="Reasons">Why. For emergency access also what would have spoken against it.</param>
/// <param name="Risk">The risk it was judged by, 0 to 100.</param>
public readonly record struct AccessDecision(bool IsPermitted, AccessReasons Reasons, double Risk)
{
    /// <summary>Whether a stronger sign-in would change the answer.</summary>
    public bool NeedsStepUp => Reasons.HasFlag(AccessReasons.StepUpNeeded);

    /// <summary>Whether people must review it afterwards.</summary>
    public bool NeedsReview => Reasons.HasFlag(AccessReasons.BreakGlass);
}
