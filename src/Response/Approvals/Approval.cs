using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Approvals;

/// <summary>What is approved about an action.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ApprovedStep>))]
public enum ApprovedStep
{
    /// <summary>That it contains.</summary>
    [JsonStringEnumMemberName("contain")] Contain,

    /// <summary>That it is undone before its time.</summary>
    [JsonStringEnumMemberName("reverse")] Reverse,

    /// <summary>That it is kept longer than it was to last.</summary>
    [JsonStringEnumMemberName("renew")] Renew,
}

/// <summary>An approval that has done its work: the order it belonged to was complete and went to the ledger.</summary>
/// <param name="Step">What was approved.</param>
/// <param name="Approval">By whom, when, and of exactly what.</param>
public sealed record UsedApproval(ApprovedStep Step, Approval Approval);

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
    /// <summary>The end it is to have, when a containment is kept longer; null for any other step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }

    /// <summary>SHA-256 over everything that is approved: step, key, kind, target, time, incident and evidence; 0x-hex.</summary>
    /// <param name="action">The action.</param>
    /// <param name="step">What is approved about it.</param>
    /// <param name="until">The end it is to have, when it is kept longer; null for any other step.</param>
    public static string BindingOf(ContainmentAction action, ApprovedStep step, DateTimeOffset? until = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (step == ApprovedStep.Renew)
        {
            var renewed = new { Step = "renew", action.Key, action.Kind, action.Target, Until = until, action.IncidentId, action.EvidenceHash };
            return DecisionEvidence.Hex(SHA256.HashData(CanonicalJson.Of(renewed, AlertJson.Options)));
        }
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
