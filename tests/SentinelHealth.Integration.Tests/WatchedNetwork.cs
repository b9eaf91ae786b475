using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests;

/// <summary>A real node with the reference contracts, on which a simulated consortium is attacked by a node that was never admitted.</summary>
internal sealed class WatchedNetwork : IAsyncDisposable
{
    private const string Attack = "rogue-node";
    private const int AttackEventsMin = 3;
    private const int EventsMax = 20_000;

    private readonly AnvilNetwork _chain;
    private readonly TemporaryFolder _folder = new();

    private WatchedNetwork(AnvilNetwork chain)
    {
        _chain = chain;
        Witness = new ChainWitness(chain.Node.Endpoint, chain.Deployment.Contracts["SentinelGuard"]);
        File.WriteAllText(DeploymentFile, chain.Deployment.ToJson());
    }

    public Uri Endpoint => _chain.Node.Endpoint;

    public ChainWitness Witness { get; }

    public string DataFolder => _folder.File("data");

    /// <summary>The contract that orders go to; the evidence log's anchors go to another.</summary>
    public string GuardAddress => _chain.Deployment.AddressOf("SentinelGuard").ToString();

    private string DeploymentFile => _folder.File("deployment.json");

    public static async Task<WatchedNetwork> StartAsync() => new(await AnvilNetwork.StartAsync());

    /// <summary>Starts the program on this network; its orders go through another endpoint when one is given.</summary>
    public SentinelProcess Serve(Uri? ledgerEndpoint = null) => SentinelProcess.Start(
        new Dictionary<string, string>
        {
            ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
            ["SENTINELHEALTH__Sources__Evm__0__Name"] = "node",
            ["SENTINELHEALTH__Sources__Evm__0__Endpoint"] = Endpoint.ToString(),
            ["SENTINELHEALTH__Sources__Evm__0__DeploymentFile"] = DeploymentFile,
            ["SENTINELHEALTH__Sources__Evm__0__PollInterval"] = "00:00:00.1",
            ["SENTINELHEALTH__Ledger__Kind"] = "Evm",
            ["SENTINELHEALTH__Ledger__Evm__Endpoint"] = (ledgerEndpoint ?? Endpoint).ToString(),
            ["SENTINELHEALTH__Ledger__Evm__DeploymentFile"] = DeploymentFile,
            ["SENTINELHEALTH__Ledger__Evm__AutomationAccount"] = _chain.Deployment.AutomationAccount,
            ["SENTINELHEALTH__Ledger__Evm__RestorerAccount"] = _chain.Deployment.RestorerAccount,
            ["SENTINELHEALTH__Ledger__Evm__SecondRestorerAccount"] = _chain.Deployment.SecondRestorerAccount,
        },
        "serve", "--data", DataFolder);

    /// <summary>Sends the consortium's transactions until the attacker has acted a few times.</summary>
    /// <returns>The node that was never admitted.</returns>
    public async Task<string> AttackAsync(int seed)
    {
        var start = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var simulator = new HospitalSimulator(new SimulationOptions
        {
            Seed = seed,
            StartAt = start,
            Days = 1.5,
            EventsPerDay = 600,
            Attacks = ["none"],
            ScheduledAttacks = [new ScheduledAttack(start + TimeSpan.FromHours(8), Attack)],
        });
        var writer = new EvmNetworkWriter(_chain.Node.Rpc, _chain.Deployment, EvmBlockTimes.OfNode, TimeProvider.System);
        var (attacker, acts) = ("", 0);
        foreach (var simulated in simulator.Events().Take(EventsMax))
        {
            var sent = await writer.SendAsync(simulated.Json, CancellationToken.None);
            if (sent is null || simulated.Attack is null)
                continue;
            attacker = System.Text.Json.JsonDocument.Parse(simulated.Json).RootElement.GetProperty("node").GetString()!;
            if (++acts == AttackEventsMin)
                return attacker;
        }
        throw new InvalidOperationException($"The simulated attacker acted {acts} times only; seed {seed}.");
    }

    public async ValueTask DisposeAsync()
    {
        Witness.Dispose();
        await _chain.DisposeAsync();
        _folder.Dispose();
    }
}
