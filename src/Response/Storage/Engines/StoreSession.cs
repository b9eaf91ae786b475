using System.Data.Common;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A connection, in a transaction or not, and short ways to say statements to it. Values never become part of the text.</summary>
/// <remarks>For the thread and the time it was given for.</remarks>
public sealed class StoreSession
{
    /// <summary>Statements that may wait to be sent together.</summary>
    private const int WaitingMax = 256;

    /// <summary>Bytes of statements that may wait: large values go at once.</summary>
    private const int WaitingBytesMax = 8 << 20;

    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private DbBatch? _waiting;
    private long _waitingBytes;

    internal StoreSession(DbConnection connection, DbTransaction? transaction, StoreDialect dialect) =>
        (_connection, _transaction, Dialect) = (connection, transaction, dialect);

    /// <summary>How the engine's SQL is worded where engines differ.</summary>
    internal StoreDialect Dialect { get; }

    /// <summary>A statement with its parameters, named <c>@name</c>. To be disposed of.</summary>
    public DbCommand Statement(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        Send();
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
#pragma warning disable CA2100 // Statements are constants of the stores; what comes from outside is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            Add(command.Parameters, command.CreateParameter(), name, value);
        return command;
    }

    /// <summary>Runs a statement and says how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Statement(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>
    /// Runs a statement nobody waits for: at the latest before the next one that somebody does, or before the commit. Over a network
    /// many of them are one round trip.
    /// </summary>
    public void Post(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_connection.CanCreateBatch)
        {
            Execute(sql, parameters);
            return;
        }
        _waiting ??= NewBatch();
        var command = _waiting.CreateBatchCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            Add(command.Parameters, command.CreateParameter(), name, value);
        _waiting.BatchCommands.Add(command);
        foreach (var (_, value) in parameters)
            _waitingBytes += value is byte[] bytes ? bytes.Length : 0;
        if (_waiting.BatchCommands.Count >= WaitingMax || _waitingBytes >= WaitingBytesMax)
            Send();
    }

    /// <summary>Runs one statement for many rows: prepared once where that is what makes it quick.</summary>
    public void PostEach<T>(string sql, IEnumerable<T> rows, params (string Name, Func<T, object> Of)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(parameters);
        using var prepared = _connection.CanCreateBatch
            ? null : Statement(sql, [.. parameters.Select(one => (one.Name, (object?)null))]);
        var values = new (string Name, object? Value)[parameters.Length];
        foreach (var row in rows)
        {
            for (var i = 0; i < parameters.Length; i++)
                values[i] = (parameters[i].Name, parameters[i].Of(row));
            if (prepared is null)
            {
                Post(sql, values);
                continue;
            }
            for (var i = 0; i < values.Length; i++)
                prepared.Parameters[i].Value = values[i].Value;
            prepared.ExecuteNonQuery();
        }
    }

    /// <summary>The condition that one text contains another, by their letters.</summary>
    /// <param name="text">A column.</param>
    /// <param name="part">A parameter, <c>@name</c>.</param>
    public string Contains(string text, string part) => Dialect.Contains(text, part);

    /// <summary>Sends what waits.</summary>
    internal void Send()
    {
        if (_waiting is not { } batch)
            return;
        (_waiting, _waitingBytes) = (null, 0);
        using (batch)
            batch.ExecuteNonQuery();
    }

    private DbBatch NewBatch()
    {
        var batch = _connection.CreateBatch();
        batch.Transaction = _transaction;
        return batch;
    }

    private void Add(DbParameterCollection parameters, DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = value is null ? DBNull.Value : Dialect.Value(value);
        parameters.Add(parameter);
    }
}
