using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Tests.Hunting;

/// <summary>Events of a simulated network, and what a search over them must find, the plain way.</summary>
internal static class SomeEvents
{
    public static readonly DateTimeOffset StartAt = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<byte[]> Simulated { get; } = [.. new HospitalSimulator(new SimulationOptions
    {
        Seed = 7, StartAt = StartAt, Days = 1, EventsPerDay = 7_000, Attacks = ["all"], InstancesPerAttack = 1,
    }).Events().Select(item => item.Json)];

    /// <summary>Conditions that find a few, many or none of them.</summary>
    public static IReadOnlyList<string> Conditions { get; } =
    [
        "method: recordAccess", "organization: hospital-a", "role: (nurse or clinician)", "actor_id: did:ethr:0x1*", "actor_id: *a*",
        "patient_ref: *", "operation: *", "score < 0.9", "score: *", "gallery_size >= 2", "block > 100", "device_attested: true",
        "device_attested: false", "purpose: TREAT", "status: reverted", "args.scope: *", "args.expiresAt: 2026*", "node: node:hospital-b*",
        "contract: (ConsentRegistry or AccessRegistry)", "country: NL", "node: nowhere", "decision: no-match", "latency_ms <= 150",
    ];

    public static QueryNode Query(string text)
    {
        var reading = QueryParser.Read(text, EventFields.Schema, StartAt.AddDays(1));
        Assert.True(reading.Fault is null, $"{text}: {reading.Fault}");
        return reading.Node!;
    }

    public static string QueryOf(Random chance, int depth)
    {
        if (depth == 0 || chance.Next(3) == 0)
            return Conditions[chance.Next(Conditions.Count)];
        return chance.Next(3) switch
        {
            0 => $"not ({QueryOf(chance, depth - 1)})",
            1 => $"({QueryOf(chance, depth - 1)}) and ({QueryOf(chance, depth - 1)})",
            _ => $"({QueryOf(chance, depth - 1)}) or ({QueryOf(chance, depth - 1)})",
        };
    }

    public static IReadOnlyList<LogEntry> Entries(IEnumerable<byte[]> records, long from = 0, int partition = 0) =>
        [.. records.Select((record, i) => new LogEntry(partition, from + i, "test", StartAt, record))];

    /// <summary>Identifiers of what fits, newest first, by looking at every event.</summary>
    public static List<string> Fitting(QueryNode query)
    {
        var (fits, observed, decoder) = (EventFields.Reader.Compile(query), new SentinelEvent(), new NativeEventDecoder());
        var found = new List<(long At, ulong Key, string Id)>();
        foreach (var record in Simulated)
        {
            Assert.True(decoder.TryDecode(record, observed, out _));
            if (fits(observed))
                found.Add((observed.OccurredAt.ToUnixTimeMilliseconds(), observed.Key(TextField.Id),
                    observed.TextOf(TextField.Id)));
        }
        return [.. found.OrderByDescending(item => item.At).ThenBy(item => item.Key).Select(item => item.Id)];
    }

    public static string IdOf(HuntHit hit)
    {
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(hit.Record, observed, out _));
        return observed.TextOf(TextField.Id);
    }
}
