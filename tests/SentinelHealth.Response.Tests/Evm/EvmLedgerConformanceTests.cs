using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>The guard contract on a real node obeys the laws of every ledger.</summary>
public sealed class EvmLedgerConformanceTests : LedgerConformance, IAsyncDisposable
{
    private EvmLedgerNetwork? _network;

    protected override async Task<ILedger> CreateAsync(LedgerSetup setup)
    {
        _network = await EvmLedgerNetwork.StartAsync();
        var (window, ttlMax) = ((long)setup.Window.TotalSeconds, (long)setup.TtlMax.TotalSeconds);
        for (var kind = 0; kind < 3; kind++)
            await _network.AdministerAsync("setLimits", kind, setup.ContainmentsPerWindowMax, 100, window, ttlMax);
        foreach (var entity in setup.Protected)
            await _network.AdministerAsync("setProtected", KindOf(entity.Type), entity.Id, true);
        await _network.AdministerAsync("setValidators", [setup.Validators.ToArray<object?>()]);
        return _network.Ledger;
    }

    protected override Task AdvanceTimeAsync(ILedger ledger, TimeSpan by) => _network!.Network.Node.AdvanceAsync(by);

    public async ValueTask DisposeAsync()
    {
        if (_network is not null)
            await _network.DisposeAsync();
    }

    private static int KindOf(EntityType type) => type switch
    {
        EntityType.Node => 0,
        EntityType.Grant => 1,
        EntityType.Actor => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
