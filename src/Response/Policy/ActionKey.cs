using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Policy;

/// <summary>The idempotency key of an action (I2): the same incident, kind and target always give the same key.</summary>
public static class ActionKey
{
    /// <summary>SHA-256 over the canonical incident, kind and target, as 0x-hex of 32 bytes.</summary>
    public static string Of(string incidentId, ActionKind kind, EntityRef target) =>
        DecisionEvidence.Hex(SHA256.HashData(CanonicalJson.Of(new { incidentId, kind, target }, AlertJson.Options)));
}
