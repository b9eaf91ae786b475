using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Testing.Storage;

/// <summary>A schema of its own on a server that other tests use, too.</summary>
public sealed class PostgresSite(PostgresServer server) : StoreSite
{
    public PostgresOptions Options { get; } = server.Options();

    public override CaseStore Open() => PostgresCaseStore.Open(Options);

    public override StoreEngine OpenVault() => PostgresEngine.Open(Options, "vault");

    public override void Tamper(string statement)
    {
        using var engine = PostgresEngine.Open(Options, "cases");
        engine.Write(session => session.Execute("DROP TRIGGER evidence_kept_stays ON evidence_kept") + session.Execute(statement));
    }

    public override void StampVersion(int version)
    {
        using var engine = PostgresEngine.Open(Options, "cases");
        engine.Write(session => session.Execute("UPDATE version SET version = @version", ("@version", version)));
    }

    public override void Load(string statements)
    {
        using var engine = PostgresEngine.Open(Options, "cases");
        engine.Write(session =>
        {
            StoreSchema.Run(session, statements);
            return true;
        });
    }

    public override IReadOnlyList<string> Shape()
    {
        using var engine = PostgresEngine.Open(Options, "cases");
        return engine.Read<IReadOnlyList<string>>(session =>
        {
            using var command = session.Statement("""
                SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
                    FROM information_schema.columns WHERE table_schema = current_schema()
                UNION ALL
                SELECT indexdef FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()
                ORDER BY 1
                """);
            return command.Rows(row => row.GetString(0));
        });
    }
}
