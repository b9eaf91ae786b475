using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Besu;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>The network behind a stand-in for Besu and Web3Signer, whose keys hold the guard's roles and no key of the node does.</summary>
internal sealed class BesuNetwork : IAsyncDisposable
{
    private static readonly SigningKey Automation = new("automation");
    private static readonly SigningKey Restorer = new("restorer");
    private static readonly SigningKey SecondRestorer = new("second restorer");

    private BesuNetwork(AnvilNetwork network, BesuStandIn besu, EvmLedger ledger) =>
        (Network, Besu, Ledger) = (network, besu, ledger);

    public AnvilNetwork Network { get; }

    public BesuStandIn Besu { get; }

    public EvmLedger Ledger { get; }

    /// <summary>Validators are numbered accounts; the settings say which nodes they are.</summary>
    public static async Task<BesuNetwork> StartAsync(
        IReadOnlyList<string> validators, Func<EvmLedgerOptions, Uri, EvmLedgerOptions> change)
    {
        var network = await AnvilNetwork.StartAsync();
        var (sentinel, restorer) = (Hex.Data(Keccak256.Hash("SENTINEL_ROLE")), Hex.Data(Keccak256.Hash("RESTORER_ROLE")));
        await network.AdministerAsync("grantRole", sentinel, Automation.Account);
        await network.AdministerAsync("grantRole", restorer, Restorer.Account);
        await network.AdministerAsync("grantRole", restorer, SecondRestorer.Account);
        // The roles of the node's own accounts end, so that nothing passes that the signer has not signed.
        await network.AdministerAsync("revokeRole", sentinel, network.Automation);
        await network.AdministerAsync("revokeRole", restorer, network.Restorer);
        await network.AdministerAsync("revokeRole", restorer, network.SecondRestorer);
        var besu = BesuStandIn.Start(network.Node.Endpoint, Automation, Restorer, SecondRestorer);
        besu.Validators.AddRange(validators.Select((_, number) => Account(number)));
        var options = new EvmLedgerOptions
        {
            Node = new JsonRpcOptions { Endpoint = besu.Endpoint, Timeout = TimeSpan.FromSeconds(30) },
            GuardAddress = network.Deployment.Guard.Text,
            AutomationAccount = Automation.Account.Text,
            RestorerAccount = Restorer.Account.Text,
            SecondRestorerAccount = SecondRestorer.Account.Text,
            ValidatorNodes = validators.Select((id, number) => (id, number))
                .ToDictionary(item => Account(item.number), item => item.id),
        };
        return new(network, besu, new EvmLedger(change(options, besu.Endpoint), TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        await Besu.DisposeAsync();
        await Network.DisposeAsync();
    }

    private static string Account(int number) => $"0x{0xb0000 + number:x40}";
}
