using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>A ledger that can be read, or not.</summary>
internal sealed class ReadableLedger : ILedger
{
    public bool IsDown { get; set; }

    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel) =>
        Task.FromResult<LedgerReply>(new LedgerReply.Unknown("A fake."));

    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel) =>
        Task.FromResult<LedgerReply>(new LedgerReply.Unknown("A fake."));

    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel) =>
        Task.FromResult<LedgerReply>(new LedgerReply.Unknown("A fake."));

    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => Task.FromResult<LedgerReceipt?>(null);

    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) => Task.FromResult(false);

    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => Task.FromResult(new ValidatorSet([], []));

    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) => IsDown
        ? throw new LedgerUnavailableException("Down.")
        : Task.FromResult(new LedgerHead("fake", 1, "0x01", Sample.At));
}
