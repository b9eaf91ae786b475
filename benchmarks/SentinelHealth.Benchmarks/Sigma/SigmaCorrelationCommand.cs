using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Benchmarks.Sigma;

/// <summary><c>sigma-correlation</c>: bytes for each live key of a correlation, and events per second of processor time with all of them live.</summary>
internal static class SigmaCorrelationCommand
{
    private const string Documents = """
        title: failures
        correlation: {type: event_count, rules: [failure], group-by: [user], timespan: 1d, condition: {gte: 1000}}
        ---
        title: failure
        name: failure
        logsource: {product: test}
        detection: {s: {decision: denied}, condition: s}
        """;

    public static Command Create()
    {
        Option<int> keys = new("--keys") { DefaultValueFactory = _ => 1_000_000, Description = "Live keys." };
        Option<int> hits = new("--events") { DefaultValueFactory = _ => 2, Description = "Events of each key." };
        Command command = new("sigma-correlation", "Live keys of a Sigma correlation: bytes and events per second.") { keys, hits };
        command.SetAction(parsed => Measure(parsed.GetValue(keys), parsed.GetValue(hits)));
        return command;
    }

    private static void Measure(int keys, int hits)
    {
        var engine = new SigmaEngine(
            SigmaRuleBook.Of([SigmaLoader.Read("r.yml", Documents)]), new SigmaEngineOptions { KeysMax = keys });
        var record = engine.NewRecord(SigmaFieldMap.Plain);
        var (user, decision) = (record.PathOf("user"), record.PathOf("decision"));
        var matches = new List<SigmaMatch>();
        var (name, before) = (new byte[32], GC.GetTotalMemory(forceFullCollection: true));
        var start = Environment.CpuUsage.TotalTime;
        for (var number = 0; number < keys * hits; number++)
        {
            Encoding.UTF8.TryGetBytes(string.Create(CultureInfo.InvariantCulture, $"did:ethr:{number % keys:x8}"), name, out var length);
            record.Begin();
            record.Add(user, name.AsSpan(0, length));
            record.Add(decision, "denied"u8);
            engine.Observe(record, DateTimeOffset.UnixEpoch.AddMilliseconds(number), name.AsSpan(0, length), matches);
        }
        var taken = Environment.CpuUsage.TotalTime - start;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                engine.Status.Keys,
                EventsOfEachKey = hits,
                BytesPerKey = Math.Round((double)bytes / keys, 1),
                EventsPerSecond = Math.Round(keys * hits / taken.TotalSeconds),
            },
            JsonSerializerOptions.Web));
        GC.KeepAlive(engine);
    }
}
