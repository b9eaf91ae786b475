using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>A process's door to the ledger: orders are lost, late or repeated, and the process may die on either side of one.</summary>
internal sealed class WholeLedgerDoor(SimulatedLedger ledger, Lifeline life, WholeBreakage breakage) : ILedger
{
    private int _attempts;

    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel) => Order(new(
        breakage == WholeBreakage.MakesAKeyPerAttempt ? order with { Key = $"{order.Key[..^4]}{_attempts++:x4}" } : order, null, null));

    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel) =>
        Order(new(order, orderedBy, null));

    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel) =>
        Order(new(order, orderedBy, until));

    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => Ask(() => ledger.Find(key));

    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) =>
        Ask(() => ledger.IsContained(kind, target));

    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => Ask(ledger.ValidatorSet);

    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) => Ask(ledger.Head);

    private Task<LedgerReply> Order(SimulatedDelivery delivery)
    {
        life.At("before an order");
        var reply = ledger.Receive(delivery);
        life.At("after an order");
        return Task.FromResult(breakage == WholeBreakage.TakesSilenceForRefusal && reply is LedgerReply.Unknown(var why)
            ? new LedgerReply.Refused(why) : reply);
    }

    private Task<T> Ask<T>(Func<T> question)
    {
        life.At("asking the ledger");
        return Task.FromResult(question());
    }
}

/// <summary>The executor's door to the real store.</summary>
internal sealed class WholeStoreDoor(CaseStore store, Lifeline life) : IActionStore
{
    public ValueTask<StoredAction?> StoredActionAsync(string key, CancellationToken cancel) =>
        store.StoredActionAsync(key, cancel);

    public ValueTask<IReadOnlyList<StoredAction>> DueAsync(DateTimeOffset now, int actionsMax, CancellationToken cancel) =>
        store.DueAsync(now, actionsMax, cancel);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => store.NextDueAsync(cancel);

    public async ValueTask<StoredAction?> ChangeAsync(ActionChange change, CancellationToken cancel)
    {
        life.At("before an action changed");
        var changed = await store.ChangeAsync(change, cancel);
        life.At("after an action changed");
        return changed;
    }

    public ValueTask<IReadOnlyList<Containment>> ContainmentsAsync(DateTimeOffset since, CancellationToken cancel) =>
        store.ContainmentsAsync(since, cancel);

    public ValueTask<bool> IsBreakGlassAsync(string incidentId, CancellationToken cancel) =>
        store.IsBreakGlassAsync(incidentId, cancel);

    public ValueTask<bool> IsKillSwitchOnAsync(CancellationToken cancel) => store.IsKillSwitchOnAsync(cancel);

    public ValueTask SetKillSwitchAsync(bool isOn, string orderedBy, DateTimeOffset at, CancellationToken cancel) =>
        store.SetKillSwitchAsync(isOn, orderedBy, at, cancel);
}

/// <summary>A signer the process may die at: entries are in the log then, and its head is not signed yet.</summary>
internal sealed class WholeSigner(IEvidenceSigner signer, Lifeline life) : IEvidenceSigner
{
    public IReadOnlyList<EvidenceKey> Keys => signer.Keys;

    public EvidenceSignature Sign(byte[] message)
    {
        life.At("before the head of evidence was signed");
        var signature = signer.Sign(message);
        life.At("after the head of evidence was signed");
        return signature;
    }
}
