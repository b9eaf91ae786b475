using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class KafkaEventLogConformanceTests : EventLogConformance
{
    private readonly KafkaTestCluster _cluster = new();

    public KafkaEventLogConformanceTests() => _cluster.CreateTopic("sentinel.events", 3);

    protected override async ValueTask<IEventLog> OpenAsync() => await KafkaEventLog.OpenAsync(
        _cluster.Connection, new KafkaEventLogOptions(), TimeProvider.System, NullLogger<KafkaEventLog>.Instance,
        TestContext.Current.CancellationToken);

    protected override ValueTask CloseAsync(IEventLog log) => ((KafkaEventLog)log).DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _cluster.Dispose();
    }
}
