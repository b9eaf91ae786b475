using System.Numerics;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the guard keeps under an action key.</summary>
internal sealed record EvmGuardEffect(
    int Kind, byte[] Target, DateTimeOffset StartedAt, DateTimeOffset Until, long Block, bool IsRestored)
{
    /// <summary>From the values of <c>effectOf</c>; null when nothing was done under the key.</summary>
    public static EvmGuardEffect? Read(object[] values)
    {
        var startedAt = (long)(BigInteger)values[2];
        return startedAt == 0 ? null : new(
            (int)(BigInteger)values[0], (byte[])values[1], DateTimeOffset.FromUnixTimeSeconds(startedAt),
            DateTimeOffset.FromUnixTimeSeconds((long)(BigInteger)values[3]), (long)(BigInteger)values[4], (bool)values[5]);
    }

    /// <summary>The guard's number of a kind: the order of its enumeration.</summary>
    public static int NumberOf(Actions.ActionKind kind) => kind switch
    {
        Actions.ActionKind.QuarantineNode => 0,
        Actions.ActionKind.RevokeGrant => 1,
        Actions.ActionKind.SuspendActor => 2,
        Actions.ActionKind.PauseContract => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
