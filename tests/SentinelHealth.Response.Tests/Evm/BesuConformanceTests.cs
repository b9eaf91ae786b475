using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>The guard behind Besu and Web3Signer, which signs bytes, obeys the laws of every ledger.</summary>
public sealed class BesuConformanceTests : LedgerConformance, IAsyncDisposable
{
    private BesuNetwork? _network;

    protected override async Task<ILedger> CreateAsync(LedgerSetup setup)
    {
        _network = await BesuNetwork.StartAsync(
            setup.Validators, (options, endpoint) => options with { Web3Signer = endpoint });
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
