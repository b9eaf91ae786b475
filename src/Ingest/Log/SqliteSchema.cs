using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Ingest.Log;

/// <summary>Creates a database's tables once and refuses a database written by a later version.</summary>
internal static class SqliteSchema
{
    public static void Ensure(SqliteConnection connection, int version, string tables)
    {
        using var transaction = connection.BeginTransaction();
        var found = Convert.ToInt32(Run(connection, "PRAGMA user_version").ExecuteScalar(), CultureInfo.InvariantCulture);
        if (found > version)
            throw new InvalidDataException(
                $"{connection.DataSource} has schema version {found}; this program knows up to {version}.");
        if (found == 0)
        {
            Run(connection, tables).ExecuteNonQuery();
            Run(connection, "PRAGMA user_version=" + version.ToString(CultureInfo.InvariantCulture)).ExecuteNonQuery();
        }
        transaction.Commit();
    }

    /// <summary>A command for a constant statement.</summary>
    public static SqliteCommand Run(SqliteConnection connection, string statement)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Callers pass constants; values travel as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>A prepared command with its parameters in the order given.</summary>
    public static SqliteCommand Prepare(
        SqliteConnection connection, string statement, params ReadOnlySpan<(string Name, SqliteType Type)> parameters)
    {
        var command = Run(connection, statement);
        foreach (var (name, type) in parameters)
            command.Parameters.Add(name, type);
        command.Prepare();
        return command;
    }
}
