using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>Four weeks on one ward: nurses who read their patients' records on the day shift, and one who came at night.</summary>
internal static class SampleEvents
{
    private const int Days = 28, Nurses = 7;

    /// <summary>Events up to a moment, oldest first.</summary>
    public static IReadOnlyList<LogEntry> Until(DateTimeOffset now)
    {
        var chance = new Random(5);
        var records = new List<(DateTimeOffset At, EntityRef Actor, int Patient)>();
        for (var day = Days; day >= 0; day--)
        {
            for (var nurse = 0; nurse < Nurses; nurse++)
            {
                if ((day + nurse) % 7 >= 5)
                    continue;
                for (var i = chance.Next(12, 22); i > 0; i--)
                    records.Add((now.Date.AddDays(-day).AddHours(7 + (8 * chance.NextDouble())), ActorOf(nurse),
                        (nurse * 9) + chance.Next(11)));
            }
        }
        for (var i = 0; i < 148; i++)
            records.Add((now.Date.AddHours(3).AddSeconds(i * 8), SampleAlerts.Nurse, 100 + i));
        return [.. records.Where(item => item.At < now).OrderBy(item => item.At)
            .Select((item, i) => new LogEntry(0, i, "ledger", item.At, Record(i, item.At, item.Actor, item.Patient)))];
    }

    private static EntityRef ActorOf(int nurse) =>
        nurse == 0 ? SampleAlerts.Nurse : new EntityRef(EntityType.Actor, $"did:ethr:0x{(nurse * 7919L).ToString("x40", CultureInfo.InvariantCulture)}");

    private static byte[] Record(int number, DateTimeOffset at, EntityRef actor, int patient) =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant(
        $$$"""{"schema":"sentinel.ledger-transaction.v1","id":"0x{{{number:x8}}}:0","time":"{{{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}}","chain":"consortium-1","node":"node:hospital-a-1","actor":"{{{actor.Id}}}","actorRole":"nurse","organization":"hospital-a","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"patient:{{{patient:x4}}}","purpose":"TREAT","args":{"scope":["chart"]}}"""));
}
