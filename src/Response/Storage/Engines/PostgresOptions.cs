using Npgsql;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Where a PostgreSQL server is and how it is used.</summary>
public sealed record PostgresOptions
{
    /// <summary>The setting that names the server, for messages.</summary>
    public const string Setting = "Storage:Postgres:ConnectionString";

    /// <summary>The oldest version of the server that is known to do: 14.</summary>
    public const int ServerVersionMin = 14;

    /// <summary>Host, database, user and password, as Npgsql reads them. Never logged.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>What the names of the stores' schemas begin with. Default <c>sentinel</c>.</summary>
    public string SchemaPrefix { get; init; } = "sentinel";

    /// <summary>Most connections one store keeps. Default 6: one that writes, four that read, one to spare.</summary>
    public int ConnectionsMax { get; init; } = 6;

    /// <summary>How often something is tried again that a fault of the connection undid. Default 8: about ten seconds.</summary>
    public int RetriesMax { get; init; } = 8;

    /// <summary>How long one of several writers waits for the others. Default 30 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a transaction may stand still before the server ends it: a process that is stopped in the middle of one would hold up all
    /// others. Default 15 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one statement may take. Default 60 s.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same with nothing secret, for messages and logs: host, port, database.</summary>
    /// <exception cref="InvalidDataException">The connection string cannot be read.</exception>
    public string Place
    {
        get
        {
            var text = Read();
            return $"{text.Host}:{text.Port}/{text.Database}";
        }
    }

    internal NpgsqlConnectionStringBuilder Builder(string schema)
    {
        var text = Read();
        text.SearchPath = schema;
        text.ApplicationName ??= "sentinel";
        text.MaxPoolSize = ConnectionsMax;
        text.MinPoolSize = 0;
        text.MaxAutoPrepare = 64;
        text.PersistSecurityInfo = false;
        text.IncludeErrorDetail = false;
        text.CommandTimeout = (int)Math.Ceiling(StatementTimeout.TotalSeconds) + (int)Math.Ceiling(LockTimeout.TotalSeconds);
        text.KeepAlive = 15;
        text.Options = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{text.Options} -c lock_timeout={(long)LockTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout={(long)IdleTimeout.TotalMilliseconds} -c statement_timeout={(long)StatementTimeout.TotalMilliseconds} -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3").Trim();
        return text;
    }

    private NpgsqlConnectionStringBuilder Read()
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(ConnectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The text holds a password: what is wrong with it is not repeated.
            throw new InvalidDataException($"{Setting}: this is no connection string of PostgreSQL, such as Host=db;Database=sentinel;Username=sentinel.");
        }
    }
}
