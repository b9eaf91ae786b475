using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary><c>kafka-throughput</c>: from the brokers to decoded events, beside a plain consumer that only counts.</summary>
internal static class KafkaThroughputCommand
{
    private const string Topic = "biometric.queries";
    private const int Partitions = 16;
    private const int EventBytes = 500;

    public static Command Create()
    {
        Option<int> events = new("--events") { DefaultValueFactory = _ => 400_000, Description = "Events in the topic." };
        Option<int> rounds = new("--rounds") { DefaultValueFactory = _ => 3, Description = "Rounds; the best of each counts." };
        Command command = new("kafka-throughput", "Events per second from Kafka to decoded events, and of a bare consumer.") { events, rounds };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(events), parsed.GetValue(rounds)));
        return command;
    }

    /// <summary>What the command prints, per reader. Everything but the joining counts from the first message on.</summary>
    internal sealed record Figures(
        string Reader, long Events, double JoinSeconds, double EventsPerSecond, double ProcessorMicrosecondsPerEvent,
        double AllocatedBytesPerEvent);

    private static async Task RunAsync(int events, int rounds)
    {
        using var cluster = new KafkaTestCluster();
        cluster.CreateTopic(Topic, Partitions);
        Fill(cluster.Bootstrap, events);
        var best = new Dictionary<string, Figures>();
        for (var round = 0; round < rounds; round++)
        {
            var group = round.ToString(CultureInfo.InvariantCulture);
            Keep(best, Count<byte[]>("plain consumer, counting", cluster, $"plain-{group}", events, null));
            Keep(best, Count("managed client, values ignored", cluster, $"ignore-{group}", events, Deserializers.Ignore));
            Keep(best, await ReadAsync(cluster, $"source-{group}", events));
        }
        var plain = best["plain consumer, counting"];
        foreach (var figures in best.Values)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{JsonSerializer.Serialize(figures, JsonSerializerOptions.Web)} ratio {figures.EventsPerSecond / plain.EventsPerSecond:F2}"));
    }

    private static void Keep(Dictionary<string, Figures> best, Figures figures)
    {
        if (!best.TryGetValue(figures.Reader, out var known) || figures.EventsPerSecond > known.EventsPerSecond)
            best[figures.Reader] = figures;
    }

    private static void Fill(string brokers, int events)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = brokers,
            CompressionType = CompressionType.Lz4,
            LingerMs = 50,
            BatchSize = 1_000_000,
            QueueBufferingMaxMessages = events + 1,
        }).Build();
        for (var i = 0; i < events; i++)
            producer.Produce(new TopicPartition(Topic, i % Partitions), new Message<Null, byte[]> { Value = Record(i) });
        producer.Flush(TimeSpan.FromMinutes(5));
    }

    private static byte[] Record(int i)
    {
        var start = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"schema":"sentinel.biometric-query.v1","id":"bq-{{i:D9}}","time":"2026-11-02T08:14:03.120Z","node":"node:hospital-{{i % 20}}","actor":"did:ethr:0x{{i % 5000:D8}}","actorRole":"nurse","organization":"hospital-{{i % 9}}","operation":"verify","modality":"face","subject":"patient:{{i % 40000}}","gallerySize":1,"candidates":1,"matchScore":0.91,"threshold":0.82,"decision":"match","quality":0.8,"device":"dev-{{i % 300}}","client":"app-ehr","ip":"10.1.2.3","country":"NL","session":"s-4","note":" """);
        return Encoding.UTF8.GetBytes(start.TrimEnd() + new string('x', Math.Max(0, EventBytes - start.TrimEnd().Length - 2)) + "\"}");
    }

    private static Figures Count<TValue>(
        string reader, KafkaTestCluster cluster, string group, int events, IDeserializer<TValue>? deserializer)
    {
        var builder = new ConsumerBuilder<Ignore, TValue>(new ConsumerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        });
        if (deserializer is not null)
            builder.SetValueDeserializer(deserializer);
        using var consumer = builder.Build();
        var clock = new SteadyClock();
        consumer.Subscribe(Topic);
        for (var counted = 0; counted < events;)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is null)
                continue;
            if (counted++ == 0)
                clock.Start();
        }
        var figures = clock.Stop(reader, events - 1);
        consumer.Close();
        return figures;
    }

    private static async Task<Figures> ReadAsync(KafkaTestCluster cluster, string group, int events)
    {
        var clock = new SteadyClock();
        var intake = new DecodingIntake(events, clock);
        var source = new KafkaSource(
            cluster.Connection, new KafkaSourceOptions { Name = "network", Topics = [Topic], Group = group },
            TimeProvider.System, NullLogger<KafkaSource>.Instance);
        using var stop = new CancellationTokenSource();
        var running = source.RunAsync(intake, stop.Token);
        await Task.WhenAny(intake.AllCame, running);
        var figures = clock.Stop("source to decoded events", events - intake.First);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await intake.AllCame;
        return figures;
    }

    /// <summary>Counts from the first message on; what came before is joining the group.</summary>
    private sealed class SteadyClock
    {
        private readonly Stopwatch _joining = Stopwatch.StartNew();
        private readonly Stopwatch _steady = new();
        private readonly Process _process = Process.GetCurrentProcess();
        private TimeSpan _processorBefore;
        private long _allocatedBefore;

        public void Start()
        {
            _joining.Stop();
            _processorBefore = _process.TotalProcessorTime;
            _allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            _steady.Start();
        }

        public Figures Stop(string reader, int events)
        {
            _steady.Stop();
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocatedBefore;
            _process.Refresh();
            var processor = _process.TotalProcessorTime - _processorBefore;
            return new Figures(
                reader, events, _joining.Elapsed.TotalSeconds, events / _steady.Elapsed.TotalSeconds,
                processor.TotalMicroseconds / events, (double)allocated / events);
        }
    }

    /// <summary>Decodes every record as the intake does, on a thread of its own, and counts.</summary>
    private sealed class DecodingIntake(int events, SteadyClock clock) : IIntake
    {
        private readonly NativeEventDecoder _decoder = new();
        private readonly SentinelEvent _event = new();
        private readonly TaskCompletionSource _allCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _came;

        public Task AllCame => _allCame.Task;

        /// <summary>Events of the first batch, which were there when the clock was started.</summary>
        public int First { get; private set; }

        public async ValueTask<IntakeResult> AcceptAsync(
            string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            if (First == 0)
            {
                First = batch.Count;
                clock.Start();
            }
            await Task.Run(() => Decode(batch), CancellationToken.None);
            return new IntakeResult(batch.Count, batch.Count, 0, []);
        }

        private void Decode(IReadOnlyList<SourceRecord> batch)
        {
            foreach (var record in batch)
                if (!_decoder.TryDecode(record.Payload, _event, out var rejection))
                    throw new InvalidOperationException(rejection.Detail);
            if ((_came += batch.Count) >= events)
                _allCame.TrySetResult();
        }
    }
}
