using System.Diagnostics.Metrics;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Ledgers;

namespace SentinelHealth.Ingest.Sources;

/// <summary>What is counted of ledgers, each tagged with the source.</summary>
internal static class LedgerMetrics
{
    private static readonly Meter Meter = new(EventIntake.MeterName);
    private static readonly Counter<long> Blocks =
        Meter.CreateCounter<long>("sentinel.ingest.ledger.blocks", "{block}", "Ledger blocks read.");
    private static readonly Counter<long> Transactions =
        Meter.CreateCounter<long>("sentinel.ingest.ledger.transactions", "{transaction}", "Ledger transactions read, by validation code.");

    public static void Read(string source, int blocks, IReadOnlyList<LedgerTransaction> transactions)
    {
        Blocks.Add(blocks, new KeyValuePair<string, object?>("source", source));
        foreach (var code in transactions.CountBy(transaction => transaction.ValidationCode))
            Transactions.Add(code.Value, new("source", source), new("validation", code.Key));
    }
}
