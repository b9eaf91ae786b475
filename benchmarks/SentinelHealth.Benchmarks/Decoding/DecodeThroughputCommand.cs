using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Decoding;

/// <summary><c>decode-throughput</c>: the decoding benchmarks by processor time, for machines that have other work to do.</summary>
internal static class DecodeThroughputCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4), Slice = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        Option<int> slices = new("--slices") { DefaultValueFactory = _ => 12, Description = "Quarter seconds for each; the best counts." };
        Command command = new("decode-throughput", "MB per second of processor time from native NDJSON to events, beside System.Text.Json.") { slices };
        command.SetAction(parsed => Measure(parsed.GetValue(slices)));
        return command;
    }

    private static void Measure(int slices)
    {
        foreach (var format in new[] { EventKind.LedgerTransaction, EventKind.BiometricQuery })
        {
            var set = NativeNdjson.Of(format);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{format}: {set.Records.Length} records of {set.Lines.Length / set.Records.Length} bytes"));
            var runs = new DecodingBenchmarks { Format = format };
            runs.Setup();
            Tell(set, "bare Utf8JsonReader", slices, () => runs.BareUtf8JsonReader());
            Tell(set, "NDJSON to events", slices, () => runs.NdjsonToEvents().GetAwaiter().GetResult());
            Tell(set, "records to events", slices, () => runs.RecordsToEvents());
            Tell(set, "records to events, all keys", slices, () => runs.RecordsToEventsAndAllKeys());
            Tell(set, "thorough pass alone", slices, () => runs.RecordsThoroughly());
            Tell(set, "deserialization, generated", slices, () => runs.GeneratedDeserialization());
            Tell(set, "deserialization, reflected", slices, () => runs.ReflectedDeserialization());
        }
    }

    private static void Tell(NativeNdjson set, string what, int slices, Action run)
    {
        for (var warmUp = Stopwatch.StartNew(); warmUp.Elapsed < WarmUp;)
            run();
        var (best, allocated) = (TimeSpan.MaxValue, 0.0);
        for (var slice = 0; slice < slices; slice++)
        {
            var (runs, bytes, before) = (0, GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < Slice; runs++)
                run();
            var taken = (Environment.CpuUsage.TotalTime - before) / runs;
            if (taken < best)
            {
                var allocatedBytes = (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes);
                (best, allocated) = (taken, allocatedBytes / runs / set.Records.Length);
            }
        }
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                What = what,
                MegabytesPerSecond = Math.Round(set.Lines.Length / best.TotalMicroseconds),
                NanosecondsPerEvent = Math.Round(best.TotalNanoseconds / set.Records.Length),
                AllocatedBytesPerEvent = Math.Round(allocated),
            },
            JsonSerializerOptions.Web));
    }
}
