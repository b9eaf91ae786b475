using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Formats.Fhir;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>A place between two audit events, in order of their times of recording.</summary>
internal readonly record struct AuditCursor(long RecordedMs, long Number);

/// <summary>One page of a search.</summary>
/// <param name="Found">Audit events as they were received.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
internal sealed record AuditPage(IReadOnlyList<ReadOnlyMemory<byte>> Found, AuditCursor? Next);

/// <summary>How long audit events can be found: as long as the event log keeps what it has released.</summary>
internal sealed record AuditRetention(long AuditsMax, TimeSpan AgeMax)
{
    public static AuditRetention OfLog(SqliteEventLogOptions log) => new(log.RetainedEntriesMax, log.RetainedAgeMax);
}

/// <summary>
/// The FHIR audit events of all partitions this process scores, found by time, patient, agent and entity. Filled before a position in
/// the log is committed, so it lacks nothing that was scored; entries that come again after a crash are the same rows.
/// </summary>
/// <remarks>Writing O(log n) a name, one flush a batch that has audit events in it. Reading does not wait for writing.</remarks>
internal sealed class AuditIndex : IDisposable
{
    public const string FileName = "audit-index.db";

    /// <summary>Audit events looked at for one page. A page may be empty and still have a next one.</summary>
    private const int LookedAtMax = 5_000;

    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly AuditRetention _retention;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private readonly Lock _reading = new();

    public AuditIndex(string path, AuditRetention retention, TimeProvider clock)
    {
        var file = new SqliteFile(path);
        (_retention, _clock) = (retention, clock);
        _writer = file.Open();
        Execute(null, AuditIndexStatements.Schema);
        _reader = file.OpenReadOnly();
    }

    /// <summary>Whether everything that was in the log before the index was made is in it by now.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_writing)
            {
                using var command = Command(_writer, null, "SELECT count(*) FROM complete");
                return (long)command.ExecuteScalar()! > 0;
            }
        }
    }

    /// <summary>Takes in what is an audit event among entries. Returns when it is durable.</summary>
    public void Add(IReadOnlyList<LogEntry> entries)
    {
        var found = entries.Where(entry => !entry.IsDuplicate && !entry.IsCopy)
            .Select(entry => (Entry: entry, Keys: AuditEventKeys.Of(entry.Payload)))
            .Where(pair => pair.Keys is not null).ToList();
        if (found.Count == 0)
            return;
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            foreach (var (entry, keys) in found)
                Add(transaction, entry, keys!);
            Trim(transaction);
            transaction.Commit();
        }
    }

    /// <summary>Reads a log that was there before the index, up to an offset. Interrupted, it begins again: rows are not made twice.</summary>
    public async Task CompleteAsync(IEventLog log, int partition, long upTo, CancellationToken cancel)
    {
        for (var after = -1L; after < upTo;)
        {
            var entries = await log.ReadAsync(partition, after, AuditIndexStatements.EntriesPerRead, cancel);
            if (entries.Count == 0)
                break;
            Add([.. entries.TakeWhile(entry => entry.Offset <= upTo)]);
            after = entries[^1].Offset;
        }
        lock (_writing)
            Execute(null, "INSERT OR IGNORE INTO complete VALUES (1)");
    }

    /// <summary>Lets go of what is older than the log keeps, also when nothing new comes.</summary>
    public void Forget()
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            Trim(transaction);
            transaction.Commit();
        }
    }

    /// <summary>The first of the audit events asked for, in order of their times of recording.</summary>
    public AuditPage Find(AuditEventSearch search, AuditCursor? after, int count)
    {
        var from = new AuditCursor(search.From.ToUnixTimeMilliseconds() - 1, long.MaxValue);
        var begin = after is { } cursor && cursor.RecordedMs > from.RecordedMs ? cursor : from;
        var found = new List<ReadOnlyMemory<byte>>();
        var last = begin;
        lock (_reading)
        {
            using var command = CommandFor(search, begin);
            using var reader = command.ExecuteReader();
            for (var looked = 0; reader.Read(); looked++)
            {
                if (found.Count == count || looked == LookedAtMax)
                    return new AuditPage(found, last);
                last = new AuditCursor(reader.GetInt64(0), reader.GetInt64(1));
                var audit = reader.GetFieldValue<byte[]>(2);
                if (search.Matches(audit))
                    found.Add(audit);
            }
        }
        return new AuditPage(found, null);
    }

    public void Dispose()
    {
        lock (_reading)
            _reader.Dispose();
        lock (_writing)
            _writer.Dispose();
    }

    /// <summary>By whatever leads to the fewest: a patient, else a thing, else a person, else the time alone.</summary>
    private SqliteCommand CommandFor(AuditEventSearch search, AuditCursor begin)
    {
        var (kind, name) = search switch
        {
            { Patient: { } patient } => (AuditIndexStatements.Patient, AuditEventKeys.PatientName(patient)),
            { Entity: { } entity } => (AuditIndexStatements.Entity, entity),
            { Agent: { } agent } => (AuditIndexStatements.Agent, agent),
            _ => (0, ""),
        };
        return Command(
            _reader, null, kind == 0 ? AuditIndexStatements.ByTime : AuditIndexStatements.ByName,
            ("$recorded", begin.RecordedMs), ("$number", begin.Number), ("$to", search.To.ToUnixTimeMilliseconds()),
            ("$max", LookedAtMax + 1), ("$kind", kind), ("$name", name));
    }

    private void Add(SqliteTransaction transaction, LogEntry entry, AuditEventKeys keys)
    {
        var recorded = keys.Recorded.ToUnixTimeMilliseconds();
        using var insert = Command(
            _writer, transaction, AuditIndexStatements.Insert,
            ("$partition", entry.Partition), ("$offset", entry.Offset), ("$received", entry.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$recorded", recorded), ("$body", keys.Audit.ToArray()));
        if (insert.ExecuteScalar() is not long number)
            return;
        foreach (var (kind, names) in new[]
        {
            (AuditIndexStatements.Patient, keys.Patients),
            (AuditIndexStatements.Agent, keys.Agents),
            (AuditIndexStatements.Entity, keys.Entities),
        })
        {
            foreach (var name in names)
                Execute(transaction, AuditIndexStatements.Name, ("$kind", kind), ("$name", name), ("$recorded", recorded), ("$number", number));
        }
    }

    /// <summary>What the log no longer keeps is not found any more: the oldest first, at most so many in one commit.</summary>
    private void Trim(SqliteTransaction transaction)
    {
        var oldest = _clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)_retention.AgeMax.TotalMilliseconds;
        using var expired = Command(
            _writer, transaction, AuditIndexStatements.Expired, ("$oldest", oldest), ("$kept", _retention.AuditsMax));
        if (expired.ExecuteScalar() is not long upTo)
            return;
        Execute(transaction, "DELETE FROM names WHERE number <= $upTo", ("$upTo", upTo));
        Execute(transaction, "DELETE FROM audits WHERE number <= $upTo", ("$upTo", upTo));
    }

    private void Execute(SqliteTransaction? transaction, string statement, params ReadOnlySpan<(string, object)> values)
    {
        using var command = Command(_writer, transaction, statement, values);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(
        SqliteConnection connection, SqliteTransaction? transaction, string statement,
        params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Callers pass constants; values travel as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Transaction = transaction;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
