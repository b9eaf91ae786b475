using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>A node with the network on it and the ledger under test in front.</summary>
internal sealed class EvmLedgerNetwork(AnvilNetwork network, EvmLedger ledger) : IAsyncDisposable
{
    public AnvilNetwork Network { get; } = network;

    public EvmLedger Ledger { get; } = ledger;

    public static async Task<EvmLedgerNetwork> StartAsync(
        AnvilOptions? node = null, Func<EvmLedgerOptions, EvmLedgerOptions>? change = null,
        Func<AnvilNetwork, Task>? prepare = null)
    {
        var network = await AnvilNetwork.StartAsync(node);
        if (prepare is not null)
            await prepare(network);
        return new(network, Open(network, change));
    }

    public static EvmLedger Open(AnvilNetwork network, Func<EvmLedgerOptions, EvmLedgerOptions>? change = null)
    {
        var options = new EvmLedgerOptions
        {
            Node = new JsonRpcOptions { Endpoint = network.Node.Endpoint, Timeout = TimeSpan.FromSeconds(30) },
            GuardAddress = network.Deployment.Guard.Text,
            AutomationAccount = network.Deployment.AutomationAccount,
            RestorerAccount = network.Deployment.RestorerAccount,
            SecondRestorerAccount = network.Deployment.SecondRestorerAccount,
        };
        return new(change?.Invoke(options) ?? options, TimeProvider.System);
    }

    public Task AdministerAsync(string function, params object?[] values) =>
        Network.AdministerAsync(function, values);

    /// <summary>How many containments the chain has seen, asked without the ledger under test.</summary>
    public async Task<int> EffectCountAsync()
    {
        var topics = ContractAbi.Load("SentinelGuard").Events
            .Where(item => item.Name is "Quarantined" or "GrantRevoked" or "Suspended" or "ContractPaused").Select(item => item.Topic).ToArray();
        var filter = new Dictionary<string, object>
        {
            ["address"] = Network.Deployment.Guard.Text,
            ["fromBlock"] = "0x0",
            ["toBlock"] = "latest",
            ["topics"] = new object[] { topics },
        };
        return (await Network.Node.Rpc.CallAsync("eth_getLogs", CancellationToken.None, filter)).GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        await Network.DisposeAsync();
    }
}
