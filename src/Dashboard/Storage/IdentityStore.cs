using System.Data.Common;
using System.Text.Json;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>What became of a wish to be the first administrator, or to join by an invitation.</summary>
internal enum FirstAccount
{
    /// <summary>The account was made, and the link is used up.</summary>
    Made,

    /// <summary>The link was used, has expired, or accounts exist.</summary>
    LinkClosed,

    /// <summary>Somebody has that name; the link stays open.</summary>
    NameTaken,
}

/// <summary>Accounts, sessions, API tokens and one-time links, in tables of their own so that they outlive any change of the case store.</summary>
/// <remarks>Other processes may use them at the same time: what must happen once is one transaction.</remarks>
internal sealed partial class IdentityStore(StoreEngine engine) : StoredTables(engine, IdentitySchema.Current)
{
    public const string FileName = "identity.db";

    private const string SetupQuery = "SELECT 1 FROM setup WHERE hash = @a AND expires_at_ms > @b";

    /// <summary>In a file of the data folder.</summary>
    public IdentityStore(string folder) : this(SqliteEngine.OpenPrivate(new SqliteFile(Path.Combine(folder, FileName))))
    {
    }

    public void SetSetupSecret(string hash, DateTimeOffset expiresAt) =>
        Run("INSERT INTO setup (id, hash, expires_at_ms) VALUES (1, @a, @b) ON CONFLICT (id) DO UPDATE SET hash = @a, expires_at_ms = @b",
            hash, expiresAt.ToUnixTimeMilliseconds());

    public bool IsSetupSecret(string hash, DateTimeOffset now) => One(SetupQuery, _ => true, hash, now.ToUnixTimeMilliseconds());

    private static List<string> Names(DbDataReader row, int column) =>
        JsonSerializer.Deserialize<List<string>>(row.GetString(column)) ?? [];

    private static string Json(IReadOnlyList<string> names) => JsonSerializer.Serialize(names);
}
