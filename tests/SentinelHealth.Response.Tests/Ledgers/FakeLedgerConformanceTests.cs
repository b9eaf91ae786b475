using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Ledgers;

/// <summary>The fake obeys the laws it stands in for.</summary>
public sealed class FakeLedgerConformanceTests : LedgerConformance
{
    private readonly ManualClock _clock = new();

    protected override Task<ILedger> CreateAsync(LedgerSetup setup) => Task.FromResult<ILedger>(new FakeLedger(setup, _clock));

    protected override Task AdvanceTimeAsync(ILedger ledger, TimeSpan by)
    {
        _clock.Advance(by);
        return Task.CompletedTask;
    }
}
