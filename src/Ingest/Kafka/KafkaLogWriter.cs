using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>The appending half of the log: one task takes waiting appends together, in the order in which they came.</summary>
internal sealed class KafkaLogWriter : IAsyncDisposable
{
    private const int GroupEntriesMax = 8_192;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly KafkaEventLogOptions _options;
    private readonly KafkaProducer _producer;
    private readonly int _partitions;
    private readonly DedupeWindow _window;
    private readonly TimeProvider _clock;
    private readonly Action<int, long> _appended;
    private readonly Channel<PendingAppend> _waiting;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;

    public KafkaLogWriter(
        KafkaConnection connection, KafkaEventLogOptions options, LogTail tail, TimeProvider clock, Action<int, long> appended,
        ILogger logger)
    {
        (_options, _clock, _appended) = (options, clock, appended);
        (_partitions, _window) = (tail.Partitions, tail.Window);
        _producer = new KafkaProducer(connection, logger);
        _waiting = Channel.CreateBounded<PendingAppend>(
            new BoundedChannelOptions(options.WaitingAppendsMax) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var pending = new PendingAppend(batch, cancel);
        try
        {
            await _waiting.Writer.WriteAsync(pending, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(KafkaEventLog));
        }
        // Not cancelled from here on: the writer alone knows whether the batch is durable.
        return await pending.Done;
    }

    /// <summary>What is under way is given a moment to arrive; after it, appends fail that may or may not have.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        if (await Task.WhenAny(_running, Task.Delay(ClosePatience)) != _running)
            await _closing.CancelAsync();
        await _running;
        _producer.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        var group = new List<PendingAppend>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            for (var entries = 0; entries < GroupEntriesMax && _waiting.Reader.TryRead(out var next);)
            {
                if (next.TryAbandon())
                    continue;
                group.Add(next);
                entries += next.Batch.Count;
            }
            if (group.Count > 0)
                await AppendAndAnswerAsync(group);
            group.Clear();
        }
    }

    private async Task AppendAndAnswerAsync(List<PendingAppend> group)
    {
        var fresh = new List<OutMessage>();
        // One of each record, and how many messages it became: itself and its copies follow each other.
        var digests = new List<(UInt128 Digest, int Messages)>();
        try
        {
            Sort(group, fresh, digests);
            var hasArrived = new bool[fresh.Count];
            try
            {
                if (fresh.Count > 0)
                    await _producer.SendAsync(fresh, (place, at) => Arrived(hasArrived, place, at), _closing.Token);
            }
            finally
            {
                Remember(digests, hasArrived);
            }
            group.ForEach(static pending => pending.Complete());
        }
        catch (Exception failure)
        {
            // Whatever it was, each caller is told, and repeats its batch: what did arrive is recognized by then, or by the readers.
            group.ForEach(pending => pending.Fail(failure));
        }
    }

    /// <summary>In the order of the log, so that the window forgets the oldest first; a record only once all its copies have arrived.</summary>
    private void Remember(List<(UInt128 Digest, int Messages)> digests, bool[] hasArrived)
    {
        var first = 0;
        foreach (var (digest, messages) in digests)
        {
            if (!hasArrived.AsSpan(first, messages).Contains(false))
                _window.Add(digest);
            first += messages;
        }
    }

    private void Sort(List<PendingAppend> group, List<OutMessage> fresh, List<(UInt128 Digest, int Messages)> digests)
    {
        var added = new HashSet<UInt128>();
        var now = new Timestamp(_clock.GetUtcNow());
        foreach (var pending in group)
        {
            var appended = 0;
            foreach (var envelope in pending.Batch)
            {
                var digest = DedupeWindow.KeyOf(envelope.Source, envelope.Id);
                if (_window.Contains(digest) || !added.Add(digest))
                    continue;
                digests.Add((digest, Write(envelope, digest, now, fresh)));
                appended++;
            }
            pending.Outcome = new AppendResult(appended, pending.Batch.Count - appended);
        }
    }

    /// <summary>The record where it belongs, and when all must know of it, a copy everywhere else.</summary>
    private int Write(in EventEnvelope envelope, UInt128 digest, Timestamp now, List<OutMessage> fresh)
    {
        var payload = LogRecordKey.WholeArray(envelope.Payload);
        var orderKey = envelope.OrderKey != 0 ? envelope.OrderKey : StableHash.Of(envelope.Id);
        var own = (int)(orderKey % (ulong)_partitions);
        Add(own, envelope.IsForAll ? LogRecordPlace.Shared : LogRecordPlace.Own, envelope.Source);
        if (!envelope.IsForAll)
            return 1;
        for (var partition = 0; partition < _partitions; partition++)
        {
            if (partition != own)
                Add(partition, LogRecordPlace.Copy, envelope.Source);
        }
        return _partitions;

        void Add(int partition, LogRecordPlace place, string source) => fresh.Add(new OutMessage(
            new TopicPartition(_options.Topic, partition),
            new Message<byte[], byte[]> { Key = LogRecordKey.Encode(digest, place, source), Value = payload, Timestamp = now }));
    }

    private void Arrived(bool[] hasArrived, int place, TopicPartitionOffset at)
    {
        hasArrived[place] = true;
        _appended(at.Partition.Value, at.Offset.Value);
    }
}
