using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Ledgers;

public sealed class EmbeddedLedgerConformanceTests : LedgerConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private EmbeddedLedger? _ledger;

    protected override Task<ILedger> CreateAsync(LedgerSetup setup)
    {
        _ledger = EmbeddedLedger.Open(_folder.Path, RulesOf(setup), _clock);
        return Task.FromResult<ILedger>(_ledger);
    }

    protected override Task AdvanceTimeAsync(ILedger ledger, TimeSpan by)
    {
        _clock.Advance(by);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _ledger?.Dispose();
        _folder.Dispose();
    }

    private static EmbeddedLedgerRules RulesOf(LedgerSetup setup) => new()
    {
        Validators = setup.Validators,
        Protected = setup.Protected,
        NodesPerWindowMax = setup.ContainmentsPerWindowMax,
        GrantsPerWindowMax = setup.ContainmentsPerWindowMax,
        ActorsPerWindowMax = setup.ContainmentsPerWindowMax,
        Window = setup.Window,
        TtlMax = setup.TtlMax,
    };
}
