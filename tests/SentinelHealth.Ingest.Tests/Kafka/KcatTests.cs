using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Ingest.Tests.Kafka;

/// <summary>What another client reads and writes. The test script installs kcat.</summary>
public sealed class KcatTests : IDisposable
{
    private readonly KafkaTestCluster _cluster = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(KafkaCompression.Lz4)]
    [InlineData(KafkaCompression.Zstd)]
    [InlineData(KafkaCompression.Gzip)]
    [InlineData(KafkaCompression.Snappy)]
    [InlineData(KafkaCompression.None)]
    public async Task Another_client_reads_what_the_log_has_written(KafkaCompression compression)
    {
        _cluster.CreateTopic("sentinel.events", 1);
        await using var log = await KafkaEventLog.OpenAsync(
            _cluster.Connection with { Compression = compression }, new(), TimeProvider.System,
            NullLogger<KafkaEventLog>.Instance, Cancel);
        await log.AppendAsync(
            [.. Enumerable.Range(0, 100).Select(i => new EventEnvelope("s", $"{i}", Encoding.UTF8.GetBytes($"{{\"number\":{i}}}")))],
            Cancel);

        var lines = await Kcat.RunAsync(
            [], "-b", _cluster.Bootstrap, "-C", "-t", "sentinel.events", "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%o %s\n");

        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i} {{\"number\":{i}}}")), lines);
    }

    [Fact]
    public async Task A_dead_letter_goes_out_with_its_cause_and_its_place()
    {
        _cluster.CreateTopic("sentinel.dead-letters", 1);
        var letter = new StoredDeadLetter(1, DateTimeOffset.UnixEpoch, new DeadLetter(
            "network", "biometric.queries/1@42",
            new Rejection(RejectionReason.MissingField, "actor is missing.", 17), "{}"u8.ToArray(), 2, "ab12"));
        using (var publisher = new KafkaPublisher(_cluster.Connection, NullLogger<KafkaPublisher>.Instance))
            await publisher.SendAsync([DeadLetterMessage.Of("sentinel.dead-letters", letter)], Cancel);

        var lines = await Kcat.RunAsync(
            [], "-b", _cluster.Bootstrap, "-C", "-t", "sentinel.dead-letters", "-o", "beginning", "-e", "-q", "-f", "%k|%s|%h\n");

        var headers = lines.Single().Split('|')[2].Split(',').ToHashSet();
        Assert.StartsWith("network biometric.queries/1@42|{}|", lines.Single(), StringComparison.Ordinal);
        Assert.Superset(
            new HashSet<string>
            {
                "x-exception-type=MissingField", "x-exception-message=actor is missing.", "x-source=network", "x-sha256=ab12",
                "x-original-topic=biometric.queries", "x-original-partition=1", "x-original-offset=42",
            },
            headers);
    }
}
