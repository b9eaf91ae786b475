using System.Collections.Frozen;
using System.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>Transactions that every partition of a shared log must know of, because what they say is true for the whole network.</summary>
/// <remarks>
/// Consents, grants, members, withdrawn credentials, spent proofs, claims and escrows: an access in one partition is judged by a consent that was given
/// in another. Such an event is scored where it belongs and witnessed everywhere else (<see cref="IDetectionEngine.Witness"/>); everything
/// else is known in its own partition alone.
/// </remarks>
public static class SharedFacts
{
    /// <summary>Methods that count whatever the contract is called, as they do for the rules.</summary>
    private static readonly FrozenSet<ulong> Methods = Keys(
        "grantConsent", "revokeConsent", "grantAccess", "revokeAccess", "proposeNode", "revokeCredential", "verifyProof");

    private static readonly FrozenDictionary<ulong, FrozenSet<ulong>> MethodsByContract = new Dictionary<ulong, FrozenSet<ulong>>
    {
        [KeyOf("NodeRegistry")] = Keys("admitNode", "removeNode"),
        [KeyOf("Escrow")] = Keys("fund", "release", "refund"),
        [KeyOf("ClaimsLedger")] = Keys("submitClaim", "adjudicate", "pay"),
    }.ToFrozenDictionary();

    /// <summary>Whether an event is one of them. O(1), no allocation.</summary>
    public static bool Includes(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return observed.Kind == EventKind.LedgerTransaction && observed.Is(TextField.Status, "success"u8)
            && (Methods.Contains(observed.Key(TextField.Method))
                || (MethodsByContract.TryGetValue(observed.Key(TextField.Contract), out var methods)
                    && methods.Contains(observed.Key(TextField.Method))));
    }

    private static FrozenSet<ulong> Keys(params string[] names) => names.Select(KeyOf).ToFrozenSet();

    private static ulong KeyOf(string name) => StableHash.Of(Encoding.UTF8.GetBytes(name));
}
