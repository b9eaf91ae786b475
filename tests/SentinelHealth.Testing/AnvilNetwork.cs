using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Testing;

/// <summary>A node with the reference network on it.</summary>
public sealed class AnvilNetwork : IAsyncDisposable
{
    private AnvilNetwork(AnvilNode node, EvmDeployment deployment)
    {
        Node = node;
        Deployment = deployment;
    }

    public AnvilNode Node { get; }

    public EvmDeployment Deployment { get; }

    public EvmAddress Admin => EvmAddress.Parse(Deployment.AdminAccount);

    public EvmAddress Automation => EvmAddress.Parse(Deployment.AutomationAccount);

    public EvmAddress Restorer => EvmAddress.Parse(Deployment.RestorerAccount);

    public EvmAddress SecondAdmin => EvmAddress.Parse(Deployment.SecondAdminAccount);

    public EvmAddress SecondRestorer => EvmAddress.Parse(Deployment.SecondRestorerAccount);

    public static async Task<AnvilNetwork> StartAsync(AnvilOptions? options = null)
    {
        var node = await AnvilNode.StartAsync(options);
        return new(node, await EvmNetworkDeployer.DeployAsync(node.Rpc, TimeProvider.System, CancellationToken.None));
    }

    /// <summary>A handle on one of the deployed contracts.</summary>
    public EvmContract Contract(string name) => new(Node.Rpc, Deployment.AddressOf(name), ContractAbi.Load(name));

    /// <summary>Sends a transaction that must pass, and returns its receipt.</summary>
    public async Task<EvmReceipt> SendAsync(EvmAddress from, string contract, string function, params object?[] values)
    {
        var at = Contract(contract);
        var calldata = at.Abi.EncodeCall(function, values);
        if (await at.RehearseAsync(from, calldata, CancellationToken.None) is { } error)
            throw new InvalidOperationException($"{contract}.{function}: {error.Message} {at.Abi.DescribeRevert(error.Data)}");
        return await SendAnywayAsync(from, contract, function, values);
    }

    /// <summary>Sends what one administrator may do alone, or what both must send, as the guard demands. The last receipt.</summary>
    public Task<EvmReceipt> AdministerAsync(string function, params object?[] values) =>
        SendByTwoAsync(Admin, SecondAdmin, "SentinelGuard", function, values);

    /// <summary>Sends a call from one account and, when the guard waits for a second person, from another.</summary>
    public async Task<EvmReceipt> SendByTwoAsync(
        EvmAddress first, EvmAddress second, string contract, string function, params object?[] values)
    {
        var consent = ContractAbi.Load("SentinelGuard").Events.Single(item => item.Name == "ConsentGiven").Topic;
        var receipt = await SendWithGasAsync(first, 20_000_000, contract, function, values);
        return receipt.Logs.Any(log => log.Topics[0] == consent)
            ? await SendWithGasAsync(second, 20_000_000, contract, function, values) : receipt;
    }

    /// <summary>Sends a transaction that may be reverted: with a gas limit of its own, so that the node mines it all the same.</summary>
    public Task<EvmReceipt> SendAnywayAsync(EvmAddress from, string contract, string function, params object?[] values) =>
        SendWithGasAsync(from, 2_000_000, contract, function, values);

    /// <summary>Sends a transaction with a gas limit.</summary>
    public async Task<EvmReceipt> SendWithGasAsync(
        EvmAddress from, long gas, string contract, string function, params object?[] values)
    {
        var at = Contract(contract);
        var hash = await at.SendAsync(from, at.Abi.EncodeCall(function, values), gas, CancellationToken.None);
        return await EvmContract.WaitAsync(Node.Rpc, hash, TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None)
            ?? throw new InvalidOperationException("The transaction was not mined.");
    }

    /// <summary>The name of the error a transaction is refused with; null when it would pass.</summary>
    public async Task<string?> RefusalAsync(EvmAddress from, string contract, string function, params object?[] values)
    {
        var at = Contract(contract);
        var error = await at.RehearseAsync(from, at.Abi.EncodeCall(function, values), CancellationToken.None);
        return error is null ? null : at.Abi.DescribeRevert(error.Data).Split(':', '.')[0];
    }

    /// <summary>Reads the single value a view returns.</summary>
    public async Task<object> ReadAsync(string contract, string function, params object?[] values) =>
        (await Contract(contract).ReadAsync(function, CancellationToken.None, values))[0];

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
