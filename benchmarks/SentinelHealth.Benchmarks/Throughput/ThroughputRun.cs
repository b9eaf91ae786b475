using System.Diagnostics;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary>What to measure.</summary>
internal sealed record ThroughputSettings(
    int Events, int Actors, int Threads, bool IsPlainToo, bool IsByPart, StagedRules? Written)
{
    /// <summary>Whether the first engine is saved at the end, and read again.</summary>
    public bool IsStateSaved { get; init; }
}

/// <summary>A state that was saved and read again: what moves when a partition does.</summary>
/// <param name="Actors">Actors in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="BytesPerActor">By the actors.</param>
/// <param name="SaveSeconds">To write it into memory.</param>
/// <param name="LoadSeconds">To make an engine of it.</param>
internal sealed record SavedState(long Actors, long Bytes, double BytesPerActor, double SaveSeconds, double LoadSeconds);

/// <summary>What the command prints.</summary>
/// <param name="Events">Events processed.</param>
/// <param name="Actors">Different actors among them.</param>
/// <param name="WarmUpEventsPerSecond">Over the first events, while methods are compiled and recompiled.</param>
/// <param name="EventsPerSecond">After that: per second of processor time with one engine, of the clock with several.</param>
/// <param name="BestEventsPerSecond">Of the best slice after that.</param>
/// <param name="AllocatedBytesPerEvent">After the warm-up; includes tables as they grow.</param>
/// <param name="BytesPerActor">All state of the engine by the actors seen.</param>
/// <param name="AlertsPerMillionEvents">Alert versions raised.</param>
/// <param name="PlainEventsPerSecond">The plain implementation over the same events.</param>
/// <param name="Ratio">How many times faster than that.</param>
/// <param name="BytesByPart">State by part.</param>
internal sealed record ThroughputFigures(
    long Events, long Actors, double WarmUpEventsPerSecond, double EventsPerSecond, double BestEventsPerSecond,
    double AllocatedBytesPerEvent, double BytesPerActor, double AlertsPerMillionEvents, double? PlainEventsPerSecond,
    double? Ratio, Dictionary<string, long>? BytesByPart)
{
    /// <summary>The first engine's state, when it was asked for.</summary>
    public SavedState? State { get; init; }
}

/// <summary>Runs engines over slices of records that are made outside of the timed part.</summary>
internal static class ThroughputRun
{
    private const int SliceEvents = 100_000, WarmUpEvents = 300_000;

    public static ThroughputFigures Measure(ThroughputSettings settings)
    {
        var lanes = Enumerable.Range(0, settings.Threads).Select(thread => new Lane(settings, thread)).ToArray();
        var (warmUp, steady) = (new Tally(), new Tally());
        PlainStatistics plain = new();
        Tally plainly = new();
        var done = 0L;
        while (done < settings.Events && lanes.All(lane => lane.Fill(SliceEvents)))
        {
            var tally = done < WarmUpEvents ? warmUp : steady;
            var events = lanes.Sum(lane => (long)lane.Count);
            tally.Time(events, lanes.Length == 1, () => RunAll(lanes));
            if (settings.IsPlainToo)
                (done < WarmUpEvents ? new Tally() : plainly).Time(lanes[0].Count, true, () => lanes[0].RunPlain(plain));
            done += events;
        }
        Array.ForEach(lanes, lane => lane.Dispose());
        var actors = lanes.Sum(lane => (long)lane.Actors.Count);
        return new ThroughputFigures(
            done, actors, warmUp.Rate, steady.Rate, steady.BestRate, steady.AllocatedPerEvent,
            (double)lanes.Sum(lane => lane.Engine.SizeBytes) / actors, 1e6 * lanes.Sum(lane => lane.AlertCount) / done,
            settings.IsPlainToo ? plainly.Rate : null, settings.IsPlainToo ? steady.Rate / plainly.Rate : null,
            settings.IsByPart ? lanes[0].Engine.BytesByPart() : null)
        {
            State = settings.IsStateSaved ? lanes[0].SaveAndLoad() : null,
        };
    }

    private static void RunAll(Lane[] lanes)
    {
        if (lanes.Length == 1)
            lanes[0].Run();
        else
            Parallel.ForEach(lanes, new ParallelOptions { MaxDegreeOfParallelism = lanes.Length }, lane => lane.Run());
    }

    /// <summary>One engine with its own network.</summary>
    private sealed class Lane : IDisposable
    {
        private readonly NativeEventDecoder _decoder = new();
        private readonly SentinelEvent _observed = new();
        private readonly NetworkCopies _network;
        private readonly DetectionOptions _options;
        private List<byte[]> _records = [];

        public Lane(ThroughputSettings settings, int thread)
        {
            var (events, actors) = (settings.Events / settings.Threads, settings.Actors / settings.Threads);
            _network = new NetworkCopies(actors, Math.Max(1, 1.3 * events / (40.0 * actors)), seed: 7 + thread);
            var options = new DetectionOptions
            {
                ActorsMax = Math.Max(262_144, actors * 2),
                ObjectsMax = Math.Max(262_144, actors * 4),
            };
            // Copies are there to be many, not to live long: calibration begins within the first hours.
            if (_network.Copies > 1)
                options = options with { WarmUpSpan = TimeSpan.FromHours(1) };
            _options = options;
            Engine = new DetectionEngine(options, null, settings.Written);
        }

        public DetectionEngine Engine { get; }

        public HashSet<ulong> Actors { get; } = [];

        public int Count => _records.Count;

        public long AlertCount { get; private set; }

        public void Dispose() => _network.Dispose();

        public bool Fill(int count)
        {
            _records = _network.Next(count);
            foreach (var record in _records)
            {
                if (_decoder.TryDecode(record, _observed, out _))
                    Actors.Add(_observed.Key(TextField.Actor));
            }
            return _records.Count > 0;
        }

        public void Run()
        {
            foreach (var record in _records)
            {
                Decode(record);
                AlertCount += Engine.Process(_observed).Alerts.Count;
            }
        }

        public void RunPlain(PlainStatistics plain)
        {
            foreach (var record in _records)
                plain.Process(record);
        }

        public SavedState SaveAndLoad()
        {
            using var state = new MemoryStream();
            var saving = Stopwatch.StartNew();
            Engine.Save(state);
            var saved = saving.Elapsed.TotalSeconds;
            state.Position = 0;
            var loading = Stopwatch.StartNew();
            var again = DetectionEngine.Load(state, _options);
            var loaded = loading.Elapsed.TotalSeconds;
            if (again.SizeBytes == 0)
                throw new InvalidOperationException("The state that was read again is empty.");
            return new SavedState(Actors.Count, state.Length, (double)state.Length / Actors.Count, saved, loaded);
        }

        private void Decode(byte[] record)
        {
            if (!_decoder.TryDecode(record, _observed, out var rejection))
                throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
        }
    }

    /// <summary>Time and allocation of slices.</summary>
    private sealed class Tally
    {
        private double _seconds;
        private long _events, _allocated;

        public double Rate => _events / _seconds;

        public double BestRate { get; private set; }

        public double AllocatedPerEvent => (double)_allocated / _events;

        public void Time(long events, bool isByProcessor, Action run)
        {
            GC.Collect();
            var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            var (processor, clock) = (Processor(), Stopwatch.StartNew());
            run();
            var seconds = isByProcessor ? (Processor() - processor).TotalSeconds : clock.Elapsed.TotalSeconds;
            _allocated += GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
            (_events, _seconds, BestRate) = (_events + events, _seconds + seconds, Math.Max(BestRate, events / seconds));
        }

        private static TimeSpan Processor() => Process.GetCurrentProcess().TotalProcessorTime;
    }
}
