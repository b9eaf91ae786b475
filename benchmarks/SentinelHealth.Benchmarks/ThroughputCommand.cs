using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks;

/// <summary><c>throughput</c>: native records in memory, decoded, scored by every detector, ruled and correlated.</summary>
internal static class ThroughputCommand
{
    /// <summary>About so many events an active person causes a day in the simulated network; sizes the population.</summary>
    private const int EventsPerActorDay = 40;

    public static Command Create()
    {
        Option<int> events = new("--events") { Required = true, Description = "Events to process." };
        Option<int> actors = new("--actors") { Required = true, Description = "Actors among them, about." };
        Option<int> threads = new("--threads") { DefaultValueFactory = _ => 1, Description = "Engines side by side, each with its own share." };
        Option<string?> rules = new("--rules") { Description = "Folder of written rules to run, too." };
        Command command = new("throughput", "Events per second, bytes per actor, allocations per event.") { events, actors, threads, rules };
        command.SetAction(parsed => Console.WriteLine(JsonSerializer.Serialize(
            Measure(parsed.GetValue(events), parsed.GetValue(actors), parsed.GetValue(threads), RulesIn(parsed.GetValue(rules))),
            JsonSerializerOptions.Web)));
        return command;
    }

    /// <summary>What the command prints.</summary>
    internal sealed record Figures(
        long Events, double Seconds, double EventsPerSecond, double BytesPerActor, double AllocatedBytesPerEvent);

    internal static Figures Measure(int events, int actors, int threads, StagedRules? written = null)
    {
        var shares = Enumerable.Range(0, threads).Select(i => Records(events / threads, actors / threads, seed: 7 + i)).ToArray();
        var engines = shares.Select(_ => new DetectionEngine(new DetectionOptions(), null, written)).ToArray();
        GC.Collect();
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => Process(shares[i], engines[i]));
        clock.Stop();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        var processed = shares.Sum(share => (long)share.Length);
        var distinctActors = shares.Sum(DistinctActors);
        var stateBytes = engines.Sum(engine => engine.SizeBytes);
        return new Figures(
            processed, clock.Elapsed.TotalSeconds, processed / clock.Elapsed.TotalSeconds,
            (double)stateBytes / distinctActors, (double)allocated / processed);
    }

    private static void Process(byte[][] records, DetectionEngine engine)
    {
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        foreach (var record in records)
        {
            if (!decoder.TryDecode(record, observed, out var rejection))
                throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
            engine.Process(observed);
        }
    }

    private static StagedRules? RulesIn(string? folder) => folder is null ? null : StagedRules.Of(
        [.. Directory.EnumerateFiles(folder, "*.yml", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".test.yml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(file => SigmaLoader.Read(file, File.ReadAllText(file)))],
        new Dictionary<string, DetectorStage>());

    private static byte[][] Records(int events, int actors, int seed)
    {
        var perDay = Math.Clamp(actors * EventsPerActorDay, 500, 5_000_000);
        var options = new SimulationOptions { Seed = seed, EventsPerDay = perDay, Days = Math.Max(1, 1.3 * events / perDay) };
        return [.. new HospitalSimulator(options).Events().Take(events).Select(simulated => simulated.Json)];
    }

    private static long DistinctActors(byte[][] records)
    {
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        HashSet<ulong> actors = [];
        foreach (var record in records)
        {
            if (decoder.TryDecode(record, observed, out _))
                actors.Add(observed.Key(TextField.Actor));
        }
        return actors.Count;
    }
}
