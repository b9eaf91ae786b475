using System.Text;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>What two sources have to deliver: a piece of a simulated network's day, slightly out of order, with records that are none.</summary>
internal sealed class WholeTraffic
{
    private const int Networks = 16, EventsPerDay = 1_000, LengthMin = 100, DisorderMax = 8, BatchMax = 60;
    private const double Days = 0.1;

    // What rules see at once: a run is too short for habits to be learned.
    private static readonly string[] Attacks =
    [
        "rogue-node", "sybil-nodes", "revoked-consent-access", "purpose-abuse", "no-consent-access", "off-ledger-access", "proof-replay",
        "revoked-credential-use", "claim-fraud", "escrow-drain",
    ];

    private static readonly Lazy<SimulatedNetwork>[] Known =
        [.. Enumerable.Range(1, Networks).Select(seed => new Lazy<SimulatedNetwork>(() => NetworkOf(seed)))];

    private readonly IChoices _choices;
    private readonly List<SourceRecord>[] _queues = [[], []];
    private readonly int[] _positions = new int[2];

    public WholeTraffic(IChoices choices)
    {
        _choices = choices;
        var network = Known[choices.Pick(Networks)].Value;
        Validators = network.Validators;
        var length = LengthMin + choices.Pick(network.Records.Count - LengthMin);
        foreach (var record in network.Records.Take(length).Chunk(DisorderMax).SelectMany(Disordered))
            Queue(record);
    }

    /// <summary>When the simulated day is over: no event is ahead of its receipt.</summary>
    public static DateTimeOffset EndsAt { get; } = new SimulationOptions().StartAt.AddDays(1);

    public IReadOnlyList<string> Validators { get; }

    public bool IsDelivered => _queues.Select((queue, source) => _positions[source] == queue.Count).All(all => all);

    /// <summary>What a source sends next; null when it has sent everything.</summary>
    public (int Source, IReadOnlyList<SourceRecord> Batch)? Next()
    {
        var source = _choices.Pick(_queues.Length);
        if (_positions[source] == _queues[source].Count)
            source = (source + 1) % _queues.Length;
        var batch = _queues[source].Skip(_positions[source]).Take(1 + _choices.Pick(BatchMax)).ToList();
        return batch.Count == 0 ? null : (source, batch);
    }

    /// <summary>The source heard that a batch is durable, and goes on behind it.</summary>
    public void Heard(int source, int count) => _positions[source] += count;

    private IEnumerable<byte[]> Disordered(byte[][] window) => window.OrderBy(_ => _choices.Pick(1_000));

    private void Queue(byte[] record)
    {
        var source = _choices.Pick(_queues.Length);
        _queues[source].Add(new SourceRecord(record, $"source-{source}:{_queues[source].Count}"));
        if (_choices.Happens(40))
            _queues[source].Add(new SourceRecord(Encoding.UTF8.GetBytes("{\"schema\":\"nobody knows\"}"), $"source-{source}:{_queues[source].Count}"));
    }

    private static SimulatedNetwork NetworkOf(int seed)
    {
        var simulator = new HospitalSimulator(new SimulationOptions
        {
            Seed = seed,
            Days = Days,
            EventsPerDay = EventsPerDay,
            Attacks = Attacks,
            QuietShare = 0.2,
            InstancesPerAttack = 2,
        });
        return new SimulatedNetwork([.. simulator.Events().Select(item => item.Json)], [.. simulator.ValidatorNodes]);
    }

    private sealed record SimulatedNetwork(IReadOnlyList<byte[]> Records, IReadOnlyList<string> Validators);
}
