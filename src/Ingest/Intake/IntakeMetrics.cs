using System.Diagnostics.Metrics;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Intake;

/// <summary>The instruments of the intake, each tagged with the source.</summary>
internal static class IntakeMetrics
{
    public const string MeterName = "SentinelHealth.Ingest";

    private const string Unit = "{record}";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> ReceivedRecords =
        Meter.CreateCounter<long>("sentinel.ingest.received", Unit, "Records taken in: sent + dropped + failed (I1).");
    private static readonly Counter<long> SentRecords =
        Meter.CreateCounter<long>("sentinel.ingest.sent", Unit, "Records appended to the event log.");
    private static readonly Counter<long> DroppedRecords =
        Meter.CreateCounter<long>("sentinel.ingest.dropped", Unit, "Records that were already in the event log.");
    private static readonly Counter<long> FailedRecords =
        Meter.CreateCounter<long>("sentinel.ingest.failed", Unit, "Records put into the dead letters, by reason.");
    private static readonly Counter<long> Faults =
        Meter.CreateCounter<long>("sentinel.ingest.faults", "{fault}", "Batches not taken in, and faults reported by sources.");

    public static void Book(string source, int accepted, int duplicates, int deadLettered)
    {
        KeyValuePair<string, object?> tag = new("source", source);
        ReceivedRecords.Add((long)accepted + duplicates + deadLettered, tag);
        SentRecords.Add(accepted, tag);
        DroppedRecords.Add(duplicates, tag, new("intentional", true));
    }

    public static void DeadLettered(string source, RejectionReason reason) =>
        FailedRecords.Add(1, new("source", source), new("reason", reason.ToString()));

    public static void Fault(string source) => Faults.Add(1, new KeyValuePair<string, object?>("source", source));
}
