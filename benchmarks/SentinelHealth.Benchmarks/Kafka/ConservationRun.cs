using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>Feeds events in step with their scoring, and does everything bad that the plan asks for on the way.</summary>
internal sealed class ConservationRun : IDisposable
{
    private const int Brokers = 3;
    private const int FeedStep = 1_000;
    private const int ProgressEvery = 100_000;
    private static readonly TimeSpan StallMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly ErrorCode[] ProduceErrors =
        [ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas, ErrorCode.Local_Transport];
    private static readonly ErrorCode[] FetchErrors =
        [ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.BrokerNotAvailable, ErrorCode.LeaderNotAvailable];

    private readonly ConservationPlan _plan;
    private readonly KafkaTestCluster _cluster = new(Brokers);
    private readonly string _storePath;
    private readonly CaseStore _store;
    private readonly WorkerFleet _fleet;
    private readonly KafkaProducer _feeder;
    private readonly Random _random;
    private readonly List<Task> _disturbances = [];

    public ConservationRun(ConservationPlan plan, string folder, string store)
    {
        _plan = plan;
        _random = new Random(plan.Seed);
        _cluster.CreateTopic(ConservationPlan.InTopic, ConservationPlan.Partitions);
        _cluster.CreateTopic("sentinel.events", ConservationPlan.Partitions);
        _storePath = store;
        _store = SharedStore.Open(_storePath);
        DropIndexes();
        _fleet = new WorkerFleet(_cluster.Bootstrap, _storePath, folder);
        _feeder = new KafkaProducer(ConservationPlan.Connection(_cluster.Bootstrap), NullLogger.Instance);
    }

    public int Kills => _fleet.Kills;

    public async Task<ConservationVerdict> RunAsync()
    {
        var faults = Schedule();
        _fleet.Start();
        var (fed, scored) = (0, 0L);
        var toFeed = _plan.Events;
        var running = Stopwatch.StartNew();
        var progress = Stopwatch.StartNew();
        while (scored < toFeed)
        {
            if (running.Elapsed > _plan.FeedFor)
                toFeed = fed;
            while (fed < toFeed && fed - scored < ConservationPlan.InFlightMax)
            {
                await FeedAsync(fed, Math.Min(FeedStep, toFeed - fed));
                fed = Math.Min(fed + FeedStep, toFeed);
            }
            while (faults.TryPeek(out var next, out var at) && scored >= at)
            {
                next();
                faults.Dequeue();
            }
            await Task.Delay(Look);
            var now = (await _store.PositionAsync(CancellationToken.None)).Tally.Scored;
            if (now > scored)
                progress.Restart();
            if (progress.Elapsed > StallMax)
            {
                TellEnds();
                break;
            }
            if (now / ProgressEvery > scored / ProgressEvery)
                Console.Error.WriteLine($"{now} scored, killed {Kills} times");
            scored = now;
            _fleet.CheckAlive();
        }
        await Task.WhenAll(_disturbances);
        // Anything scored twice would come after the last: a moment in which nothing more happens.
        await Task.Delay(TimeSpan.FromSeconds(3));
        _fleet.Dispose();
        return ConservationOracle.Judge(_storePath, fed);
    }

    public void Dispose()
    {
        _fleet.Dispose();
        _feeder.Dispose();
        _store.Dispose();
        _cluster.Dispose();
    }

    /// <summary>Repeats a step until it has arrived: what arrives twice has one identifier, and is to be scored once.</summary>
    private async Task FeedAsync(int first, int count)
    {
        var step = Enumerable.Range(first, count).Select(number => new OutMessage(
            new TopicPartition(ConservationPlan.InTopic, number % ConservationPlan.Keys % ConservationPlan.Partitions),
            new Message<byte[], byte[]>
            {
                Key = ConservationPlan.KeyOf(number),
                Value = ConservationPlan.RecordOf(number),
            })).ToList();
        while (true)
        {
            try
            {
                await _feeder.SendAsync(step, static (_, _) => { }, CancellationToken.None);
                return;
            }
            catch (KafkaException fault)
            {
                await Console.Error.WriteLineAsync($"A step of the feed is repeated: {fault.Error.Reason}");
            }
        }
    }

    /// <summary>What happens after how many scored events.</summary>
    private PriorityQueue<Action, long> Schedule()
    {
        var faults = new PriorityQueue<Action, long>();
        void Add(int times, Action fault)
        {
            for (var i = 0; i < times; i++)
                faults.Enqueue(fault, (long)(_plan.Events * (0.02 + (_random.NextDouble() * 0.9))));
        }
        Add(_plan.Kills, () => _fleet.Kill(_random.Next(ConservationPlan.Workers)));
        Add(_plan.Errors, () => _cluster.FailNext(KafkaRequest.Produce, Some(ProduceErrors)));
        Add(_plan.Errors, () => _cluster.FailNext(KafkaRequest.Fetch, Some(FetchErrors)));
        Add(_plan.Rebalances, () => _disturbances.Add(Task.Run(Intrude)));
        Add(_plan.Outages, () => _disturbances.Add(OutageAsync(_random.Next(Brokers) + 1)));
        return faults;
    }

    private ErrorCode[] Some(ErrorCode[] errors) => [.. Enumerable.Range(0, 6).Select(_ => errors[_random.Next(errors.Length)])];

    private async Task OutageAsync(int broker)
    {
        _cluster.TakeDown(broker);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        _cluster.BringUp(broker);
    }

    /// <summary>Joins both groups, which takes partitions from the workers, reads nothing, and leaves.</summary>
    private void Intrude()
    {
        foreach (var (group, topic) in new[] { ("sentinel-ingest", ConservationPlan.InTopic), ("sentinel-detect", "sentinel.events") })
        {
            using var intruder = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
            {
                BootstrapServers = _cluster.Bootstrap,
                GroupId = group,
                EnableAutoCommit = false,
                AutoOffsetReset = AutoOffsetReset.Latest,
                SessionTimeoutMs = 3_000,
                HeartbeatIntervalMs = 500,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            }).SetLogHandler(static (_, _) => { }).Build();
            intruder.Subscribe(topic);
            for (var until = Stopwatch.StartNew(); until.Elapsed < TimeSpan.FromSeconds(4) && intruder.Assignment.Count == 0;)
                intruder.Consume(Look);
            intruder.Close();
        }
    }

    /// <summary>Where both topics end: whether a stall is before the event log or behind it.</summary>
    private void TellEnds()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = _cluster.Bootstrap, GroupId = "ends" }).Build();
        foreach (var topic in new[] { ConservationPlan.InTopic, "sentinel.events" })
        {
            var ends = Enumerable.Range(0, ConservationPlan.Partitions)
                .Select(at => consumer.QueryWatermarkOffsets(new TopicPartition(topic, at), TimeSpan.FromSeconds(30)))
                .Select(ends => $"{ends.Low}-{ends.High}");
            Console.Error.WriteLine($"Nothing was scored for {StallMax}; {topic}: {string.Join(' ', ends)}");
        }
    }

    /// <summary>Nobody lists these alerts, and keeping them sorted would be half of the run's work.</summary>
    private void DropIndexes()
    {
        using var connection = SharedStore.Connect(_storePath);
        using var command = connection.CreateCommand();
        command.CommandText = "DROP INDEX alert_queue; DROP INDEX alert_by_incident";
        command.ExecuteNonQuery();
    }
}
