using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Log;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_library_is_named_with_the_package_that_brings_it()
    {
        var failure = Assert.Throws<DllNotFoundException>(() => SqliteLibrary.Find(["libsqlite3-absent.so.99"]));

        Assert.Contains("libsqlite3-0", failure.Message, StringComparison.Ordinal);
        Assert.Contains("libsqlite3-absent.so.99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loading_the_library_again_does_nothing()
    {
        SqliteLibrary.Load();

        SqliteLibrary.Load();
    }

    [Theory]
    [InlineData(SqliteDurability.EveryCommit, 2)]
    [InlineData(SqliteDurability.AtCheckpoint, 1)]
    public void A_connection_has_the_write_ahead_log_foreign_keys_and_the_chosen_durability(SqliteDurability durability, long expected)
    {
        var file = new SqliteFile(_folder.File("nested/folder.db"))
        {
            Durability = durability,
            BusyTimeout = TimeSpan.FromSeconds(3),
        };

        using var connection = file.Open();

        Assert.Equal("wal", Ask(connection, "PRAGMA journal_mode"));
        Assert.Equal(expected, Ask(connection, "PRAGMA synchronous"));
        Assert.Equal(1L, Ask(connection, "PRAGMA foreign_keys"));
        Assert.Equal(3000L, Ask(connection, "PRAGMA busy_timeout"));
    }

    [Fact]
    public void A_read_only_connection_sees_the_data_and_refuses_to_write()
    {
        var file = new SqliteFile(_folder.File("a.db"));
        using var writer = file.Open();
        Ask(writer, "CREATE TABLE t(x)");
        Ask(writer, "INSERT INTO t VALUES (7)");

        using var reader = file.OpenReadOnly();

        Assert.Equal(7L, Ask(reader, "SELECT x FROM t"));
        Assert.Throws<SqliteException>(() => Ask(reader, "INSERT INTO t VALUES (8)"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_at_once()
    {
        var path = _folder.File("text.db");
        File.WriteAllText(path, new string('x', 5000));

        Assert.Throws<SqliteException>(() => new SqliteFile(path).Open());
    }

    private static object? Ask(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
