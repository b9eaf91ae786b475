using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>A message on its way out.</summary>
/// <param name="At">Topic and partition; <see cref="Partition.Any"/> lets the key choose.</param>
/// <param name="Message">Key, value and headers.</param>
internal readonly record struct OutMessage(TopicPartition At, Message<byte[], byte[]> Message);

/// <summary>An idempotent producer that is made anew when the library gives it up.</summary>
/// <remarks>One batch at a time. Not thread-safe.</remarks>
internal sealed class KafkaProducer : IDisposable
{
    private static readonly TimeSpan QueueWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(5);

    private readonly Func<IProducer<byte[], byte[]>> _make;
    private readonly ILogger _logger;
    private readonly TimeSpan _deliveryTimeout;
    private readonly string _name;
    private IProducer<byte[], byte[]> _producer;
    private volatile string? _fatal;

    public KafkaProducer(KafkaConnection connection, ILogger logger)
    {
        (_logger, _deliveryTimeout, _name) = (logger, connection.DeliveryTimeout, connection.ClientId);
        var config = KafkaClients.Producer(connection);
        _make = () => new ProducerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .SetErrorHandler((_, error) => _fatal = error.IsFatal ? error.Reason : _fatal)
            .Build();
        _producer = _make();
    }

    /// <summary>The client, for questions about the cluster.</summary>
    public Handle Handle => _producer.Handle;

    /// <summary>
    /// Sends a batch and answers when every message has arrived, or all of it was given up: after a time, or when cancelled.
    /// <paramref name="arrived"/> is told each message's place in the batch, its partition and offset, from the library's thread.
    /// </summary>
    /// <exception cref="KafkaException">At least one message did not arrive, or nobody knows.</exception>
    public async Task SendAsync(
        IReadOnlyList<OutMessage> batch, Action<int, TopicPartitionOffset> arrived, CancellationToken cancel)
    {
        Renew();
        var delivery = new Delivery(batch.Count, arrived);
        for (var i = 0; i < batch.Count; i++)
        {
            while (!TryProduce(batch[i], delivery.HandlerOf(i), out var fault))
            {
                if (fault is not null)
                {
                    delivery.Fail(batch.Count - i, fault);
                    break;
                }
                await Task.Delay(QueueWait, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!cancel.IsCancellationRequested)
                    continue;
                delivery.Fail(batch.Count - i, new Error(ErrorCode.Local_Fail, "The producer is being closed."));
                break;
            }
            if (delivery.IsAbandoned)
                break;
        }
        if (await Task.WhenAny(delivery.Done, Task.Delay(_deliveryTimeout, cancel)) != delivery.Done)
            GiveUp(delivery);
        await delivery.Done;
    }

    /// <summary>Closes the client. Nothing may be under way.</summary>
    public void Dispose()
    {
        if (_fatal is null)
            _producer.Flush(FlushPatience);
        _producer.Dispose();
    }

    /// <summary>All of a batch together, and nothing after it, so that its repetition keeps the order. The producer is not used again.</summary>
    private void GiveUp(Delivery delivery)
    {
        _fatal = $"a batch did not arrive within {_deliveryTimeout}, or the program stops";
        _producer.Dispose();
        delivery.Fail(int.MaxValue, new Error(ErrorCode.Local_TimedOut, "The brokers did not answer in time."));
    }

    private bool TryProduce(OutMessage message, Action<DeliveryReport<byte[], byte[]>> handler, out Error? fault)
    {
        fault = null;
        try
        {
            _producer.Produce(message.At, message.Message, handler);
            return true;
        }
        catch (ProduceException<byte[], byte[]> refused)
        {
            if (refused.Error.Code != ErrorCode.Local_QueueFull)
                fault = refused.Error;
            return false;
        }
    }

    private void Renew()
    {
        if (_fatal is not { } reason)
            return;
        _logger.ProducerFailed(_name, reason);
        _producer.Dispose();
        _fatal = null;
        _producer = _make();
    }

    /// <summary>Counts a batch's messages home.</summary>
    private sealed class Delivery(int count, Action<int, TopicPartitionOffset> arrived)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _missing = count;
        private Error? _fault;

        public Task Done => _done.Task;

        public bool IsAbandoned { get; private set; }

        public Action<DeliveryReport<byte[], byte[]>> HandlerOf(int place) => report =>
        {
            if (report.Error.IsError)
                Home(1, report.Error);
            else
            {
                arrived(place, report.TopicPartitionOffset);
                Home(1, null);
            }
        };

        public void Fail(int rest, Error fault)
        {
            IsAbandoned = true;
            Home(rest, fault);
        }

        private void Home(int messages, Error? fault)
        {
            if (fault is not null)
                Interlocked.CompareExchange(ref _fault, fault, null);
            if (Interlocked.Add(ref _missing, -(long)messages) > 0)
                return;
            if (_fault is null)
                _done.TrySetResult();
            else
                _done.TrySetException(new KafkaException(_fault));
        }
    }
}
