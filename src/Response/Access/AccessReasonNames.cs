using System.Collections.Frozen;

namespace SentinelHealth.Response.Access;

/// <summary>Reasons as gateways, people and rules read them.</summary>
public static class AccessReasonNames
{
    private static readonly (AccessReasons Reason, string Name, string Sentence)[] All =
    [
        (AccessReasons.OwnData, "own_data", "The patient asks for the patient's own data."),
        (AccessReasons.Consent, "consent", "A consent or grant in force allows it."),
        (AccessReasons.NoPatient, "no_patient", "The resource is about no patient."),
        (AccessReasons.SteppedUp, "stepped_up", "The subject has just signed in strongly."),
        (AccessReasons.BreakGlass, "break_glass", "Emergency access is never denied; it will be reviewed."),
        (AccessReasons.SubjectSuspended, "subject_suspended", "The subject is suspended."),
        (AccessReasons.NodeQuarantined, "node_quarantined", "The node is quarantined."),
        (AccessReasons.GrantSuspended, "grant_suspended", "The grant is withdrawn by the guard."),
        (AccessReasons.ContractPaused, "contract_paused", "The contract is paused for everybody; emergency access passes."),
        (AccessReasons.PatientMissing, "patient_missing", "The request does not name the patient."),
        (AccessReasons.ConsentMissing, "consent_missing", "No consent or grant is known."),
        (AccessReasons.ConsentOfAnother, "consent_of_another", "The consent or grant is somebody else's or about another patient."),
        (AccessReasons.OutsideScope, "outside_scope", "The consent is for other categories of data."),
        (AccessReasons.OutsidePurpose, "outside_purpose", "The consent is for other purposes."),
        (AccessReasons.ConsentExpired, "consent_expired", "The consent or grant has run out."),
        (AccessReasons.ConsentRevoked, "consent_revoked", "The consent or grant was withdrawn."),
        (AccessReasons.StepUpNeeded, "step_up_needed", "A stronger sign-in is needed first."),
        (AccessReasons.RiskTooHigh, "risk_too_high", "The risk is too high for this purpose."),
        (AccessReasons.NotReady, "not_ready", "The monitor does not know the state of the network yet."),
    ];

    /// <summary>Most answers have one reason.</summary>
    private static readonly FrozenDictionary<AccessReasons, IReadOnlyList<string>> Alone =
        All.ToFrozenDictionary(one => one.Reason, IReadOnlyList<string> (one) => [one.Name]);

    /// <summary>The names of reasons, such as <c>consent_revoked</c>, in a fixed order. One reason allocates nothing.</summary>
    public static IReadOnlyList<string> Of(AccessReasons reasons) =>
        Alone.GetValueOrDefault(reasons) ?? [.. All.Where(one => reasons.HasFlag(one.Reason)).Select(one => one.Name)];

    /// <summary>The sentence for the weightiest of them; empty for none.</summary>
    public static string SentenceOf(AccessReasons reasons)
    {
        foreach (var (reason, _, sentence) in All)
        {
            if (reasons.HasFlag(reason))
                return sentence;
        }
        return "";
    }
}
