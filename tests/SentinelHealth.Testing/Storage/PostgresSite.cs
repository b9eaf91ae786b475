using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Testing.Storage;

/// <summary>A schema of its own on a server that other tests use, too.</summary>
public sealed class PostgresSite(PostgresServer server) : StoreSite
{
    public PostgresOptions Options { get; } = server.Options();

    public override CaseStore Open() => PostgresCaseStore.Open(Options);

    public override void StampVersion(int version)
    {
        using var engine = PostgresEngine.Open(Options, "cases");
        engine.Write(session => session.Execute("UPDATE version SET version = @version", ("@version", version)));
    }
}
