using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>The reading half of the log: a member of the group, and what it has fetched of its partitions.</summary>
/// <remarks>
/// One thread talks to the library and fills the feeds; readers take from them under a gate. Where to read is said by the
/// readers alone: what the group has committed is for those who watch its lag.
/// </remarks>
internal sealed class KafkaLogReader : IDisposable
{
    private const int DeliverMax = 2_000;
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    private readonly KafkaEventLogOptions _options;
    private readonly Func<IConsumer<byte[], byte[]>> _join;
    private readonly ILogger _logger;
    private readonly SourceNames _names = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, PartitionFeed> _feeds = [];
    private readonly Dictionary<int, long> _appended = [];
    private readonly Dictionary<int, long> _released = [];
    private readonly List<ConsumeResult<byte[], byte[]>> _fetched = [];
    private readonly TaskCompletionSource _firstAssignment = NewSignal();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private TaskCompletionSource _changed = NewSignal();
    private long _assignments;

    public KafkaLogReader(KafkaConnection connection, KafkaEventLogOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        var config = KafkaClients.Member(connection, options.Group, options.InstanceId);
        config.ConsumeResultFields = "timestamp";
        _join = () => new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .SetErrorHandler((_, error) => { if (!error.IsFatal) logger.ReadFailed(options.Topic, error.Reason); })
            .SetPartitionsAssignedHandler((_, came) => Came(came))
            .SetPartitionsRevokedHandler((_, went) => Went(went))
            .SetPartitionsLostHandler((_, lost) => Lost(lost))
            .Build();
        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka-log {options.Topic}" };
        _thread.Start();
    }

    /// <summary>Completes when the group has given this member its first partitions.</summary>
    public Task FirstAssignment => _firstAssignment.Task;

    public IReadOnlyList<int> Partitions
    {
        get
        {
            lock (_gate)
                return [.. _feeds.Keys];
        }
    }

    public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
        int partition, long afterOffset, int entriesMax, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_feeds.TryGetValue(partition, out var feed))
                    return [];
                feed.Expect(afterOffset + 1);
                if (feed.HasEntries)
                    return feed.Take(entriesMax);
                if (feed.IsReadToEnd(_appended.GetValueOrDefault(partition)))
                    return [];
                changed = _changed.Task;
            }
            await WaitAsync(changed, cancel);
        }
    }

    public async ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel)
    {
        var assignments = Interlocked.Read(ref _assignments);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_feeds.TryGetValue(partition, out var feed) || assignments != _assignments)
                    return;
                feed.Expect(afterOffset + 1);
                if (feed.HasEntries)
                    return;
                changed = _changed.Task;
            }
            await WaitAsync(changed, cancel);
        }
    }

    /// <summary>An append of this process is durable: whoever reads now must find it, even if the end was reached before.</summary>
    public void Appended(int partition, long offset)
    {
        lock (_gate)
            _appended[partition] = Math.Max(_appended.GetValueOrDefault(partition), offset + 1);
    }

    /// <summary>Tells the group how far the partition is done with.</summary>
    public void Release(int partition, long offset)
    {
        lock (_gate)
            _released[partition] = offset + 1;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var consumer = _join();
                consumer.Subscribe(_options.Topic);
                while (!_stop.IsCancellationRequested)
                    Step(consumer);
                consumer.Close();
            }
            catch (KafkaException fault)
            {
                // Fatal for this member only: fenced by a namesake, or refused. A new member begins with nothing.
                _logger.MemberFailed(_options.Topic, _options.Group, fault.Error.Reason, KafkaClients.RejoinWait);
                Went([.. Partitions.Select(partition => new TopicPartitionOffset(_options.Topic, partition, Offset.Unset))]);
                _stop.Token.WaitHandle.WaitOne(KafkaClients.RejoinWait);
            }
        }
    }

    private void Step(IConsumer<byte[], byte[]> consumer)
    {
        Steer(consumer);
        try
        {
            _fetched.Clear();
            for (var result = consumer.Consume(PollTime); result is not null; result = consumer.Consume(TimeSpan.Zero))
            {
                _fetched.Add(result);
                if (_fetched.Count == DeliverMax)
                    break;
            }
        }
        catch (ConsumeException fault) when (!fault.Error.IsFatal)
        {
            _logger.ReadFailed(_options.Topic, fault.Error.Reason);
        }
        if (_fetched.Count > 0)
            Deliver();
    }

    /// <summary>Sends the fetching where readers want it, pauses what is full, and stores what is done with.</summary>
    private void Steer(IConsumer<byte[], byte[]> consumer)
    {
        List<(TopicPartition At, PartitionFeed Feed, long? Seek)> feeds;
        List<TopicPartitionOffset> released;
        lock (_gate)
        {
            feeds = [.. _feeds.Select(pair => (new TopicPartition(_options.Topic, pair.Key), pair.Value, pair.Value.SeekTo))];
            released = [.. _released.Where(pair => _feeds.ContainsKey(pair.Key))
                .Select(pair => new TopicPartitionOffset(_options.Topic, pair.Key, pair.Value))];
            _released.Clear();
        }
        foreach (var (at, feed, seek) in feeds)
        {
            try
            {
                Steer(consumer, at, feed, seek);
            }
            catch (KafkaException fault) when (!fault.Error.IsFatal)
            {
                // The partition has only just come and cannot be moved yet, or it is going: the next step sees which.
                continue;
            }
        }
        foreach (var offset in released)
            Store(consumer, offset);
    }

    private void Steer(IConsumer<byte[], byte[]> consumer, TopicPartition at, PartitionFeed feed, long? seek)
    {
        bool shouldPause, shouldResume;
        lock (_gate)
            (shouldPause, shouldResume) = (feed.ShouldPause, feed.ShouldResume);
        if (shouldPause && feed.IsPaused != true)
        {
            consumer.Pause([at]);
            feed.IsPaused = true;
        }
        else if (shouldResume && feed.IsPaused != false)
        {
            consumer.Resume([at]);
            feed.IsPaused = false;
        }
        // After the resume, which would otherwise take the fetching back to where it was.
        if (seek is not { } offset)
            return;
        consumer.Seek(new TopicPartitionOffset(at, offset));
        lock (_gate)
            feed.Sought(offset);
    }

    private void Store(IConsumer<byte[], byte[]> consumer, TopicPartitionOffset offset)
    {
        try
        {
            consumer.StoreOffset(offset);
        }
        catch (KafkaException fault) when (!fault.Error.IsFatal)
        {
            // Gone meanwhile. Only those who watch the lag look at it; positions live with the state.
            _logger.ReadFailed(_options.Topic, fault.Error.Reason);
        }
    }

    private void Deliver()
    {
        lock (_gate)
        {
            foreach (var result in _fetched)
            {
                if (!_feeds.TryGetValue(result.Partition.Value, out var feed))
                    continue;
                if (result.IsPartitionEOF)
                    feed.ReachedEnd();
                else
                    feed.Add(EntryOf(result, out var key), key);
            }
        }
        Pulse();
    }

    private LogEntry EntryOf(ConsumeResult<byte[], byte[]> result, out UInt128 key)
    {
        var (recordKey, payload) = (result.Message.Key, result.Message.Value ?? []);
        var isOurs = LogRecordKey.IsOurs(recordKey);
        key = isOurs ? LogRecordKey.Digest(recordKey) : LogRecordKey.DigestOfStranger(payload);
        var source = isOurs ? _names.Of(LogRecordKey.Source(recordKey)) : _options.Topic;
        return new LogEntry(
            result.Partition.Value, result.Offset.Value, source,
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, result.Message.Timestamp.UnixTimestampMs)), payload)
        {
            IsCopy = isOurs && LogRecordKey.Place(recordKey) == LogRecordPlace.Copy,
        };
    }

    private void Came(List<TopicPartition> came)
    {
        lock (_gate)
        {
            foreach (var partition in came)
                _feeds.TryAdd(partition.Partition.Value, new PartitionFeed(_options));
            _assignments++;
        }
        if (came.Count > 0)
            _logger.PartitionsCame(_options.Topic, _options.Group, KafkaClients.Names(came));
        _firstAssignment.TrySetResult();
        Pulse();
    }

    private void Went(List<TopicPartitionOffset> went)
    {
        Forget(went);
        if (went.Count > 0)
            _logger.PartitionsWent(_options.Topic, _options.Group, KafkaClients.Names(went));
    }

    /// <summary>Others have them already. What readers still hold of them is refused when they commit: the position has moved.</summary>
    private void Lost(List<TopicPartitionOffset> lost)
    {
        Forget(lost);
        _logger.PartitionsLost(_options.Topic, _options.Group, KafkaClients.Names(lost));
    }

    private void Forget(List<TopicPartitionOffset> gone)
    {
        lock (_gate)
        {
            foreach (var partition in gone)
                _feeds.Remove(partition.Partition.Value);
            _assignments++;
        }
        Pulse();
    }

    private void Pulse()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = NewSignal();
        }
        changed.TrySetResult();
    }

    private async Task WaitAsync(Task changed, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, typeof(KafkaEventLog));
        await changed.WaitAsync(cancel);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
