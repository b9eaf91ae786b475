using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Storage;

/// <summary>Where the stores of one test are: empty at its beginning, and opened as often as there are processes.</summary>
public abstract class StoreSite : IDisposable
{
    /// <summary>Opens the store, as one more process.</summary>
    public abstract CaseStore Open();

    /// <summary>Says that the store was written by another version.</summary>
    public abstract void StampVersion(int version);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A SQLite file.</summary>
public sealed class SqliteSite : StoreSite
{
    private readonly TemporaryFolder _folder = new();

    public override CaseStore Open() => SqliteCaseStore.Open(_folder.File("cases.db"));

    public override void StampVersion(int version)
    {
        using var connection = new Ingest.Log.SqliteFile(_folder.File("cases.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE version SET version = @version";
        command.Parameters.AddWithValue("@version", version);
        command.ExecuteNonQuery();
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}
