namespace SentinelHealth.Response.Actions;

/// <summary>When to ask the ledger again. Pure: doubling waits with a ceiling, so that a dead ledger is neither hammered nor forgotten.</summary>
public sealed class ReconcileSchedule
{
    /// <summary>The first wait. Default one second, about a block.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. Default two minutes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long to wait after this many fruitless asks.</summary>
    public TimeSpan WaitAfter(int asks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(asks);
        // Above 2^20 first waits any ceiling is reached; the bound keeps the shift from overflowing.
        var wait = First * (1L << Math.Min(asks, 20));
        return wait < Longest ? wait : Longest;
    }
}
