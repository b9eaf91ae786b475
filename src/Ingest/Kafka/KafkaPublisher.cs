using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>A message for others to read.</summary>
/// <param name="Topic">Where it goes.</param>
/// <param name="Key">What keeps its order: messages with one key share a partition.</param>
/// <param name="Body">Its bytes.</param>
public sealed record OutgoingMessage(string Topic, string Key, ReadOnlyMemory<byte> Body)
{
    /// <summary>What is said about it beside its body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>Sends messages out: alerts, actions and dead letters.</summary>
/// <remarks>One batch at a time. At least once: whoever calls repeats what was not answered, so readers recognize repetitions by key.</remarks>
public sealed class KafkaPublisher : IDisposable
{
    private readonly KafkaProducer _producer;

    /// <summary>Connects in the background; brokers that are away are waited for when sending.</summary>
    /// <exception cref="DllNotFoundException">The native library is missing.</exception>
    public KafkaPublisher(KafkaConnection connection, ILogger<KafkaPublisher> logger)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _producer = new KafkaProducer(connection, logger);
    }

    /// <summary>Answers when every message has arrived at all in-sync replicas.</summary>
    /// <exception cref="IOException">At least one has not, or nobody knows. The caller repeats the batch.</exception>
    public async Task SendAsync(IReadOnlyList<OutgoingMessage> batch, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            return;
        try
        {
            await _producer.SendAsync([.. batch.Select(Of)], static (_, _) => { }, cancel);
        }
        catch (KafkaException fault)
        {
            throw new IOException($"Messages did not arrive: {fault.Error.Reason}", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private static OutMessage Of(OutgoingMessage message)
    {
        var headers = new Headers();
        foreach (var (name, value) in message.Headers)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return new OutMessage(
            new TopicPartition(message.Topic, Partition.Any),
            new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(message.Key),
                Value = LogRecordKey.WholeArray(message.Body),
                Headers = headers,
            });
    }
}
