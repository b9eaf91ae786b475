using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Puts the reference network on a development node whose accounts are unlocked.</summary>
public static class EvmNetworkDeployer
{
    private const long GasMax = 200_000;

    private static readonly TimeSpan ReceiptTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Deploys every contract from the node's first account (administrator); its second account becomes the automation, the third
    /// and fourth the two restorers and the fifth the second administrator. Seventeen transactions.
    /// </summary>
    /// <exception cref="JsonRpcErrorException">The node refused, or a deployment was reverted.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public static async Task<EvmDeployment> DeployAsync(JsonRpcClient rpc, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rpc);
        var accounts = (await rpc.CallAsync("eth_accounts", cancel)).Deserialize<string[]>() ?? [];
        if (accounts.Length < 5)
            throw new EvmFormatException("The node offers fewer than five unlocked accounts.");
        EvmAddress[] roles = [.. accounts.Take(5).Select(EvmAddress.Parse)];
        var (admin, automation, restorer, secondRestorer, secondAdmin) = (roles[0], roles[1], roles[2], roles[3], roles[4]);
        var chainId = Hex.ToLong(EvmContract.AsText(await rpc.CallAsync("eth_chainId", cancel)));
        var first = Hex.ToLong(EvmContract.AsText(await rpc.CallAsync("eth_blockNumber", cancel))) + 1;

        var contracts = new Dictionary<string, string>(StringComparer.Ordinal);
        async Task<EvmAddress> Put(string name, params object?[] values)
        {
            var code = ContractAbi.Load(name).EncodeDeployment(values);
            var address = await CreateAsync(rpc, admin, code, clock, cancel);
            contracts[name] = address.Text;
            return address;
        }
        var guard = await Put("SentinelGuard", admin, secondAdmin, automation, restorer, secondRestorer);
        var identities = await Put("IdentityRegistry", admin);
        await Put("AccessRegistry", identities, guard);
        await Put("DataToken", identities, guard);
        var nodes = await Put("NodeRegistry", identities, guard, admin);
        await Put("Governance", identities, admin);
        await Put("EvidenceAnchor", admin, automation);
        foreach (var name in ContractAbi.ShippedNames.Where(name => !contracts.ContainsKey(name)).ToArray())
            await Put(name, identities);
        await LetGuardAskAsync(new EvmContract(rpc, guard, ContractAbi.Load("SentinelGuard")), [admin, secondAdmin], nodes, identities, cancel);
        return new EvmDeployment
        {
            ChainId = chainId,
            FirstBlock = first,
            Contracts = contracts,
            AdminAccount = admin.Text,
            SecondAdminAccount = secondAdmin.Text,
            AutomationAccount = automation.Text,
            RestorerAccount = restorer.Text,
            SecondRestorerAccount = secondRestorer.Text,
        };
    }

    /// <summary>The guard asks the network's own registries who belongs to which organization; that takes both administrators.</summary>
    private static async Task LetGuardAskAsync(
        EvmContract guard, EvmAddress[] administrators, EvmAddress nodes, EvmAddress identities, CancellationToken cancel)
    {
        const int nodeKind = 0, actorKind = 2;
        foreach (var (kind, registry) in new[] { (nodeKind, nodes), (actorKind, identities) })
        {
            foreach (var administrator in administrators)
                await guard.SendAsync(administrator, guard.Abi.EncodeCall("setMembership", kind, registry), GasMax, cancel);
        }
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
        var hash = EvmContract.AsText(await rpc.CallAsync("eth_sendTransaction", cancel, transaction));
        var receipt = await EvmContract.WaitAsync(rpc, hash ?? "", ReceiptTimeout, clock, cancel);
        return receipt is { IsSuccess: true, ContractAddress: { } address }
            ? address
            : throw new JsonRpcErrorException("A contract was not deployed.");
    }
}
