using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Decoding;

/// <summary>Simulated records of one format: one by one, and as the lines of a file. The same at every start.</summary>
internal sealed class NativeNdjson
{
    /// <summary>Together about 2 MB, so that they come from beyond the second cache as records from a socket do.</summary>
    private const int RecordsMax = 4_000;

    private NativeNdjson(EventKind kind)
    {
        var decoder = new NativeEventDecoder();
        var decoded = new SentinelEvent();
        Records = [.. new HospitalSimulator(new SimulationOptions { Seed = 7, EventsPerDay = 5_000, Days = 4 }).Events()
            .Select(simulated => simulated.Json)
            .Where(json => decoder.TryDecode(json, decoded, out _) && decoded.Kind == kind)
            .Take(RecordsMax)];
        Lines = [.. Records.SelectMany(record => record.Append((byte)'\n'))];
    }

    public static NativeNdjson LedgerTransactions { get; } = new(EventKind.LedgerTransaction);

    public static NativeNdjson BiometricQueries { get; } = new(EventKind.BiometricQuery);

    public byte[][] Records { get; }

    public byte[] Lines { get; }

    public static NativeNdjson Of(EventKind kind) => kind == EventKind.LedgerTransaction ? LedgerTransactions : BiometricQueries;
}
