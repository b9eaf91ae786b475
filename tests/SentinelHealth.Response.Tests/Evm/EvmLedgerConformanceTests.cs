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
        await GuardRules.PutAsync(_network.Network, setup);
        return _network.Ledger;
    }

    protected override Task AdvanceTimeAsync(ILedger ledger, TimeSpan by) => _network!.Network.Node.AdvanceAsync(by);

    public async ValueTask DisposeAsync()
    {
        if (_network is not null)
            await _network.DisposeAsync();
    }
}
