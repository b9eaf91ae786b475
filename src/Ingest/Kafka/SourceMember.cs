using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>One membership of a source's group, from joining to leaving. One thread, which also runs the rebalance handlers.</summary>
internal sealed class SourceMember : IDisposable
{
    /// <summary>A little longer than a busy log takes: pausing throws away what was fetched ahead.</summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(20);

    private readonly KafkaSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly MessagePoll _poll;
    private SourceBatch _filling;
    private SourceBatch? _underWay;
    private SourceBatch? _spare;
    private ExceptionDispatchInfo? _handlerFault;
    private Task _accepting = Task.CompletedTask;

    public SourceMember(KafkaConnection connection, KafkaSourceOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _filling = new SourceBatch(options);
        var config = KafkaClients.Member(connection, options.Group, options.InstanceId);
        config.EnablePartitionEof = false;
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .SetErrorHandler((_, error) => { if (!error.IsFatal) logger.ReadFailed(options.Name, error.Reason); })
            .SetPartitionsAssignedHandler((_, came) => Handle(Came, came))
            .SetPartitionsRevokedHandler((_, went) => Handle(Went, went))
            .SetPartitionsLostHandler((_, lost) => Handle(Lost, lost))
            .Build();
        _poll = new MessagePoll(_consumer);
    }

    /// <summary>Reads until cancelled. Throws what the intake throws: nothing of that batch is committed then.</summary>
    public void Run(IIntake intake, CancellationToken cancel)
    {
        _consumer.Subscribe(_options.TopicsOrNative);
        while (!cancel.IsCancellationRequested)
        {
            Fill();
            SettleIfDone();
            if (_filling.Count == 0)
                continue;
            WaitForIntake(cancel);
            (_underWay, _filling, _spare) = (_filling, _spare ?? new SourceBatch(_options), null);
            _accepting = intake.AcceptAsync(_options.Name, _underWay.Records, cancel).AsTask();
        }
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Gives what is under way a moment to become durable, commits it, and leaves the group.</summary>
    public void Dispose()
    {
        TrySettle();
        _consumer.Close();
        _consumer.Dispose();
    }

    private void Fill()
    {
        var startedAt = _clock.GetTimestamp();
        while (!_filling.IsFull)
        {
            var left = _options.BatchTimeMax - _clock.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero)
                return;
            Consume(left);
        }
    }

    /// <summary>Takes one message into the batch that is being filled, if one comes in time.</summary>
    private void Consume(TimeSpan patience)
    {
        var polled = _poll.Take(patience);
        _handlerFault?.Throw();
        if (polled is not { } message)
            return;
        using (message)
        {
            if (message.Error == ErrorCode.NoError)
                _filling.Add(message);
            else if (message.Error == ErrorCode.Local_Fatal)
                throw new KafkaException(new Error(ErrorCode.Local_Fatal, message.Fault, isFatal: true));
            else
                _logger.ReadFailed(_options.Name, message.Fault);
        }
    }

    /// <summary>A handler runs inside the library, which nothing may be thrown through.</summary>
    private void Handle<T>(Action<T> handler, T partitions)
    {
        _poll.ForgetTopics();
        try
        {
            handler(partitions);
        }
        catch (Exception fault)
        {
            // Thrown where the poll returns. The first one is the cause of the others.
            _handlerFault ??= ExceptionDispatchInfo.Capture(fault);
            _logger.ReadFailed(_options.Name, fault.Message);
        }
    }

    /// <summary>Returns when the intake is free. Membership goes on meanwhile; what is not wanted yet is not fetched.</summary>
    private void WaitForIntake(CancellationToken cancel)
    {
        // Whether it failed is looked at when it is settled.
        if (!((IAsyncResult)_accepting).AsyncWaitHandle.WaitOne(PauseAfter))
        {
            _logger.SourcePaused(_options.Name);
            while (!_accepting.IsCompleted)
            {
                cancel.ThrowIfCancellationRequested();
                // Again each time: partitions that have come meanwhile are not paused.
                _consumer.Pause(_consumer.Assignment);
                Consume(PollTime);
            }
            _consumer.Resume(_consumer.Assignment);
            _logger.SourceResumed(_options.Name);
        }
        SettleIfDone();
    }

    private void SettleIfDone()
    {
        if (_accepting.IsCompleted)
            Settle();
    }

    /// <summary>The batch under way is durable: its end may be committed. Throws when it is not.</summary>
    private void Settle()
    {
        if (_underWay is not { } batch)
            return;
        _underWay = null;
        _accepting.GetAwaiter().GetResult();
        foreach (var end in batch.Ends)
            Store(end);
        batch.Clear();
        _spare = batch;
    }

    private void Store(TopicPartitionOffset end)
    {
        try
        {
            _consumer.StoreOffset(end);
        }
        catch (KafkaException fault) when (!fault.Error.IsFatal)
        {
            // The partition is another member's now. It repeats these records, and the log recognizes them.
            _logger.ReadFailed(_options.Name, $"{end.Topic}/{end.Partition.Value} is not ours any more: {fault.Error.Reason}");
        }
    }

    /// <summary>Waits for the batch under way within bounds, and commits it if it became durable.</summary>
    private void TrySettle()
    {
        if (_underWay is null || !((IAsyncResult)_accepting).AsyncWaitHandle.WaitOne(HandoverPatience))
            return;
        if (_accepting.IsCompletedSuccessfully)
            Settle();
    }

    private void Came(List<TopicPartition> came)
    {
        if (came.Count > 0)
            _logger.PartitionsCame(_options.Name, _options.Group, KafkaClients.Names(came));
    }

    /// <summary>Called before the partitions go: what is under way is finished first, so that the next member repeats nothing.</summary>
    private void Went(List<TopicPartitionOffset> went)
    {
        TrySettle();
        LetGo(went);
        if (went.Count > 0)
            _logger.PartitionsWent(_options.Name, _options.Group, KafkaClients.Names(went));
    }

    private void LetGo(List<TopicPartitionOffset> gone)
    {
        List<TopicPartition> partitions = [.. gone.Select(at => at.TopicPartition)];
        _filling.Drop(partitions);
        try
        {
            // The library remembers a pause: what went while it was paused would come back paused, and nobody would resume it.
            _consumer.Resume(partitions);
        }
        catch (KafkaException fault) when (!fault.Error.IsFatal)
        {
            _logger.ReadFailed(_options.Name, fault.Error.Reason);
        }
    }

    private void Lost(List<TopicPartitionOffset> lost)
    {
        LetGo(lost);
        _logger.PartitionsLost(_options.Name, _options.Group, KafkaClients.Names(lost));
    }
}
