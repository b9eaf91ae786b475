using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Response.Access;

/// <summary>Decides about accesses before they happen. Pure: the same question, facts and options give the same answer.</summary>
public static class AccessDecider
{
    /// <summary>What a request itself adds to the risk.</summary>
    private const double UnattestedDeviceRisk = 20, BulkRisk = 25, NoPurposeRisk = 15, AgentRisk = 10;

    /// <summary>A node's risk speaks less of a subject than its own.</summary>
    private const double NodeShare = 0.5;

    private const double RiskMax = 100;

    private const string AgentRole = "ai-agent";

    /// <summary>Permits or denies. O(1), no allocation.</summary>
    /// <remarks>
    /// Emergency access is permitted whatever else holds. Otherwise all that speaks against an access is told, not only the first. Containment and consent deny; risk asks for
    /// a stronger sign-in first, and denies only what is not treatment.
    /// </remarks>
    public static AccessDecision Decide(AccessRequest request, in AccessFacts facts, AccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        var (allowing, against) = ConsentOf(request, facts, options);
        against |= ContainmentOf(facts);
        var risk = RiskOf(request, facts, options);
        if (request.IsBreakGlass)
            return new AccessDecision(true, AccessReasons.BreakGlass | against, risk);
        if (!facts.IsReady)
            return new AccessDecision(false, AccessReasons.NotReady, risk);
        if (risk >= options.DenyRiskMin && !Holds(options.TreatmentPurposes, request.Purpose))
            against |= AccessReasons.RiskTooHigh;
        if (against != AccessReasons.None)
            return new AccessDecision(false, against, risk);
        if (risk < options.StepUpRiskMin && !facts.IsStepUpDemanded)
            return new AccessDecision(true, allowing, risk);
        return HasSteppedUp(request, options)
            ? new AccessDecision(true, allowing | AccessReasons.SteppedUp, risk)
            : new AccessDecision(false, AccessReasons.StepUpNeeded, risk);
    }

    /// <summary>The risk of an access: the subject's, half of the node's, and what the request adds; at most 100.</summary>
    public static double RiskOf(AccessRequest request, in AccessFacts facts, AccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        var risk = facts.SubjectRisk + (facts.NodeRisk * NodeShare);
        risk += request.IsDeviceAttested == false ? UnattestedDeviceRisk : 0;
        risk += request.RecordCount >= options.BulkRecordsMin ? BulkRisk : 0;
        risk += request.Purpose.Length == 0 ? NoPurposeRisk : 0;
        risk += request.Role == AgentRole ? AgentRisk : 0;
        return Math.Min(risk, RiskMax);
    }

    private static (AccessReasons Allowing, AccessReasons Against) ConsentOf(
        AccessRequest request, in AccessFacts facts, AccessOptions options)
    {
        if (request.Patient.Length == 0)
            return Holds(options.TypesWithoutPatient, request.ResourceType)
                ? (AccessReasons.NoPatient, AccessReasons.None)
                : (AccessReasons.None, AccessReasons.PatientMissing);
        if (request.Patient == request.Subject)
            return (AccessReasons.OwnData, AccessReasons.None);
        return facts.Permission switch
        {
            PermissionAnswer.Allowed => (AccessReasons.Consent, AccessReasons.None),
            PermissionAnswer.OfAnother => (AccessReasons.None, AccessReasons.ConsentOfAnother),
            PermissionAnswer.OutsideScope => (AccessReasons.None, AccessReasons.OutsideScope),
            PermissionAnswer.OutsidePurpose => (AccessReasons.None, AccessReasons.OutsidePurpose),
            PermissionAnswer.Expired => (AccessReasons.None, AccessReasons.ConsentExpired),
            PermissionAnswer.Revoked => (AccessReasons.None, AccessReasons.ConsentRevoked),
            _ => (AccessReasons.None, AccessReasons.ConsentMissing),
        };
    }

    private static AccessReasons ContainmentOf(in AccessFacts facts) =>
        (facts.IsSubjectSuspended ? AccessReasons.SubjectSuspended : AccessReasons.None)
        | (facts.IsNodeQuarantined ? AccessReasons.NodeQuarantined : AccessReasons.None)
        | (facts.IsGrantSuspended ? AccessReasons.GrantSuspended : AccessReasons.None)
        | (facts.IsContractPaused ? AccessReasons.ContractPaused : AccessReasons.None);

    private static bool HasSteppedUp(AccessRequest request, AccessOptions options) =>
        Holds(options.StrongClasses, request.AuthenticationClass)
        && request.AuthenticatedAt is { } at && at <= request.At && request.At - at <= options.StepUpLasts;

    private static bool Holds(IReadOnlyList<string> texts, string text)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] == text)
                return true;
        }
        return false;
    }
}
