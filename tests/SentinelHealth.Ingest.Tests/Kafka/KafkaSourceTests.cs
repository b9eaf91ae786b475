using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class KafkaSourceTests : IDisposable
{
    private const string Topic = "biometric.queries";

    private readonly KafkaTestCluster _cluster = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public KafkaSourceTests() => _cluster.CreateTopic(Topic, 2);

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Records_are_handed_over_with_their_places_however_they_are_compressed(CompressionType compression)
    {
        await ProduceAsync([.. Enumerable.Range(0, 50).Select(Text)], compression);
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 50);

        Assert.Equal(Enumerable.Range(0, 50), intake.Numbers.Order());
        Assert.Equal(50, intake.Records.Select(record => record.Place).Distinct().Count());
        Assert.All(intake.Records, record => Assert.Matches($"^{Topic}/[01]@[0-9]+$", record.Place));
    }

    [Fact]
    public async Task The_prefix_of_a_schema_registry_is_taken_off()
    {
        await ProduceAsync([[0, 0, 0, 1, 44, .. Text(7)], Text(8)]);
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 2);

        Assert.Equal([7, 8], intake.Numbers.Order());
    }

    [Fact]
    public async Task A_cloud_event_in_binary_mode_is_put_together_from_its_headers()
    {
        var audit = """{"resourceType":"AuditEvent","id":"ae-1"}""";
        await ProduceAsync(Encoding.UTF8.GetBytes(audit), new Headers
        {
            { "ce_specversion", "1.0"u8.ToArray() },
            { "ce_id", "7"u8.ToArray() },
            { "ce_source", "/klinik/ä%20b"u8.ToArray() },
            { "ce_type", "t"u8.ToArray() },
            { "ce_empty", null },
            { "content-type", "application/fhir+json"u8.ToArray() },
            { "traceparent", "00-1-2-01"u8.ToArray() },
        });
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 1);

        using var joined = System.Text.Json.JsonDocument.Parse(Assert.Single(intake.Records).Payload);
        Assert.Equal(
            ["datacontenttype", "id", "source", "specversion", "type", "data"],
            joined.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("/klinik/ä%20b", joined.RootElement.GetProperty("source").GetString());
        Assert.Equal(audit, joined.RootElement.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_message_with_other_headers_is_its_value_alone()
    {
        await ProduceAsync(Text(7), new Headers { { "ce_id", "7"u8.ToArray() }, { "traceparent", "x"u8.ToArray() } });
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 1);

        Assert.Equal([7], intake.Numbers);
    }

    [Fact]
    public async Task A_cloud_event_with_headers_beyond_the_bounds_is_refused_with_its_value()
    {
        var headers = new Headers { { "ce_specversion", "1.0"u8.ToArray() }, { "ce_id", new byte[5_000] } };
        await ProduceAsync(Text(7), headers);
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 1);

        var record = Assert.Single(intake.Records);
        Assert.Equal(RejectionReason.TooLarge, record.Refused!.Rejection.Reason);
        Assert.Equal([7], intake.Numbers);
    }

    [Fact]
    public async Task A_message_without_a_value_is_refused_and_not_forgotten()
    {
        await ProduceAsync([null!]);
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 1);

        Assert.Equal(RejectionReason.NotJson, Assert.Single(intake.Records).Refused!.Rejection.Reason);
    }

    [Fact]
    public async Task Places_name_the_topic_and_large_messages_come_whole()
    {
        _cluster.CreateTopic("ledger.transactions", 1);
        byte[] large = [.. "{\"n\":"u8, .. Encoding.UTF8.GetBytes(new string('7', 300_000)), .. "}"u8];
        await ProduceAsync([Text(1)]);
        await ProduceAsync([large, Text(2), []], topic: "ledger.transactions", partitions: 1);
        var intake = new KeepingIntake();

        await RunUntilAsync(intake, () => intake.Records.Count == 4, topics: ["ledger.transactions", Topic]);

        Assert.Equal(
            ["biometric.queries/0@0", "ledger.transactions/0@0", "ledger.transactions/0@1", "ledger.transactions/0@2"],
            intake.Records.Select(record => record.Place).Order(StringComparer.Ordinal));
        Assert.True(intake.Records.Single(record => record.Place == "ledger.transactions/0@0").Payload.Span.SequenceEqual(large));
        Assert.Null(intake.Records.Single(record => record.Place == "ledger.transactions/0@2").Refused);
    }

    [Fact]
    public async Task A_message_is_taken_without_objects_of_its_own()
    {
        const int Messages = 2_000;
        await ProduceAsync([.. Enumerable.Range(0, Messages).Select(Text)]);
        var options = new KafkaSourceOptions { Name = "network", Topics = [Topic], BatchRecordsMax = Messages };
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(KafkaClients.Member(_cluster.Connection, "bare", "")).Build();
        var poll = new MessagePoll(consumer);
        var batch = new SourceBatch(options);
        consumer.Subscribe(Topic);
        void Fill()
        {
            while (!batch.IsFull && !Cancel.IsCancellationRequested)
                if (poll.Take(TimeSpan.FromMilliseconds(100)) is { } message)
                    using (message)
                        if (message.Error == ErrorCode.NoError)
                            batch.Add(message);
        }
        Fill();
        // The lists and the arena have grown by now.
        batch.Clear();
        consumer.Assignment.ForEach(at => consumer.Seek(new TopicPartitionOffset(at, 0)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Messages, batch.Count);
        Assert.True(allocated < Messages * 20, $"{allocated} bytes for {Messages} messages");
        consumer.Close();
    }

    [Fact]
    public async Task What_was_made_durable_is_not_read_again_after_a_restart()
    {
        await ProduceAsync([.. Enumerable.Range(0, 30).Select(Text)]);
        var before = new KeepingIntake();
        await RunUntilAsync(before, () => before.Records.Count == 30);
        await ProduceAsync([.. Enumerable.Range(30, 10).Select(Text)]);

        var after = new KeepingIntake();
        await RunUntilAsync(after, () => after.Records.Count >= 10);

        Assert.Equal(Enumerable.Range(30, 10), after.Numbers.Order());
    }

    [Fact]
    public async Task What_the_intake_refused_is_read_again()
    {
        await ProduceAsync([.. Enumerable.Range(0, 30).Select(Text)]);
        var broken = new KeepingIntake { Fault = new IOException("The disk is full.") };
        await Assert.ThrowsAsync<IOException>(() => Source().RunAsync(broken, Cancel));

        var mended = new KeepingIntake();
        await RunUntilAsync(mended, () => mended.Records.Count >= 30);

        Assert.Equal(Enumerable.Range(0, 30), mended.Numbers.Order());
    }

    [Fact]
    public async Task A_slow_intake_is_waited_for_and_little_is_held_meanwhile()
    {
        await ProduceAsync([.. Enumerable.Range(0, 2_000).Select(Text)]);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var intake = new KeepingIntake { Gate = gate.Task };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var log = new RecordingLogger<KafkaSource>();
        var running = Source(log: log).RunAsync(intake, stop.Token);
        await Patience.UntilAsync(() => log.Said("paused"), () => "It did not pause.");

        Assert.InRange(intake.Records.Count, 1, 100);
        gate.SetResult();
        await Patience.UntilAsync(() => intake.Records.Count >= 2_000, () => $"{intake.Records.Count} came.");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(Enumerable.Range(0, 2_000), intake.Numbers.Order());
    }

    [Fact]
    public async Task A_second_member_takes_over_partitions_and_loses_nothing()
    {
        var (first, second) = (new KeepingIntake(), new KeepingIntake());
        using var stopFirst = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var stopSecond = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await ProduceAsync([.. Enumerable.Range(0, 500).Select(Text)]);
        var running = Source().RunAsync(first, stopFirst.Token);
        await Patience.UntilAsync(() => first.Records.Count == 500, () => $"{first.Records.Count} came.");

        var joining = Source().RunAsync(second, stopSecond.Token);
        var fed = 500;
        await Patience.UntilAsync(
            async () =>
            {
                await ProduceAsync([.. Enumerable.Range(fed, 10).Select(Text)]);
                fed += 10;
                return !second.Records.IsEmpty;
            },
            () => "The second member was given nothing.");
        await Patience.UntilAsync(
            () => first.Numbers.Union(second.Numbers).Count() == fed,
            () => $"{first.Records.Count} + {second.Records.Count} of {fed}.");

        await stopFirst.CancelAsync();
        await stopSecond.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining);
        // What the first member had handed on and not yet committed comes again; the log's deduplication on (source, id) takes it out.
        Assert.Equal(Enumerable.Range(0, fed), first.Numbers.Union(second.Numbers).Order());
    }

    [Fact]
    public async Task A_partition_that_went_while_paused_is_read_when_it_comes_back()
    {
        await ProduceAsync([.. Enumerable.Range(0, 2_000).Select(Text)]);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (staying, visiting) = (new KeepingIntake { Gate = gate.Task }, new KeepingIntake());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var stopVisit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var log = new RecordingLogger<KafkaSource>();
        var running = Source(log: log).RunAsync(staying, stop.Token);
        await Patience.UntilAsync(() => log.Said("paused"), () => "It did not pause.");
        // The partition goes when the wait for what is under way ends.
        var visit = Source().RunAsync(visiting, stopVisit.Token);
        await Patience.UntilAsync(() => !visiting.Records.IsEmpty, () => "The visitor was given nothing.");
        await stopVisit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => visit);

        gate.SetResult();
        await ProduceAsync([.. Enumerable.Range(2_000, 10).Select(Text)]);
        await Patience.UntilAsync(
            () => staying.Numbers.Union(visiting.Numbers).Count() == 2_010,
            () => $"{staying.Numbers.Union(visiting.Numbers).Count()} came.");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private KafkaSource Source(RecordingLogger<KafkaSource>? log = null, params string[] topics) => new(
        _cluster.Connection,
        new KafkaSourceOptions { Name = "network", Topics = topics.Length > 0 ? topics : [Topic], BatchRecordsMax = 100 },
        TimeProvider.System, log ?? new RecordingLogger<KafkaSource>());

    private async Task RunUntilAsync(KeepingIntake intake, Func<bool> isEnough, params string[] topics)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Source(topics: topics).RunAsync(intake, stop.Token);
        await Patience.UntilAsync(isEnough, () => $"{intake.Records.Count} came.");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task ProduceAsync(
        byte[][] values, CompressionType compression = CompressionType.None, string topic = Topic, int partitions = 2)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = _cluster.Bootstrap,
            CompressionType = compression,
        }).Build();
        await Task.WhenAll(values.Select((value, i) =>
            producer.ProduceAsync(
                new TopicPartition(topic, i % partitions), new Message<Null, byte[]> { Value = value }, Cancel)));
    }

    private async Task ProduceAsync(byte[] value, Headers headers)
    {
        var config = new ProducerConfig { BootstrapServers = _cluster.Bootstrap };
        using var producer = new ProducerBuilder<Null, byte[]>(config).Build();
        await producer.ProduceAsync(
            new TopicPartition(Topic, 0), new Message<Null, byte[]> { Value = value, Headers = headers }, Cancel);
    }

    private static byte[] Text(int number) => Encoding.UTF8.GetBytes($"{{\"n\":{number}}}");

    /// <summary>Keeps what it is given, once it may and unless it must fail.</summary>
    private sealed class KeepingIntake : IIntake
    {
        public ConcurrentQueue<SourceRecord> Records { get; } = new();

        public Task Gate { get; init; } = Task.CompletedTask;

        public Exception? Fault { get; init; }

        public IEnumerable<int> Numbers => Records.Select(record =>
            int.Parse(Encoding.UTF8.GetString(record.Payload.Span)[5..^1], System.Globalization.CultureInfo.InvariantCulture));

        public async ValueTask<IntakeResult> AcceptAsync(
            string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            // The bytes are the source's again afterwards.
            var kept = batch.Select(record => record with { Payload = record.Payload.ToArray() }).ToList();
            kept.ForEach(Records.Enqueue);
            await Gate.WaitAsync(cancel);
            for (var i = 0; i < kept.Count; i++)
                Assert.True(kept[i].Payload.Span.SequenceEqual(batch[i].Payload.Span), "A record changed while it was being taken in.");
            return Fault is null ? new IntakeResult(batch.Count, batch.Count, 0, []) : throw Fault;
        }
    }
}
