using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using SentinelHealth.Benchmarks.Throughput;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>
/// One partition: an engine fed with what its own actors do, saved, dropped, read again and compared. Each event of the small network
/// happens in every copy of it before the next one happens in the first, so that neighbors in the stream share no state.
/// </summary>
internal sealed class ActorStatePartition
{
    private const int LookEvery = 50_000, LaterCopies = 10;

    private readonly int _partition, _firstCopy, _copies;
    private readonly ActorRecords _records;
    private readonly DetectionOptions _options;
    private readonly SnapshotFile _file;
    private readonly NativeEventDecoder _decoder = new();
    private readonly SentinelEvent _observed = new();
    private readonly byte[] _room = new byte[RecordTemplate.BytesMax];

    /// <param name="partition">Which; its actors are in no other one.</param>
    /// <param name="actors">How many it shall hold at least.</param>
    /// <param name="records">What they do.</param>
    /// <param name="file">Where its snapshot goes.</param>
    public ActorStatePartition(int partition, int actors, ActorRecords records, SnapshotFile file)
    {
        _copies = (actors + records.ActorCount - 1) / records.ActorCount;
        // No number of a copy is in two partitions: there are no more copies than actors.
        (_partition, _firstCopy, _records, _file) = (partition, partition * actors, records, file);
        _options = new DetectionOptions
        {
            ActorsMax = Math.Max(262_144, ActorCount * 2),
            ObjectsMax = Math.Max(262_144, ActorCount * 4),
        };
    }

    /// <summary>Actors that act in it.</summary>
    public int ActorCount => _copies * _records.ActorCount;

    private long EventCount => (long)_copies * _records.Taken.Count;

    /// <summary>Builds and measures it; holds one engine at a time.</summary>
    /// <exception cref="OperationCanceledException">Asked for, while it was fed.</exception>
    public PartitionState Measure(CancellationToken cancel)
    {
        var before = Memory.Now();
        var (built, verdicts) = BuildAndSave(before, cancel);
        return RestoreAndCompare(built, verdicts, Memory.Now());
    }

    /// <remarks>A method of its own, so that nothing holds the engine after it.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (PartitionState Built, List<Judgement> Verdicts) BuildAndSave(Memory before, CancellationToken cancel)
    {
        DetectionEngine engine = new(_options);
        var startedAt = Stopwatch.GetTimestamp();
        var alerts = Feed(engine, cancel);
        var took = Stopwatch.GetElapsedTime(startedAt);
        var after = Memory.Now();
        var (actors, patients, devices) = engine.EntitiesHeld;
        if (actors != ActorCount)
            throw new InvalidOperationException($"{ActorCount} actors acted in partition {_partition}, and it holds {actors}.");
        Tell("writing the snapshot");
        PartitionState built = new(
            _partition, actors, patients, devices, EventCount, alerts, took.TotalSeconds, engine.SizeBytes,
            after.Managed - before.Managed, after.Resident - before.Resident);
        var saved = _file.Write(engine);
        return (built with { SnapshotBytes = _file.Bytes, SaveSeconds = saved.TotalSeconds }, ScoreLater(engine));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PartitionState RestoreAndCompare(PartitionState built, List<Judgement> verdicts, Memory before)
    {
        Tell("reading the snapshot");
        var (engine, took, fromDisk) = _file.Read(_options);
        var after = Memory.Now();
        Tell("comparing");
        var isSame = _file.Holds(engine) && engine.EntitiesHeld == (built.ActorsHeld, built.PatientsHeld, built.DevicesHeld);
        return built with
        {
            LoadSeconds = took.TotalSeconds,
            BytesFromDisk = fromDisk,
            RestoredResidentBytes = after.Resident - before.Resident,
            IsRestoredSame = isSame,
            LaterEvents = verdicts.Count,
            LaterEventsAlike = ScoreLater(engine).Zip(verdicts).Count(pair => pair.First == pair.Second),
        };
    }

    private long Feed(DetectionEngine engine, CancellationToken cancel)
    {
        var (alerts, done, startedAt) = (0L, 0L, Stopwatch.GetTimestamp());
        foreach (var record in _records.Taken)
        {
            for (var copy = 0; copy < _copies; copy++)
            {
                alerts += Process(engine, record, copy).Alerts.Count;
                if (++done % LookEvery != 0)
                    continue;
                cancel.ThrowIfCancellationRequested();
                Tell(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{done:#,0} of {EventCount:#,0} events, {done / Stopwatch.GetElapsedTime(startedAt).TotalSeconds:#,0} a second"));
            }
        }
        return alerts;
    }

    /// <summary>What the engine says of the next day's first events, in a few of the copies.</summary>
    private List<Judgement> ScoreLater(DetectionEngine engine)
    {
        List<Judgement> said = [];
        foreach (var record in _records.Later)
        {
            for (var copy = 0; copy < Math.Min(LaterCopies, _copies); copy++)
            {
                var verdict = Process(engine, record, copy);
                var alerts = string.Join(' ', verdict.Alerts.Select(alert => alert.Id));
                said.Add(new Judgement(verdict.Score, verdict.PValue, alerts));
            }
        }
        return said;
    }

    private EventVerdict Process(DetectionEngine engine, RecordTemplate record, int copy)
    {
        var length = record.Write(_room, _firstCopy + copy);
        if (!_decoder.TryDecode(_room.AsMemory(0, length), _observed, out var rejection))
            throw new InvalidOperationException($"A copied record was refused: {rejection.Detail}");
        return engine.Process(_observed);
    }

    private void Tell(string what) => Console.Error.Write($"\rpartition {_partition}: {what,-60}");

    private readonly record struct Judgement(double Score, double PValue, string Alerts);

    /// <summary>Bytes after a full collection that gives back what it can.</summary>
    private readonly record struct Memory(long Managed, long Resident)
    {
        public static Memory Now()
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return new Memory(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);
        }
    }
}
