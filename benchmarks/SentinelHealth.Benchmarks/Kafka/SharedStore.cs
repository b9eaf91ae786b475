using System.Data.Common;
using Npgsql;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>The store that the processes of a run share: a file, or a server that is named by the folder of its socket.</summary>
internal static class SharedStore
{
    private const string Prefix = "conservation";

    public static string PlaceOf(PostgresServer? server, string folder) => server?.SocketFolder ?? Path.Combine(folder, "cases.db");

    public static CaseStore Open(string place) => IsServer(place)
        ? PostgresCaseStore.Open(new PostgresOptions
        {
            ConnectionString = PostgresServer.ConnectionString(place),
            SchemaPrefix = Prefix,
        })
        : SqliteCaseStore.Open(place);

    /// <summary>A connection for an oracle's own questions.</summary>
    public static DbConnection Connect(string place)
    {
        if (!IsServer(place))
            return new SqliteFile(place).Open();
        var connection = new NpgsqlConnection($"{PostgresServer.ConnectionString(place)};Search Path={Prefix}_cases;Pooling=false");
        connection.Open();
        return connection;
    }

    private static bool IsServer(string place) => Directory.Exists(place);
}
