using Microsoft.Data.Sqlite;

namespace SentinelHealth.Response.Storage;

/// <summary>Short ways to say a statement with its parameters. Values never become part of the text.</summary>
internal static class SqliteStatements
{
    public static SqliteCommand Statement(
        this SqliteConnection connection, SqliteTransaction? transaction, string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Statements are constants of their callers; what comes from outside is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    public static int Execute(
        this SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = transaction.Connection!.Statement(transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads every row a statement gives.</summary>
    public static List<T> Rows<T>(this SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}
