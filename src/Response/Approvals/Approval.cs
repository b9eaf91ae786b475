using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Approvals;

/// <summary>What is approved about an action.</summary>
public enum ApprovedStep
{
    /// <summary>That it contains.</summary>
    Contain,

    /// <summary>That it is undone before its time.</summary>
    Reverse,
}

/// <summary>A person who approves, as the sign-in knows them.</summary>
/// <param name="Name">Who.</param>
/// <param name="SignedInAt">When they last proved who they are; null when that is not known, as with a program's token.</param>
public readonly record struct Approver(string Name, DateTimeOffset? SignedInAt);

/// <summary>A person's yes to exactly one step of exactly one action, for a limited time.</summary>
/// <param name="ApprovedBy">Who.</param>
/// <param name="ApprovedAt">When.</param>
/// <param name="ExpiresAt">Until when it may be acted on.</param>
/// <param name="Binding">Hash of what it is about (<see cref="BindingOf"/>): another step, target, time or evidence voids it.</param>
public sealed record Approval(string ApprovedBy, DateTimeOffset ApprovedAt, DateTimeOffset ExpiresAt, string Binding)
{
    /// <summary>SHA-256 over everything that is approved: step, key, kind, target, time, incident and evidence; 0x-hex.</summary>
    public static string BindingOf(ContainmentAction action, ApprovedStep step)
    {
        ArgumentNullException.ThrowIfNull(action);
        var bound = new
        {
            Step = step == ApprovedStep.Contain ? "contain" : "reverse",
            action.Key,
            action.Kind,
            action.Target,
            action.Ttl,
            action.IncidentId,
            action.EvidenceHash,
        };
        return DecisionEvidence.Hex(SHA256.HashData(CanonicalJson.Of(bound, AlertJson.Options)));
    }
}
