using System.Globalization;
using System.Text;

namespace SentinelHealth.Benchmarks.Bulk;

/// <summary>The events, made before any clock runs.</summary>
internal sealed class BulkLoad
{
    public const int EventsPerRequest = 2_000;
    private const int Bytes = 500, WarmUpEvents = 60_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public BulkLoad(int events, int connections)
    {
        Connections = connections;
        Records = [.. Enumerable.Range(0, events).Select(RecordOf)];
        Bodies = BodiesOf(Records);
        WarmUp = BodiesOf(Enumerable.Range(events, WarmUpEvents).Select(RecordOf));
    }

    public int Connections { get; }

    public IReadOnlyList<byte[]> Records { get; }

    /// <summary>The same, a request each.</summary>
    public IReadOnlyList<byte[]> Bodies { get; }

    /// <summary>Others, sent before any clock runs: compiling is not what is measured.</summary>
    public IReadOnlyList<byte[]> WarmUp { get; }

    public int BytesPerEvent => Records[0].Length;

    private static byte[][] BodiesOf(IEnumerable<byte[]> records) =>
        [.. records.Chunk(EventsPerRequest).Select(chunk => chunk.SelectMany(LineOf).ToArray())];

    private static byte[] LineOf(byte[] record) => [.. record, (byte)'\n'];

    /// <summary>Ordinary accesses of a few hundred people, padded as free text pads real ones.</summary>
    private static byte[] RecordOf(int number)
    {
        var start = string.Create(CultureInfo.InvariantCulture,
            $$"""{"schema":"sentinel.ledger-transaction.v1","id":"0x{{number:x64}}:0","time":"{{Start.AddMilliseconds(number * 50):O}}","node":"node:hospital-{{number % 7}}","actor":"did:ethr:0x{{number % 500:x40}}","actorRole":"nurse","organization":"hospital-{{number % 7}}","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"patient:{{number % 9973}}","purpose":"TREAT","consentId":"c-{{number % 9973}}","note":""");
        var room = Bytes - Encoding.UTF8.GetByteCount(start) - "\"\"}".Length;
        return Encoding.UTF8.GetBytes($"{start}\"{new string('x', Math.Max(0, room))}\"}}");
    }
}
