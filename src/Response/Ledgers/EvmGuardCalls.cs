using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Orders as calls of the guard contract.</summary>
internal static class EvmGuardCalls
{
    /// <summary>Calldata that contains.</summary>
    /// <exception cref="EvmFormatException">A part of the order cannot stand on the chain.</exception>
    public static byte[] Contain(ContractAbi guard, LedgerOrder order)
    {
        var seconds = Math.Ceiling(order.Ttl.TotalSeconds);
        if (seconds < 0)
            throw new EvmFormatException("A containment does not last for a negative time.");
        var function = order.Kind switch
        {
            ActionKind.QuarantineNode => "quarantineNode",
            ActionKind.RevokeGrant => "revokeGrant",
            ActionKind.SuspendActor => "suspendActor",
            ActionKind.PauseContract => "pauseContract",
            _ => throw new ArgumentOutOfRangeException(nameof(order)),
        };
        return guard.EncodeCall(function, order.Target.Id, (long)seconds, NotAfter(order), Key(order.Key),
            EvmWord.PackOrHash(order.IncidentId), Hex.ToBytes(order.EvidenceHash, 32));
    }

    /// <summary>Calldata that restores.</summary>
    /// <exception cref="EvmFormatException">A part of the order cannot stand on the chain.</exception>
    public static byte[] Restore(ContractAbi guard, LedgerOrder order, string orderedBy)
    {
        var function = order.Kind switch
        {
            ActionKind.QuarantineNode => "releaseNode",
            ActionKind.RevokeGrant => "restoreGrant",
            ActionKind.SuspendActor => "reinstateActor",
            ActionKind.PauseContract => "resumeContract",
            _ => throw new ArgumentOutOfRangeException(nameof(order)),
        };
        return guard.EncodeCall(
            function, order.Target.Id, Key(order.Key), Hex.ToBytes(order.EvidenceHash, 32), EvmWord.PackOrHash(orderedBy));
    }

    /// <summary>Calldata that keeps a containment in force until a later time, in whole seconds.</summary>
    /// <exception cref="EvmFormatException">A part of the order cannot stand on the chain.</exception>
    public static byte[] Renew(ContractAbi guard, LedgerOrder order, DateTimeOffset until, string orderedBy) => guard.EncodeCall(
        "renew", Key(order.Key), until.ToUnixTimeSeconds(), Hex.ToBytes(order.EvidenceHash, 32), EvmWord.PackOrHash(orderedBy));

    /// <summary>The view that says whether a kind of containment is in force.</summary>
    public static string View(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => "isQuarantined",
        ActionKind.RevokeGrant => "isGrantRevoked",
        ActionKind.SuspendActor => "isSuspended",
        ActionKind.PauseContract => "isContractPaused",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The identifier as the guard keeps it; null when it can never have been contained there.</summary>
    public static byte[]? Target(ActionKind kind, string id)
    {
        if (kind == ActionKind.SuspendActor)
            return EvmAddress.TryParse(id, out _) ? EvmWord.Pack(id) : null;
        try
        {
            return EvmWord.Pack(id);
        }
        catch (EvmFormatException)
        {
            // Too long for the chain, so the chain cannot hold anything against it.
            return null;
        }
    }

    /// <summary>Topic 0 of the events that contain, or of those that restore.</summary>
    public static string[] Topics(ContractAbi guard, params string[] events) =>
        [.. guard.Events.Where(item => events.Contains(item.Name)).Select(item => item.Topic)];

    /// <summary>Whole seconds, rounded down: an order may expire early, never late.</summary>
    private static long NotAfter(LedgerOrder order) => order.NotAfter?.ToUnixTimeSeconds() ?? long.MaxValue;

    private static byte[] Key(string key) => Hex.ToBytes(key, 32);
}
