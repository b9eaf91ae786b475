using System.Text.Json;
using BenchmarkDotNet.Attributes;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Benchmarks.Decoding;

/// <summary>From the bytes of native records to typed events, beside what .NET brings along. One operation is all records of the set.</summary>
[MemoryDiagnoser]
[Config(typeof(DecodingConfig))]
public class DecodingBenchmarks
{
    private readonly NativeEventDecoder _decoder = new();
    private readonly SentinelEvent _event = new();
    private static readonly JsonSerializerOptions Reflected = new(JsonSerializerDefaults.Web);
    private NativeNdjson _set = NativeNdjson.LedgerTransactions;

    [Params(EventKind.LedgerTransaction, EventKind.BiometricQuery)]
    public EventKind Format { get; set; }

    [GlobalSetup]
    public void Setup() => _set = NativeNdjson.Of(Format);

    /// <summary>Every token visited, nothing made of it.</summary>
    [Benchmark(Baseline = true)]
    public int BareUtf8JsonReader()
    {
        var tokens = 0;
        foreach (var record in _set.Records)
        {
            var reader = new Utf8JsonReader(record);
            while (reader.Read())
                tokens++;
        }
        return tokens;
    }

    /// <summary>The product's way from a stream: lines found, records checked and decoded.</summary>
    [Benchmark]
    public async Task<int> NdjsonToEvents()
    {
        using var stream = new MemoryStream(_set.Lines);
        using var lines = new NdjsonReader(stream, new NdjsonLimits());
        var events = 0;
        while (await lines.ReadAsync(CancellationToken.None))
            events += Decode(lines.Current.Payload);
        return events;
    }

    /// <summary>Records that are apart already, as from Kafka.</summary>
    [Benchmark]
    public int RecordsToEvents()
    {
        var events = 0;
        foreach (var record in _set.Records)
            events += Decode(record);
        return events;
    }

    /// <summary>Every key made as well, which a reader otherwise makes when it asks for one.</summary>
    [Benchmark]
    public ulong RecordsToEventsAndAllKeys()
    {
        var keys = 0UL;
        foreach (var record in _set.Records)
        {
            Decode(record);
            for (var field = TextField.Id; field <= TextField.LedgerTxId; field++)
                keys ^= _event.Key(field);
        }
        return keys;
    }

    /// <summary>The pass that knows reasons for refusal, alone: what faulty records and those with escapes cost in addition.</summary>
    [Benchmark]
    public int RecordsThoroughly()
    {
        var events = 0;
        foreach (var record in _set.Records)
            events += _decoder.TryDecodeThoroughly(record, _event, out _) ? 1 : 0;
        return events;
    }

    /// <summary>System.Text.Json to a class, by generated code.</summary>
    [Benchmark]
    public int GeneratedDeserialization()
    {
        var events = 0;
        foreach (var record in _set.Records)
            events += (Format == EventKind.LedgerTransaction
                ? JsonSerializer.Deserialize(record, PlainRecords.Default.PlainLedgerTransaction)?.Id
                : JsonSerializer.Deserialize(record, PlainRecords.Default.PlainBiometricQuery)?.Id) is null ? 0 : 1;
        return events;
    }

    /// <summary>System.Text.Json to a class, by reflection.</summary>
    [Benchmark]
    public int ReflectedDeserialization()
    {
        var events = 0;
        foreach (var record in _set.Records)
            events += (Format == EventKind.LedgerTransaction
                ? JsonSerializer.Deserialize<PlainLedgerTransaction>(record, Reflected)?.Id
                : JsonSerializer.Deserialize<PlainBiometricQuery>(record, Reflected)?.Id) is null ? 0 : 1;
        return events;
    }

    private int Decode(ReadOnlyMemory<byte> record) => _decoder.TryDecode(record, _event, out var rejection)
        ? 1
        : throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
}
