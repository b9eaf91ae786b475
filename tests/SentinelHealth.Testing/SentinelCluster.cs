using SentinelHealth.Testing.Kafka;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Testing;

/// <summary>
/// The product as several processes on real parts: Kafka brokers, a PostgreSQL server and a chain with the guard, all of the test's own.
/// </summary>
public sealed class SentinelCluster : IAsyncDisposable
{
    /// <summary>The topic that events wait in to be scored.</summary>
    public const string LogTopic = "sentinel.events";

    private readonly TemporaryFolder _folder = new();
    private readonly PostgresServer _database;
    private readonly bool _ownsDatabase;
    private readonly List<SentinelProcess> _processes = [];
    private readonly string _schemaPrefix;

    private SentinelCluster(PostgresServer database, bool ownsDatabase, AnvilNetwork chain, int partitions)
    {
        (_database, _ownsDatabase, Chain) = (database, ownsDatabase, chain);
        _schemaPrefix = database.NewPrefix();
        Brokers = new KafkaTestCluster();
        foreach (var topic in new[] { "ledger.transactions", "biometric.queries", LogTopic })
            Brokers.CreateTopic(topic, partitions);
        Witness = new ChainWitness(chain.Node.Endpoint, chain.Deployment.Contracts["SentinelGuard"]);
        File.WriteAllText(_folder.File("deployment.json"), chain.Deployment.ToJson());
    }

    public KafkaTestCluster Brokers { get; }

    public AnvilNetwork Chain { get; }

    public ChainWitness Witness { get; }

    /// <summary>Options of the store all processes share.</summary>
    public Response.Storage.Engines.PostgresOptions StoreOptions => _database.Options(_schemaPrefix);

    /// <param name="partitions">Of each topic.</param>
    /// <param name="database">A server that others use as well; null for one of its own.</param>
    /// <param name="chain">How the chain behaves.</param>
    public static async Task<SentinelCluster> StartAsync(
        int partitions, PostgresServer? database = null, AnvilOptions? chain = null)
    {
        var server = database ?? await PostgresServer.StartAsync();
        return new SentinelCluster(server, database is null, await AnvilNetwork.StartAsync(chain), partitions);
    }

    /// <summary>A process's data folder.</summary>
    public string DataOf(string name) => _folder.File(name);

    /// <summary>Starts a process.</summary>
    /// <param name="name">Whose data folder it takes up.</param>
    /// <param name="roles">What it does, such as <c>ingest,detect</c>.</param>
    /// <param name="settings">Settings of its own, by the names of variables of the environment.</param>
    public SentinelProcess Start(string name, string roles, params (string Name, string Value)[] settings)
    {
        var environment = Settings();
        foreach (var (key, value) in settings)
            environment[key] = value;
        var process = SentinelProcess.Start(environment, "serve", "--roles", roles, "--data", DataOf(name));
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a command of the program beside the process that a data folder belongs to, with its settings.</summary>
    public SentinelProcess Run(string name, params string[] command)
    {
        var process = SentinelProcess.Start(Settings(), [.. command, "--data", DataOf(name)]);
        _processes.Add(process);
        return process;
    }

    /// <summary>A program that asks a process with pages.</summary>
    public Task<SentinelApi> ConnectAsync(SentinelProcess server, string name) =>
        SentinelApi.ConnectAsync(server, DataOf(name), Settings());

    /// <summary>Writes records to a topic of the network, in order, by another client than the product's.</summary>
    public Task FeedAsync(string topic, IEnumerable<string> records) =>
        Kcat.RunAsync(records, "-b", Brokers.Bootstrap, "-P", "-t", topic, "-p", "0");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        Witness.Dispose();
        await Chain.DisposeAsync();
        if (_ownsDatabase)
            await _database.DisposeAsync();
        Brokers.Dispose();
        _folder.Dispose();
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
        ["SENTINELHEALTH__Kafka__BootstrapServers"] = Brokers.Bootstrap,
        ["SENTINELHEALTH__Kafka__SessionTimeout"] = "00:00:06",
        // The test's brokers check no sequence numbers, so only one request at a time keeps the order.
        ["SENTINELHEALTH__Kafka__RequestsInFlightMax"] = "1",
        ["SENTINELHEALTH__Log__Kind"] = "Kafka",
        ["SENTINELHEALTH__Log__Kafka__Topic"] = LogTopic,
        ["SENTINELHEALTH__Log__OrderBy"] = "Organization",
        ["SENTINELHEALTH__Sources__Kafka__0__Name"] = "network",
        ["SENTINELHEALTH__Storage__Engine"] = "Postgres",
        ["SENTINELHEALTH__Storage__Postgres__ConnectionString"] = PostgresServer.ConnectionString(_database.SocketFolder),
        ["SENTINELHEALTH__Storage__Postgres__SchemaPrefix"] = _schemaPrefix,
        ["SENTINELHEALTH__Ledger__Kind"] = "Evm",
        ["SENTINELHEALTH__Ledger__Evm__Endpoint"] = Chain.Node.Endpoint.ToString(),
        ["SENTINELHEALTH__Ledger__Evm__DeploymentFile"] = _folder.File("deployment.json"),
        ["SENTINELHEALTH__Ledger__Evm__AutomationAccount"] = Chain.Deployment.AutomationAccount,
        ["SENTINELHEALTH__Ledger__Evm__RestorerAccount"] = Chain.Deployment.RestorerAccount,
        ["SENTINELHEALTH__Ledger__Evm__SecondRestorerAccount"] = Chain.Deployment.SecondRestorerAccount,
    };
}
