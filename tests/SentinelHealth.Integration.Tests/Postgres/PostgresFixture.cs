using SentinelHealth.Testing.Storage;

[assembly: AssemblyFixture(typeof(SentinelHealth.Integration.Tests.Postgres.PostgresFixture))]

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>One server for all tests of this project, started by the first that asks.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    /// <summary>The server; started at the first call.</summary>
    public PostgresServer Server => Task.Run(() => _server.Value).GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
