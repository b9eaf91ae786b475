using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Ingest.Log;

/// <summary>When a commit of a SQLite database survives the loss of power. A crash of the process loses nothing either way.</summary>
public enum SqliteDurability
{
    /// <summary>Every commit is on the disk when it returns (<c>synchronous=FULL</c>).</summary>
    EveryCommit,

    /// <summary>Commits since the last checkpoint may be undone, never torn (<c>synchronous=NORMAL</c>). About ten times faster.</summary>
    AtCheckpoint,
}

/// <summary>A SQLite database file and the one way to open it: write-ahead log, foreign keys, bounded waiting for locks.</summary>
/// <param name="Path">The file; created, with its folder, when absent.</param>
/// <remarks>
/// Connections are not pooled: keep one per writer or reader for as long as it is used, and never share one between threads.
/// </remarks>
public sealed record SqliteFile(string Path)
{
    /// <summary>How long a statement waits for another connection's lock before it fails with SQLITE_BUSY. Default 10 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a returned commit means. Default <see cref="SqliteDurability.EveryCommit"/>.</summary>
    public SqliteDurability Durability { get; init; } = SqliteDurability.EveryCommit;

    /// <summary>Opens a connection for reading and writing.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    /// <exception cref="DllNotFoundException">No SQLite library is installed.</exception>
    public SqliteConnection Open()
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) is { } folder)
            Directory.CreateDirectory(folder);
        return Open(SqliteOpenMode.ReadWriteCreate, "PRAGMA journal_mode=WAL;");
    }

    /// <summary>Opens a connection for reading and writing to a file that its owner alone may read: what it holds names persons or secrets.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    /// <exception cref="UnauthorizedAccessException">The file belongs to somebody else.</exception>
    public SqliteConnection OpenPrivate()
    {
        var connection = Open();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return connection;
    }

    /// <summary>Opens a connection that refuses to write. The database must exist; a concurrent writer does not block it.</summary>
    /// <exception cref="SqliteException">The file does not exist, cannot be opened or is not a database.</exception>
    /// <exception cref="DllNotFoundException">No SQLite library is installed.</exception>
    public SqliteConnection OpenReadOnly() => Open(SqliteOpenMode.ReadWrite, "PRAGMA query_only=ON;");

    private SqliteConnection Open(SqliteOpenMode mode, string lastPragma)
    {
        SqliteLibrary.Load();
        var waitSeconds = Math.Max(1, (int)Math.Ceiling(BusyTimeout.TotalSeconds));
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = waitSeconds,
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            var waitMs = BusyTimeout.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
            Execute(connection, "PRAGMA busy_timeout=" + waitMs);
            var flushesCommits = Durability == SqliteDurability.EveryCommit;
            Execute(connection, flushesCommits ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            Execute(connection, lastPragma);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above and a formatted number.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
