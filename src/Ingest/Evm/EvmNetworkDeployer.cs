using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Puts the reference network on a development node whose accounts are unlocked.</summary>
public static class EvmNetworkDeployer
{
    private static readonly TimeSpan ReceiptTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Deploys every contract from the node's first account (administrator); its second account becomes the automation and its
    /// third the restorer. Twelve transactions.
    /// </summary>
    /// <exception cref="JsonRpcErrorException">The node refused, or a deployment was reverted.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public static async Task<EvmDeployment> DeployAsync(JsonRpcClient rpc, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rpc);
        var accounts = (await rpc.CallAsync("eth_accounts", cancel).ConfigureAwait(false)).Deserialize<string[]>() ?? [];
        if (accounts.Length < 3)
            throw new EvmFormatException("The node offers fewer than three unlocked accounts.");
        var (admin, automation, restorer) = (EvmAddress.Parse(accounts[0]), EvmAddress.Parse(accounts[1]), EvmAddress.Parse(accounts[2]));
        var chainId = Hex.ToLong(EvmContract.AsText(await rpc.CallAsync("eth_chainId", cancel).ConfigureAwait(false)));
        var first = Hex.ToLong(EvmContract.AsText(await rpc.CallAsync("eth_blockNumber", cancel).ConfigureAwait(false))) + 1;

        var contracts = new Dictionary<string, string>(StringComparer.Ordinal);
        async Task<EvmAddress> Put(string name, params object?[] values)
        {
            var address = await CreateAsync(rpc, admin, ContractAbi.Load(name).EncodeDeployment(values), clock, cancel).ConfigureAwait(false);
            contracts[name] = address.Text;
            return address;
        }
        var guard = await Put("SentinelGuard", admin, automation, restorer).ConfigureAwait(false);
        var identities = await Put("IdentityRegistry", admin).ConfigureAwait(false);
        await Put("AccessRegistry", identities, guard).ConfigureAwait(false);
        await Put("NodeRegistry", identities, guard, admin).ConfigureAwait(false);
        await Put("Governance", identities, admin).ConfigureAwait(false);
        foreach (var name in ContractAbi.ShippedNames.Where(name => !contracts.ContainsKey(name)).ToArray())
            await Put(name, identities).ConfigureAwait(false);
        return new EvmDeployment
        {
            ChainId = chainId,
            FirstBlock = first,
            Contracts = contracts,
            AdminAccount = admin.Text,
            AutomationAccount = automation.Text,
            RestorerAccount = restorer.Text,
        };
    }

    private static async Task<EvmAddress> CreateAsync(
        JsonRpcClient rpc, EvmAddress from, byte[] code, TimeProvider clock, CancellationToken cancel)
    {
        var transaction = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["from"] = from.Text,
            ["data"] = Hex.Data(code),
            ["gasPrice"] = "0x0",
        };
        var hash = EvmContract.AsText(await rpc.CallAsync("eth_sendTransaction", cancel, transaction).ConfigureAwait(false));
        var receipt = await EvmContract.WaitAsync(rpc, hash ?? "", ReceiptTimeout, clock, cancel).ConfigureAwait(false);
        return receipt is { IsSuccess: true, ContractAddress: { } address }
            ? address
            : throw new JsonRpcErrorException("A contract was not deployed.");
    }
}
