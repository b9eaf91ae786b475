using Microsoft.Data.Sqlite;

namespace SentinelHealth.Ingest.Log;

/// <summary>The reading connection of the event log. One read at a time; a writer does not block it.</summary>
internal sealed class SqliteLogReader : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _select;
    private readonly Dictionary<long, string> _sources = [];
    private readonly int _bytesMax;

    public SqliteLogReader(SqliteFile file, int bytesMax)
    {
        _bytesMax = bytesMax;
        _connection = file.OpenReadOnly();
        _select = SqliteSchema.Prepare(
            _connection,
            "SELECT offset, source, received_at, payload FROM entries WHERE offset > $after ORDER BY offset LIMIT $entriesMax",
            ("$after", SqliteType.Integer), ("$entriesMax", SqliteType.Integer));
    }

    public List<LogEntry> Read(int partition, long afterOffset, int entriesMax)
    {
        lock (_gate)
        {
            var entries = new List<LogEntry>();
            var bytes = 0L;
            _select.Parameters[0].Value = afterOffset;
            _select.Parameters[1].Value = entriesMax;
            using var reader = _select.ExecuteReader();
            while (bytes < _bytesMax && reader.Read())
            {
                var payload = reader.GetFieldValue<byte[]>(3);
                var receivedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2));
                entries.Add(new LogEntry(partition, reader.GetInt64(0), SourceName(reader.GetInt64(1)), receivedAt, payload));
                bytes += payload.Length;
            }
            return entries;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _select.Dispose();
            _connection.Dispose();
        }
    }

    private string SourceName(long number)
    {
        if (_sources.TryGetValue(number, out var known))
            return known;
        using var command = SqliteSchema.Run(_connection, "SELECT name FROM sources WHERE number = $number");
        command.Parameters.AddWithValue("$number", number);
        return _sources[number] = (string?)command.ExecuteScalar()
            ?? throw new InvalidDataException($"The event log names source {number}, which it does not hold.");
    }
}
