using System.ComponentModel.DataAnnotations;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.DeadLetters;

/// <summary>Dead letters in a SQLite file of their own.</summary>
/// <remarks>
/// Safe for any number of threads; calls take turns. Bounded in letters and in payload bytes (I7): first the oldest payloads go,
/// then the oldest letters, and both are counted (<see cref="TotalsAsync"/>). Append O(log letters) a letter, one flush a batch.
/// </remarks>
public sealed class SqliteDeadLetters : IDeadLetters, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteDeadLettersOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();

    private SqliteDeadLetters(SqliteConnection connection, SqliteDeadLettersOptions options, TimeProvider clock)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
    }

    /// <summary>Opens or creates the store.</summary>
    /// <param name="file">The database; its own file, not shared with other tables.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="clock">Stamps the letters.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">The store was written by a later version.</exception>
    public static SqliteDeadLetters Open(SqliteFile file, SqliteDeadLettersOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var connection = file.Open();
        try
        {
            SqliteSchema.Ensure(connection, SqliteDeadLetterTables.SchemaVersion, SqliteDeadLetterTables.Tables);
            using (var replays = SqliteSchema.Run(connection, SqliteDeadLetterTables.Replays))
                replays.ExecuteNonQuery();
            return new SqliteDeadLetters(connection, options, clock);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancel.ThrowIfCancellationRequested();
        if (batch.Count == 0)
            return ValueTask.CompletedTask;
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Insert(transaction, batch);
            KeepWithinBounds(transaction);
            transaction.Commit();
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(CancellationToken cancel)
    {
        var totals = await TotalsAsync(cancel);
        return totals.Letters + totals.LettersForgotten;
    }

    /// <summary>What is stored and what had to go.</summary>
    public ValueTask<DeadLetterTotals> TotalsAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
            return new ValueTask<DeadLetterTotals>(Totals());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) =>
        ReadAsync(SqliteDeadLetterTables.Newest, bound: null, lettersMax, Stored, cancel);

    /// <summary>Letters with a number above <paramref name="after"/>, oldest first.</summary>
    public ValueTask<IReadOnlyList<StoredDeadLetter>> AfterAsync(long after, int lettersMax, CancellationToken cancel) =>
        ReadAsync(SqliteDeadLetterTables.After, ("$after", after), lettersMax, Stored, cancel);

    /// <summary>Letters older than a number, newest first, with what became of them since.</summary>
    /// <param name="before">The number to begin below; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="lettersMax">Letters at most.</param>
    /// <param name="cancel">Checked before reading.</param>
    public ValueTask<IReadOnlyList<StoredDeadLetter>> OlderAsync(long before, int lettersMax, CancellationToken cancel) =>
        ReadAsync(SqliteDeadLetterTables.Older, ("$before", before), lettersMax, StoredWithReplay, cancel);

    /// <summary>Notes that a letter went through the intake again, and whether it is an event now. The letter stays.</summary>
    public ValueTask NoteReplayAsync(long number, bool isResolved, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            using var command = SqliteSchema.Run(_connection, SqliteDeadLetterTables.NoteReplay);
            command.Parameters.AddWithValue("$number", number);
            command.Parameters.AddWithValue("$at", _clock.GetUtcNow().ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$resolved", isResolved ? 1 : 0);
            command.ExecuteNonQuery();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private ValueTask<IReadOnlyList<StoredDeadLetter>> ReadAsync(
        string query, (string Name, long Number)? bound, int lettersMax, Func<SqliteDataReader, StoredDeadLetter> stored,
        CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lettersMax);
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            using var command = SqliteSchema.Run(_connection, query);
            if (bound is { } from)
                command.Parameters.AddWithValue(from.Name, from.Number);
            command.Parameters.AddWithValue("$lettersMax", lettersMax);
            using var reader = command.ExecuteReader();
            var letters = new List<StoredDeadLetter>();
            while (reader.Read())
                letters.Add(stored(reader));
            return new ValueTask<IReadOnlyList<StoredDeadLetter>>(letters);
        }
    }

    private static StoredDeadLetter StoredWithReplay(SqliteDataReader reader) => Stored(reader) with
    {
        ReplayedAt = reader.IsDBNull(11) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(11)),
        IsResolved = !reader.IsDBNull(12) && reader.GetInt64(12) != 0,
    };

    private void Insert(SqliteTransaction transaction, IReadOnlyList<DeadLetter> batch)
    {
        using var command = SqliteSchema.Run(_connection, SqliteDeadLetterTables.Insert);
        command.Transaction = transaction;
        foreach (var letter in batch)
        {
            var kept = letter.Payload[..Math.Min(letter.Payload.Length, _options.PayloadBytesMax)].ToArray();
            var parameters = command.Parameters;
            parameters.Clear();
            parameters.AddWithValue("$at", _clock.GetUtcNow().ToUnixTimeMilliseconds());
            parameters.AddWithValue("$source", letter.Source);
            parameters.AddWithValue("$place", letter.Place);
            parameters.AddWithValue("$reason", letter.Rejection.Reason.ToString());
            parameters.AddWithValue("$detail", letter.Rejection.Detail);
            parameters.AddWithValue("$position", letter.Rejection.BytePosition);
            parameters.AddWithValue("$payload", kept);
            parameters.AddWithValue("$kept", kept.Length);
            parameters.AddWithValue("$bytes", letter.PayloadBytes);
            parameters.AddWithValue("$sha256", letter.PayloadSha256);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Letters first, because they take their payloads along. Each round removes something, so it ends.</summary>
    private void KeepWithinBounds(SqliteTransaction transaction)
    {
        if (Totals().Letters - _options.LettersMax is > 0 and var surplus)
        {
            using var forget = SqliteSchema.Run(_connection, SqliteDeadLetterTables.ForgetOldest);
            forget.Transaction = transaction;
            forget.Parameters.AddWithValue("$surplus", surplus);
            forget.ExecuteNonQuery();
        }
        using var drop = SqliteSchema.Run(_connection, SqliteDeadLetterTables.DropOldestPayload);
        drop.Transaction = transaction;
        while (Totals().PayloadBytesKept > _options.PayloadBytesTotalMax && drop.ExecuteNonQuery() > 0)
            continue;
    }

    private DeadLetterTotals Totals()
    {
        using var command = SqliteSchema.Run(
            _connection, "SELECT letters, payload_kept, payloads_dropped, letters_forgotten FROM totals");
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new DeadLetterTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3))
            : throw new InvalidDataException("The dead-letter store has no totals.");
    }

    private static StoredDeadLetter Stored(SqliteDataReader row)
    {
        var rejection = new Rejection(
            Enum.Parse<RejectionReason>(row.GetString(4)), row.GetString(5), row.GetInt64(6));
        var letter = new DeadLetter(
            row.GetString(2), row.GetString(3), rejection, row.GetFieldValue<byte[]>(7), row.GetInt64(8), row.GetString(9));
        return new StoredDeadLetter(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), letter)
        {
            TimesSeen = row.GetInt64(10),
        };
    }
}

/// <summary>The account of the dead-letter store.</summary>
/// <param name="Letters">Letters stored now.</param>
/// <param name="PayloadBytesKept">Payload bytes stored now.</param>
/// <param name="PayloadsDropped">Letters that lost their payload to the bound.</param>
/// <param name="LettersForgotten">Letters removed by the bound.</param>
public readonly record struct DeadLetterTotals(long Letters, long PayloadBytesKept, long PayloadsDropped, long LettersForgotten);
