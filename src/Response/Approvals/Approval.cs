using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Approvals;

/// <summary>A person's yes to exactly one action, for a limited time.</summary>
/// <param name="ApprovedBy">Who.</param>
/// <param name="ApprovedAt">When.</param>
/// <param name="ExpiresAt">Until when it may be acted on.</param>
/// <param name="Binding">Hash of the action it is about (<see cref="BindingOf"/>): another target, time or evidence voids it.</param>
public sealed record Approval(string ApprovedBy, DateTimeOffset ApprovedAt, DateTimeOffset ExpiresAt, string Binding)
{
    /// <summary>SHA-256 over everything that is approved: key, kind, target, time, incident and evidence; 0x-hex.</summary>
    public static string BindingOf(ContainmentAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var bound = new { action.Key, action.Kind, action.Target, action.Ttl, action.IncidentId, action.EvidenceHash };
        return DecisionEvidence.Hex(SHA256.HashData(CanonicalJson.Of(bound, AlertJson.Options)));
    }
}
