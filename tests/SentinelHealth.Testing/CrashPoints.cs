using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing;

/// <summary>The process died here. Nothing under test may catch it.</summary>
public sealed class SimulatedCrashException : Exception
{
    public SimulatedCrashException() : base("The process died.") { }

    public SimulatedCrashException(string message) : base(message) { }

    public SimulatedCrashException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Counts the moments a process could die, before and after every input and output, and dies at the chosen one.</summary>
public sealed class CrashPoints(int dieAt)
{
    private int _passed;

    public bool HasDied { get; private set; }

    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> work)
    {
        Pass();
        var result = await work();
        Pass();
        return result;
    }

    private void Pass()
    {
        // A dead process does nothing more, whatever its code tries.
        if (HasDied || _passed++ == dieAt)
        {
            HasDied = true;
            throw new SimulatedCrashException();
        }
    }
}

/// <summary>A store whose process may die around every call.</summary>
public sealed class CrashingActionStore(IActionStore inner, CrashPoints points) : IActionStore
{
    public ValueTask<StoredAction?> StoredActionAsync(string key, CancellationToken cancel) =>
        points.RunAsync(() => inner.StoredActionAsync(key, cancel));

    public ValueTask<IReadOnlyList<StoredAction>> DueAsync(DateTimeOffset now, int actionsMax, CancellationToken cancel) =>
        points.RunAsync(() => inner.DueAsync(now, actionsMax, cancel));

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => points.RunAsync(() => inner.NextDueAsync(cancel));

    public ValueTask<StoredAction?> ChangeAsync(ActionChange change, CancellationToken cancel) =>
        points.RunAsync(() => inner.ChangeAsync(change, cancel));

    public ValueTask<IReadOnlyList<Containment>> ContainmentsAsync(DateTimeOffset since, CancellationToken cancel) =>
        points.RunAsync(() => inner.ContainmentsAsync(since, cancel));

    public ValueTask<bool> IsBreakGlassAsync(string incidentId, CancellationToken cancel) =>
        points.RunAsync(() => inner.IsBreakGlassAsync(incidentId, cancel));

    public ValueTask<bool> IsKillSwitchOnAsync(CancellationToken cancel) =>
        points.RunAsync(() => inner.IsKillSwitchOnAsync(cancel));

    public async ValueTask SetKillSwitchAsync(bool isOn, string orderedBy, DateTimeOffset at, CancellationToken cancel) =>
        await points.RunAsync(async () => { await inner.SetKillSwitchAsync(isOn, orderedBy, at, cancel); return true; });
}

/// <summary>A ledger in front of which the process may die, before the order leaves or before its answer arrives.</summary>
public sealed class CrashingLedger(ILedger inner, CrashPoints points) : ILedger
{
    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel) =>
        Run(() => inner.ContainAsync(order, cancel));

    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel) =>
        Run(() => inner.RestoreAsync(order, orderedBy, cancel));

    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel) =>
        Run(() => inner.RenewAsync(order, until, orderedBy, cancel));

    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => Run(() => inner.FindAsync(key, cancel));

    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) =>
        Run(() => inner.IsContainedAsync(kind, target, cancel));

    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => Run(() => inner.GetValidatorsAsync(cancel));

    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) => Run(() => inner.GetHeadAsync(cancel));

    private Task<T> Run<T>(Func<Task<T>> work) => points.RunAsync(() => new ValueTask<T>(work())).AsTask();
}
