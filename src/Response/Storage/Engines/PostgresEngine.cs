using System.Globalization;
using Npgsql;
using Polly;
using Polly.Retry;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A store in a schema of its own in a PostgreSQL database, which other processes may share.</summary>
/// <remarks>
/// Writers of one store are one after another over all processes, by a lock of the server that ends with the transaction. So what was read
/// in a transaction still holds at its commit, numbers are without gaps in the order of commits, and a store behaves as a SQLite file does.
/// A transaction that a fault of the connection undid is run again; one whose answer was lost is asked after by its identifier.
/// </remarks>
public sealed class PostgresEngine : StoreEngine
{
    private const int ReadersMax = 4;

    private const string IdleInTransaction = "25P03";

    /// <summary>The kind of lock: "SENT".</summary>
    private const int WriterLock = 0x53454E54;

    /// <summary>The server ended the session: it shuts down, or the session stood still in a transaction.</summary>
    private static readonly HashSet<string?> EndedByServer =
    [
        PostgresErrorCodes.AdminShutdown, PostgresErrorCodes.CrashShutdown, PostgresErrorCodes.CannotConnectNow,
        IdleInTransaction,
    ];

    private readonly NpgsqlDataSource _source;
    private readonly PostgresOptions _options;
    private readonly ResiliencePipeline _retries;

    private PostgresEngine(PostgresOptions options, NpgsqlDataSource source, ResiliencePipeline retries)
        : base(new PostgresDialect(), ReadersMax) => (_options, _source, _retries) = (options, source, retries);

    /// <summary>Connects, and creates the schema of a store when it is absent.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="store">The store, a short name in small letters.</param>
    /// <exception cref="InvalidDataException">The server is too old, or the setting cannot be read.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses; the message names the setting.</exception>
    public static PostgresEngine Open(PostgresOptions options, string store)
    {
        ArgumentNullException.ThrowIfNull(options);
        var schema = $"{options.SchemaPrefix}_{store}";
        if (schema.Length > 60
            || !schema.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'))
            throw new InvalidDataException($"Storage:Postgres:SchemaPrefix: '{schema}' is no name of small letters, digits and underscores.");
        var source = NpgsqlDataSource.Create(options.Builder(schema));
        var engine = new PostgresEngine(options, source, RetriesOf(options.RetriesMax));
        try
        {
            engine.Begin(schema);
            return engine;
        }
        catch (NpgsqlException fault)
        {
            engine.Dispose();
            throw new IOException($"{PostgresOptions.Setting}: PostgreSQL at {options.Place} cannot be used: {fault.Message}", fault);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    private protected override T Transact<T>(Func<StoreSession, T> work, CancellationToken cancel) =>
        _retries.Execute(_ => Once(work), cancel);

    private protected override T Look<T>(Func<StoreSession, T> work, CancellationToken cancel) => _retries.Execute(
        _ =>
        {
            using var connection = _source.OpenConnection();
            return work(new StoreSession(connection, null, Dialect));
        },
        cancel);

    private protected override T Erase<T>(string table, Func<StoreSession, T> delete, CancellationToken cancel)
    {
        var result = Transact(delete, cancel);
        // The table is written anew without the dead rows. What the server's own log still has goes with its next turns.
        return Look(
            session =>
            {
                // It takes as long as it takes: the rows are deleted already, and a fault here would say that they are not. The pool
                // puts the session back as it was.
                session.Execute("SET statement_timeout = 0");
                using var rewrite = session.Statement($"VACUUM (FULL) {table}");
                rewrite.CommandTimeout = 0;
                rewrite.ExecuteNonQuery();
                return result;
            },
            cancel);
    }

    private protected override void Still(Func<Action> whileStill, Action<StoreSession> read)
    {
        using var reading = _source.OpenConnection();
        using var moment = reading.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        var session = new StoreSession(reading, moment, Dialect);
        using (var holding = _source.OpenConnection())
        using (var hold = holding.BeginTransaction())
        {
            var lockSession = new StoreSession(holding, hold, Dialect);
            Patient(lockSession);
            Lock(lockSession);
            Patient(session);
            // A snapshot begins with the first reading.
            using (var begin = session.Statement("SELECT version FROM version"))
                begin.ExecuteScalar();
            var afterwards = whileStill();
            hold.Rollback();
            afterwards();
        }
        read(session);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _source.Dispose();
        base.Dispose(isDisposing);
    }

    private T Once<T>(Func<StoreSession, T> work)
    {
        using var connection = _source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var session = new StoreSession(connection, transaction, Dialect);
        var identifier = Lock(session);
        var result = work(session);
        session.Send();
        Commit(transaction, identifier);
        return result;
    }

    /// <summary>From here on nobody else writes. The identifier is that of the transaction.</summary>
    private static string Lock(StoreSession session)
    {
        using var begin = session.Statement(
            "SELECT pg_current_xact_id()::text, pg_advisory_xact_lock(@kind, hashtext(current_schema()))", ("@kind", WriterLock));
        return (string)begin.ExecuteScalar()!;
    }

    /// <summary>A backup takes as long as it takes.</summary>
    private static void Patient(StoreSession session) =>
        session.Execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");

    private void Commit(NpgsqlTransaction transaction, string identifier)
    {
        try
        {
            transaction.Commit();
        }
        catch (NpgsqlException fault)
        {
            // The answer is lost, which says nothing about the commit.
            var outcome = _retries.Execute(() => OutcomeOf(identifier));
            if (outcome == "aborted")
                throw;
            if (outcome != "committed")
                throw new IOException("PostgreSQL was lost during a commit and does not know what became of it.", fault);
        }
    }

    private string? OutcomeOf(string identifier)
    {
        using var connection = _source.OpenConnection();
        using var ask = new StoreSession(connection, null, Dialect)
            .Statement("SELECT pg_xact_status(CAST(@id AS xid8))", ("@id", identifier));
        // A transaction whose connection broke may take the server a moment to end.
        return ask.ExecuteScalar() is string outcome and not "in progress"
            ? outcome : throw new NpgsqlException("The transaction is still under way.", new TimeoutException());
    }

    private void Begin(string schema)
    {
        using var connection = _source.OpenConnection();
        if (connection.PostgreSqlVersion.Major < PostgresOptions.ServerVersionMin)
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{PostgresOptions.Setting}: the server at {_options.Place} has version {connection.PostgreSqlVersion}; {PostgresOptions.ServerVersionMin} or later is needed."));
        using var transaction = connection.BeginTransaction();
        var session = new StoreSession(connection, transaction, Dialect);
        // Two processes may start at once, and CREATE SCHEMA IF NOT EXISTS fails for one of them then.
        using var turn = session.Statement(
            "SELECT pg_advisory_xact_lock(@kind, hashtext(@schema))", ("@kind", WriterLock), ("@schema", schema));
        turn.ExecuteScalar();
        session.Execute($"CREATE SCHEMA IF NOT EXISTS {schema}");
        transaction.Commit();
    }

    private static ResiliencePipeline RetriesOf(int retriesMax)
    {
        var options = new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(
                fault => fault.IsTransient || EndedByServer.Contains(fault.SqlState)),
            MaxRetryAttempts = Math.Max(1, retriesMax),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(2),
        };
        return new ResiliencePipelineBuilder().AddRetry(options).Build();
    }
}
