using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Cases in one SQLite file.</summary>
public static class SqliteCaseStore
{
    /// <summary>Opens or creates the store.</summary>
    /// <param name="path">The database file.</param>
    /// <exception cref="InvalidDataException">The file was written by a later version.</exception>
    public static CaseStore Open(string path) => CaseStore.Over(new SqliteEngine(new SqliteFile(path)));
}
