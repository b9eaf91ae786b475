using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Log;

/// <summary>The event log of a single process: one partition in a SQLite file.</summary>
/// <remarks>
/// Appends are durable when they return: concurrent ones share a commit and its flush. Safe for any number of threads; one process
/// at a time, which a lock file beside the database enforces. Deduplication looks at the newest
/// <see cref="SqliteEventLogOptions.DedupeIdsMax"/> records. Append O(log entries) a record; opening reads the remembered keys,
/// about half a second for a million.
/// </remarks>
public sealed class SqliteEventLog : IEventLog, IAsyncDisposable
{
    private static readonly int[] OnlyPartition = [0];

    private readonly FileStream _processLock;
    private readonly SqliteLogWriter _writer;
    private readonly SqliteLogReader _reader;
    private readonly Lock _waitGate = new();
    private TaskCompletionSource _grown = NewSignal();
    private long _endOffset = -1;

    private SqliteEventLog(SqliteFile file, FileStream processLock, SqliteEventLogOptions options, TimeProvider clock)
    {
        _processLock = processLock;
        var store = new SqliteLogStore(file);
        _reader = new SqliteLogReader(file, options.ReadBytesMax);
        _writer = new SqliteLogWriter(store, options, clock, Grow);
    }

    /// <summary>Opens or creates the log.</summary>
    /// <param name="file">The database; its own file, not shared with other tables.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="clock">Stamps entries and measures their age.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="IOException">Another process, or another instance in this one, has the log open.</exception>
    /// <exception cref="InvalidDataException">The log was written by a later version.</exception>
    public static SqliteEventLog Open(SqliteFile file, SqliteEventLogOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file.Path))!);
        // The system drops this lock when the process ends, however it ends.
        var processLock = new FileStream(file.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            return new SqliteEventLog(file, processLock, options, clock);
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Partitions => OnlyPartition;

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
    {
        EventEnvelope.ThrowIfUnnamed(batch);
        return batch.Count == 0 ? default : await _writer.AppendAsync(batch, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(int partition, long afterOffset, int entriesMax, CancellationToken cancel)
    {
        CheckPartition(partition);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entriesMax);
        cancel.ThrowIfCancellationRequested();
        return new ValueTask<IReadOnlyList<LogEntry>>(_reader.Read(partition, afterOffset, entriesMax));
    }

    /// <inheritdoc/>
    public async ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel)
    {
        CheckPartition(partition);
        while (true)
        {
            Task grown;
            lock (_waitGate)
            {
                if (_endOffset > afterOffset)
                    return;
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel)
    {
        CheckPartition(partition);
        cancel.ThrowIfCancellationRequested();
        lock (_waitGate)
            return new ValueTask<long>(_endOffset);
    }

    /// <summary>
    /// Says that every consumer has durably processed the entries up to and including <paramref name="offset"/>: only these may be
    /// removed when there are too many or they are too old. Until it is called nothing is removed (I1).
    /// </summary>
    public void Release(long offset) => _writer.Release(offset);

    /// <summary>Commits what is waiting, then closes. Later appends fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _reader.Dispose();
        await _processLock.DisposeAsync();
    }

    private void Grow(long endOffset)
    {
        TaskCompletionSource grown;
        lock (_waitGate)
        {
            _endOffset = endOffset;
            grown = _grown;
            _grown = NewSignal();
        }
        grown.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void CheckPartition(int partition)
    {
        if (partition != 0)
            throw new ArgumentOutOfRangeException(nameof(partition), partition, "The embedded log has partition 0 only.");
    }
}
