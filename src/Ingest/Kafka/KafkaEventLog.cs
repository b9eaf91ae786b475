using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>The event log of several processes: a Kafka topic whose partitions the members of a group share.</summary>
/// <remarks>
/// Appends return once all in-sync replicas have them. Records with the same order key keep their order. A record appended twice,
/// by two processes or after a crash, is marked for the reader when it stands within
/// <see cref="KafkaEventLogOptions.DedupeOffsetsMax"/> offsets of the first; the mark depends on the log alone, so every reader
/// and every restart sees the same. Positions are the reader's: whoever commits one must compare it with the stored one (I1).
/// Safe for any number of threads. While the brokers are away appends wait and reads beyond what is buffered wait too.
/// </remarks>
public sealed class KafkaEventLog : IEventLog, IAsyncDisposable
{
    private readonly KafkaConnection _connection;
    private readonly KafkaEventLogOptions _options;
    private readonly KafkaLogReader? _reader;
    private readonly KafkaLogWriter _writer;
    private readonly IConsumer<byte[], byte[]> _inquirer;

    private KafkaEventLog(
        KafkaConnection connection, KafkaEventLogOptions options, LogTail tail, bool isMember, TimeProvider clock, ILogger logger)
    {
        (_connection, _options, PartitionCount) = (connection, options, tail.Partitions);
        _inquirer = new ConsumerBuilder<byte[], byte[]>(KafkaClients.Member(connection, options.Group, ""))
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .Build();
        _reader = isMember ? new KafkaLogReader(connection, options, logger) : null;
        _writer = new KafkaLogWriter(
            connection, options, tail, clock, (partition, offset) => _reader?.Appended(partition, offset), logger);
    }

    /// <summary>Joins the group, and returns when it has its partitions or <see cref="KafkaConnection.StartTimeout"/> has passed.</summary>
    /// <param name="connection">The brokers.</param>
    /// <param name="options">The topic and the bounds.</param>
    /// <param name="clock">Stamps entries.</param>
    /// <param name="logger">Told of rebalances and faults.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="isMember">Whether it joins at all. One that does not has no partitions: it appends, and knows where they end.</param>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    /// <exception cref="IOException">The brokers do not answer, or the topic does not exist.</exception>
    /// <exception cref="DllNotFoundException">The native library is missing.</exception>
    public static async Task<KafkaEventLog> OpenAsync(
        KafkaConnection connection, KafkaEventLogOptions options, TimeProvider clock, ILogger<KafkaEventLog> logger,
        CancellationToken cancel, bool isMember = true)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        Validator.ValidateObject(connection, new ValidationContext(connection), validateAllProperties: true);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var tail = await Task.Run(() => LogTail.Read(connection, options, clock, logger), cancel);
        var log = new KafkaEventLog(connection, options, tail, isMember, clock, logger);
        try
        {
            // More members than partitions is no fault: such a member stands by.
            if (log._reader is { } member)
                await Task.WhenAny(member.FirstAssignment, Task.Delay(connection.StartTimeout, clock, cancel));
            cancel.ThrowIfCancellationRequested();
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many partitions the topic has.</summary>
    public int PartitionCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Partitions => _reader?.Partitions ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<int> AllPartitions => [.. Enumerable.Range(0, PartitionCount)];

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
    {
        EventEnvelope.ThrowIfUnnamed(batch);
        return batch.Count == 0 ? default : await _writer.AppendAsync(batch, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(int partition, long afterOffset, int entriesMax, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entriesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(afterOffset, -1);
        cancel.ThrowIfCancellationRequested();
        return _reader?.ReadAsync(partition, afterOffset, entriesMax, cancel) ?? new([]);
    }

    /// <inheritdoc/>
    public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
        _reader?.WaitForEntriesAsync(partition, afterOffset, cancel) ?? default;

    /// <inheritdoc/>
    /// <exception cref="IOException">The brokers do not answer.</exception>
    public async ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel)
    {
        try
        {
            var at = new TopicPartition(_options.Topic, partition);
            return await Task.Run(() => _inquirer.QueryWatermarkOffsets(at, _connection.StartTimeout).High.Value - 1, cancel);
        }
        catch (KafkaException fault)
        {
            throw new IOException($"The end of {_options.Topic}/{partition} is not known: {fault.Error.Reason}", fault);
        }
    }

    /// <summary>
    /// Says that entries up to and including <paramref name="offset"/> are done with. Committed to the group for those who watch its
    /// lag; this log never reads it back. Nothing is removed: that is the topic's own retention.
    /// </summary>
    public void Release(int partition, long offset) => _reader?.Release(partition, offset);

    /// <summary>Leaves the group at once, so that others take over without waiting. Later appends fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        await _writer.DisposeAsync();
        _inquirer.Dispose();
    }
}
