using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>How much is done to the workers, and the events they are given.</summary>
/// <param name="Events">Events fed.</param>
/// <param name="Kills">SIGKILLs.</param>
/// <param name="Rebalances">Members that join both groups for a moment and leave.</param>
/// <param name="Outages">Times a broker is away.</param>
/// <param name="Errors">Bursts of refused produce requests, and as many of refused fetch requests.</param>
/// <param name="Seed">Decides when and to whom.</param>
internal sealed record ConservationPlan(int Events, int Kills, int Rebalances, int Outages, int Errors, int Seed)
{
    /// <summary>How long is fed at most; what was fed by then is judged.</summary>
    public TimeSpan FeedFor { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether the workers share a PostgreSQL server rather than a file.</summary>
    public bool IsOnServer { get; init; }

    public const int Keys = 1_000;
    public const int Partitions = 8;
    public const int Workers = 2;

    /// <summary>Fed and not yet scored. The test brokers keep about 5 MB a partition, and these are about 1 MB.</summary>
    public const int InFlightMax = 24_000;

    public const string InTopic = "biometric.queries";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static KafkaSourceOptions Source { get; } = new() { Name = "network", Topics = [InTopic] };

    public static KafkaConnection Connection(string brokers) => new()
    {
        BootstrapServers = brokers,
        SessionTimeout = TimeSpan.FromSeconds(3),
        StartTimeout = TimeSpan.FromSeconds(60),
        DeliveryTimeout = TimeSpan.FromSeconds(40),
        // The test brokers check no sequence numbers, so only one request at a time keeps the order.
        RequestsInFlightMax = 1,
    };

    /// <summary>Every key's events are in the order of their times already, so nothing need be held to put an order right.</summary>
    public static MonitorOptions Monitor { get; } =
        new() { Order = new OrderedScoringOptions { AllowedLateness = TimeSpan.Zero } };

    /// <summary>The identifier says which key the event has and which of its events it is.</summary>
    public static string IdOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number % Keys}-{number / Keys}");

    public static byte[] KeyOf(int number) => Encoding.UTF8.GetBytes(ActorOf(number));

    /// <summary>A second apart, so that the order of a key's events is also that of their times.</summary>
    public static byte[] RecordOf(int number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"schema":"sentinel.biometric-query.v1","id":"{{IdOf(number)}}","time":"{{Start.AddSeconds(number):O}}","node":"node:{{number % 7}}","actor":"{{ActorOf(number)}}","actorRole":"nurse","organization":"hospital-a","operation":"verify","subject":"patient:{{number % 997}}","gallerySize":1,"decision":"match"}"""));

    private static string ActorOf(int number) => string.Create(CultureInfo.InvariantCulture, $"actor:{number % Keys}");
}
