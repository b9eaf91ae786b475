using System.Data.Common;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>A store of a few tables over one engine, in short words: values are @a, @b, … in order.</summary>
/// <remarks>Safe from many threads. One statement is one transaction; what must hold together goes through <see cref="Engine"/>.</remarks>
internal abstract class StoredTables : IDisposable
{
    protected StoredTables(StoreEngine engine, StoreSchema schema)
    {
        Engine = engine;
        try
        {
            schema.Prepare(engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    protected StoreEngine Engine { get; }

    public void Dispose() => Engine.Dispose();

    protected int Run(string statement, params object?[] values) =>
        Engine.Write(session => session.Execute(statement, Named(values)));

    /// <summary>The first row; default when there is none.</summary>
    protected T? One<T>(string query, Func<DbDataReader, T> map, params object?[] values) =>
        Engine.Read(session => One(session, query, map, values));

    protected List<T> List<T>(string query, Func<DbDataReader, T> map, params object?[] values) =>
        Engine.Read(session => List(session, query, map, values));

    protected static T? One<T>(StoreSession session, string query, Func<DbDataReader, T> map, params object?[] values)
    {
        using var command = session.Statement(query, Named(values));
        using var row = command.ExecuteReader();
        return row.Read() ? map(row) : default;
    }

    protected static List<T> List<T>(StoreSession session, string query, Func<DbDataReader, T> map, params object?[] values)
    {
        using var command = session.Statement(query, Named(values));
        return command.Rows(map);
    }

    protected static (string Name, object? Value)[] Named(params object?[] values) =>
        [.. values.Select((value, i) => ($"@{(char)('a' + i)}", value))];

    protected static DateTimeOffset At(DbDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    protected static DateTimeOffset? AtOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : At(row, column);

    protected static object? OrNull(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();
}
