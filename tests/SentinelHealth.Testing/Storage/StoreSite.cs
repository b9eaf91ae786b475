using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Testing.Storage;

/// <summary>Where the stores of one test are: empty at its beginning, and opened as often as there are processes.</summary>
public abstract class StoreSite : IDisposable
{
    /// <summary>Opens the store, as one more process.</summary>
    public abstract CaseStore Open();

    /// <summary>Opens the database of persons' keys, as one more process.</summary>
    public abstract StoreEngine OpenVault();

    /// <summary>Does something to the case store's tables that no program of ours does.</summary>
    public abstract void Tamper(string statement);

    /// <summary>Says that the store was written by another version.</summary>
    public abstract void StampVersion(int version);

    /// <summary>Makes a store as another version left it, from statements in the words of the schema.</summary>
    public abstract void Load(string statements);

    /// <summary>Every column of every table, and every index with its definition, in an order of their own.</summary>
    public abstract IReadOnlyList<string> Shape();

    /// <summary>A fixture of this project.</summary>
    public static string Fixture(string name)
    {
        using var reader = new StreamReader(typeof(StoreSite).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A SQLite file.</summary>
public sealed class SqliteSite : StoreSite
{
    private readonly TemporaryFolder _folder = new();

    public override CaseStore Open() => SqliteCaseStore.Open(_folder.File("cases.db"));

    public override StoreEngine OpenVault() => new SqliteEngine(new Ingest.Log.SqliteFile(_folder.File("vault.db")));

    public override void Tamper(string statement)
    {
        using var engine = new SqliteEngine(new Ingest.Log.SqliteFile(_folder.File("cases.db")));
        engine.Write(session => session.Execute("DROP TRIGGER evidence_kept_stays") + session.Execute(statement));
    }

    public override void StampVersion(int version)
    {
        using var connection = new Ingest.Log.SqliteFile(_folder.File("cases.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE version SET version = @version";
        command.Parameters.AddWithValue("@version", version);
        command.ExecuteNonQuery();
    }

    public override void Load(string statements)
    {
        using var engine = new SqliteEngine(new Ingest.Log.SqliteFile(_folder.File("cases.db")));
        engine.Write(session =>
        {
            StoreSchema.Run(session, statements);
            return true;
        });
    }

    public override IReadOnlyList<string> Shape()
    {
        using var engine = new SqliteEngine(new Ingest.Log.SqliteFile(_folder.File("cases.db")));
        return engine.Read<IReadOnlyList<string>>(session =>
        {
            using var command = session.Statement("""
                SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
                    FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                UNION ALL
                SELECT t.name || ' ' || i.seqno || ' ' || coalesce(i.name, '') || ' ' || i."desc"
                    FROM sqlite_master t, pragma_index_xinfo(t.name) i WHERE t.type = 'index'
                ORDER BY 1
                """);
            return command.Rows(row => row.GetString(0));
        });
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}
