using System.Text;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Detection.Tests.Rules.Live;

public class EventRecordTests
{
    [Fact]
    public void An_event_looks_to_rules_as_its_native_record_does()
    {
        var names = SentinelFields.All.Select(field => field.Name)
            .Concat(["args.grantee", "args.scope", "args.recordId", "args.payee", "args.valid", "args.updateNorm"]).ToList();
        var fields = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        var fromJson = new SigmaRecord(fields, SigmaFieldMap.Sentinel);
        var fromEvent = new SigmaRecord(fields, SigmaFieldMap.Sentinel);
        var shown = new EventRecord(fromEvent);
        var (observed, decoder, compared) = (new SentinelEvent(), new NativeEventDecoder(), 0);

        var simulator = new HospitalSimulator(new SimulationOptions { Seed = 3, Days = 1, EventsPerDay = 3_000 });

        foreach (var simulated in simulator.Events())
        {
            Assert.True(decoder.TryDecode(simulated.Json, observed, out _));
            Assert.True(fromJson.TryRead(simulated.Json, out var problem), problem);
            shown.Fill(observed);
            foreach (var (name, field) in fields)
            {
                Assert.Equal((name, Values(fromJson, field)), (name, Values(fromEvent, field)));
                compared += fromEvent.FirstOf(field) >= 0 ? 1 : 0;
            }
        }

        Assert.True(compared > 30_000, $"Only {compared} values were compared.");
    }

    /// <summary>Null and absent are one to rules; numbers are compared as numbers.</summary>
    private static string Values(SigmaRecord record, int field)
    {
        var values = new List<string>();
        for (var link = record.FirstOf(field); link >= 0; link = record.NextOf(link))
        {
            var value = record.ValueOf(link);
            var text = Encoding.UTF8.GetString(record.Text(value));
            if (!record.IsNull(value))
                values.Add(double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number.ToString("R", null) : text);
        }
        return string.Join('|', values.Order(StringComparer.Ordinal));
    }
}
