using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Cases in a PostgreSQL database, for several processes at once.</summary>
public static class PostgresCaseStore
{
    /// <summary>Opens or creates the store.</summary>
    /// <param name="options">Where the server is.</param>
    /// <exception cref="InvalidDataException">The store was written by a later version, or the server is too old.</exception>
    /// <exception cref="IOException">The server cannot be used; the message names the setting.</exception>
    public static CaseStore Open(PostgresOptions options) => CaseStore.Over(PostgresEngine.Open(options, "cases"));
}
