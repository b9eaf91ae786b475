using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using SentinelHealth.Benchmarks.Throughput;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What load to put on a cluster.</summary>
internal sealed record LoadPlan
{
    /// <summary>Of each topic.</summary>
    public const int Partitions = 8;

    /// <summary>Processes that take in and score.</summary>
    public required int Workers { get; init; }

    /// <summary>How long the load goes on, once the networks are founded, before anything is measured.</summary>
    public required TimeSpan Warm { get; init; }

    public required TimeSpan Measured { get; init; }

    /// <summary>Events a second; 0 for as many as are scored.</summary>
    public required int Rate { get; init; }

    /// <summary>About so many people in the networks.</summary>
    public required int Actors { get; init; }
}

/// <summary>
/// Hospital networks as they happen: each event has the time at which it is written, in the order of its network. Once a second a node
/// that nobody admitted does something, which must be told at once.
/// </summary>
/// <remarks>No more is on its way than brokers of the test kind keep: without a rate, that is what holds the feed back.</remarks>
internal sealed class LoadFeed : IDisposable
{
    /// <summary>Events on their way at most: five megabytes, were all of them in one partition.</summary>
    private const int OnTheWayMax = 5_000;

    private const int BatchMax = 250;

    /// <summary>So many first events of a network are mostly its foundation.</summary>
    private const int FoundingEvents = 3_000;

    private const double EndlessDays = 60;
    private static readonly TimeSpan IntruderEvery = TimeSpan.FromSeconds(1);

    /// <summary>Names of the networks, unlike each other: nodes that are called almost alike would be told of.</summary>
    private static readonly string[] Regions =
    [
        "alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ironwood", "juniper", "katsura", "larch", "maple",
        "nutmeg", "oak", "pine", "quince", "rowan", "spruce", "tamarack", "ulmus", "viburnum", "willow", "xylosma", "yew", "zelkova",
        "acacia", "beech", "cypress", "ebony", "ficus", "gum", "holly", "ilex", "jacaranda", "kauri", "linden", "myrtle", "neem", "olive",
    ];

    private static readonly string[] Organizations = ["hospital-", "insurer-", "institute-", "lab-"];

    private readonly LoadPlan _plan;
    private readonly NetworkCopies _network;
    private readonly IProducer<Null, byte[]> _producer;
    private readonly Dictionary<string, DateTimeOffset> _intruders = new(StringComparer.Ordinal);
    private long _fed;

    public LoadFeed(SentinelCluster cluster, LoadPlan plan)
    {
        _plan = plan;
        _network = new NetworkCopies(plan.Actors, EndlessDays, seed: 11, DateTimeOffset.UtcNow);
        if (_network.Copies > Regions.Length)
            throw new ArgumentException($"There are names for {Regions.Length} networks, and these would be {_network.Copies}.", nameof(plan));
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = cluster.Brokers.Bootstrap,
            LingerMs = 5,
            MaxInFlight = 1,
        }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Whether the networks are past their foundation, when everybody joins, consents and is given access.</summary>
    public bool IsFounded => Fed >= (long)FoundingEvents * _network.Copies;

    /// <summary>Events written.</summary>
    public long Fed => Interlocked.Read(ref _fed);

    /// <summary>Nodes that nobody admitted, and when each acted first.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Intruders
    {
        get
        {
            lock (_intruders)
                return new Dictionary<string, DateTimeOffset>(_intruders);
        }
    }

    /// <summary>Feeds until stopped, as one thread.</summary>
    /// <param name="scored">How many have been scored.</param>
    /// <param name="stop">Ends it.</param>
    public void Run(Func<long> scored, CancellationToken stop)
    {
        var (started, intruderAt) = (Stopwatch.StartNew(), TimeSpan.Zero);
        long? founded = null;
        while (!stop.IsCancellationRequested)
        {
            var room = Math.Min(BatchMax, OnTheWayMax - (int)(Fed - scored()));
            if (IsFounded && founded is null)
            {
                founded = Fed;
                (started, intruderAt) = (Stopwatch.StartNew(), TimeSpan.Zero);
            }
            if (_plan.Rate > 0 && founded is not null)
                room = Math.Min(room, (int)((_plan.Rate * started.Elapsed.TotalSeconds) - (Fed - founded)));
            if (room <= 0)
            {
                Thread.Sleep(2);
                continue;
            }
            var isIntruderDue = founded is not null && started.Elapsed >= intruderAt;
            for (; room > 0; room--)
            {
                Write(_network.Next(1)[0], isIntruderDue);
                intruderAt = isIntruderDue ? started.Elapsed + IntruderEvery : intruderAt;
                isIntruderDue = false;
            }
        }
        _producer.Flush(TimeSpan.FromSeconds(30));
    }

    public void Dispose()
    {
        _producer.Dispose();
        _network.Dispose();
    }

    private void Write(byte[] record, bool isIntruder)
    {
        var now = DateTimeOffset.UtcNow;
        var text = With(OfRegion(Encoding.UTF8.GetString(record), Regions[_network.LastCopy]), "\"time\":\"", now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (isIntruder)
        {
            var node = $"node:intruder-{Intruders.Count}";
            text = With(text, "\"node\":\"", node);
            lock (_intruders)
                _intruders[node] = now;
        }
        // A network's events stay in their order: all of one copy are in one partition.
        var place = new TopicPartition("ledger.transactions", _network.LastCopy % LoadPlan.Partitions);
        _producer.Produce(place, new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(text) });
        Interlocked.Increment(ref _fed);
    }

    /// <summary>Every network has organizations and nodes of its own.</summary>
    private static string OfRegion(string record, string region) => Organizations.Aggregate(
        record, (text, organization) => text.Replace(organization, region + "-", StringComparison.Ordinal));

    private static string With(string record, string before, string value)
    {
        var start = record.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return string.Concat(record.AsSpan(0, start), value, record.AsSpan(record.IndexOf('"', start)));
    }
}
