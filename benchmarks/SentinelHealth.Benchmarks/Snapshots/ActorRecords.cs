using SentinelHealth.Benchmarks.Throughput;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>
/// A week of a small simulated network, thinned so that each actor acts equally often: of what an actor does, as many events as are asked
/// for, spread evenly. Actors who act less often in that week are left out. In the order of time.
/// </summary>
internal sealed class ActorRecords
{
    private const int EventsPerDay = 20_000, DaysTaken = 7, LaterMax = 100;

    private ActorRecords(IReadOnlyList<RecordTemplate> taken, IReadOnlyList<RecordTemplate> later, int actorCount) =>
        (Taken, Later, ActorCount) = (taken, later, actorCount);

    /// <summary>What each copy of the network does: <see cref="ActorCount"/> times the events of an actor.</summary>
    public IReadOnlyList<RecordTemplate> Taken { get; }

    /// <summary>What the same actors do on the day after that week; a hundred records.</summary>
    public IReadOnlyList<RecordTemplate> Later { get; }

    /// <summary>Actors of one copy.</summary>
    public int ActorCount { get; }

    /// <summary>Simulates a week and takes from it.</summary>
    /// <param name="seed">Which network.</param>
    /// <param name="eventsPerActor">Events of each actor, above 0.</param>
    public static ActorRecords Of(int seed, int eventsPerActor)
    {
        SimulationOptions options = new() { Seed = seed, EventsPerDay = EventsPerDay, Days = DaysTaken + 1, Attacks = ["none"] };
        var laterFrom = options.StartAt.AddDays(DaysTaken);
        var all = Decoded(options).ToList();
        var counts = all.Where(record => record.At < laterFrom).CountBy(record => record.Actor)
            .Where(pair => pair.Value >= eventsPerActor).ToDictionary();
        Dictionary<ulong, long> seen = [];
        List<RecordTemplate> taken = [], later = [];
        foreach (var record in all)
        {
            if (!counts.TryGetValue(record.Actor, out var count))
                continue;
            if (record.At >= laterFrom && later.Count < LaterMax)
                later.Add(new RecordTemplate(record.Json));
            var before = seen.GetValueOrDefault(record.Actor);
            seen[record.Actor] = before + 1;
            if (record.At < laterFrom && (before + 1) * eventsPerActor / count > before * eventsPerActor / count)
                taken.Add(new RecordTemplate(record.Json));
        }
        return new ActorRecords(taken, later, counts.Count);
    }

    private static IEnumerable<(ulong Actor, DateTimeOffset At, byte[] Json)> Decoded(SimulationOptions options)
    {
        NativeEventDecoder decoder = new();
        SentinelEvent observed = new();
        foreach (var record in new HospitalSimulator(options).Events())
        {
            if (!decoder.TryDecode(record.Json, observed, out var rejection))
                throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
            yield return (observed.Key(TextField.Actor), observed.OccurredAt, record.Json);
        }
    }
}
