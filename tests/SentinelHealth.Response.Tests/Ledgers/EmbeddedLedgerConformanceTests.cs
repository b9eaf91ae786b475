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
        Members = [.. setup.Members.Select(member => new LedgerMember(member.Member, member.Organization))],
        NodeShareMax = setup.NodeShareMax,
        StaffShareMax = setup.StaffShareMax,
        NodesPerWindowMax = setup.ContainmentsPerWindowMax,
        GrantsPerWindowMax = setup.ContainmentsPerWindowMax,
        ActorsPerWindowMax = setup.ContainmentsPerWindowMax,
        ContractsPerWindowMax = setup.ContainmentsPerWindowMax,
        TotalLiveMax = setup.TotalLiveMax,
        Cooldown = setup.Cooldown,
        Window = setup.Window,
        TtlMax = setup.TtlMax,
    };
}
