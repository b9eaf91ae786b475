using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Evidence;

/// <summary>Exactly what a decision saw, in a form that can be hashed, written to the ledger and checked years later.</summary>
/// <param name="Canonical">Canonical JSON of the incident and its alerts.</param>
/// <param name="Hash">SHA-256 of it, 0x-hex of 32 bytes.</param>
public sealed record DecisionEvidence(ReadOnlyMemory<byte> Canonical, string Hash)
{
    /// <summary>The evidence of an incident version and the alerts seen with it. O(bytes).</summary>
    public static DecisionEvidence Of(Incident incident, IReadOnlyList<Alert> alerts)
    {
        var canonical = CanonicalJson.Of(new { incident, alerts }, AlertJson.Options);
        return new DecisionEvidence(canonical, Hex(SHA256.HashData(canonical)));
    }

    internal static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
