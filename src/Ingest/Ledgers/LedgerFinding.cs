using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Ledgers;

/// <summary>What a ledger source noticed about the ledger itself, as events <c>ConsensusLayer.…</c> that detection turns into alerts.</summary>
internal sealed class LedgerFinding(string chain, string observerNode)
{
    // Nobody's account: consensus itself moved.
    private const string NoActor = "did:ethr:0x0000000000000000000000000000000000000000";

    /// <summary>A chain left the path it had shown as final.</summary>
    public SourceRecord Reorganization(LedgerFork fork) => Record(
        $"reorganization:{fork.Expected.Hash}:{fork.Observed.Hash}", "reorganization", fork.Expected.Number, fork.Observed.At, new()
        {
            ["depth"] = fork.Depth,
            ["expectedParent"] = fork.Expected.Hash,
            ["observedParent"] = fork.Observed.Hash,
        });

    /// <summary>An endpoint has another block at a height on which the others agree.</summary>
    public SourceRecord EndpointFork(string endpoint, LedgerBlockRef expected, string observedHash, DateTimeOffset at) => Record(
        $"endpoint-fork:{endpoint}:{expected.Hash}", "endpointFork", expected.Number, at, new()
        {
            ["endpoint"] = endpoint,
            ["expectedHash"] = expected.Hash,
            ["observedHash"] = observedHash,
        });

    /// <summary>An endpoint's head is far behind the others'.</summary>
    public SourceRecord EndpointLag(string endpoint, long head, long lagBlocks, DateTimeOffset at) => Record(
        string.Create(CultureInfo.InvariantCulture, $"endpoint-lag:{endpoint}:{head}"), "endpointLag", head, at, new()
        {
            ["endpoint"] = endpoint,
            ["lagBlocks"] = lagBlocks,
        });

    /// <summary>No endpoint has a block that must exist.</summary>
    public SourceRecord Gap(LedgerBlockRef? last, long missing, long head, DateTimeOffset at) => Record(
        string.Create(CultureInfo.InvariantCulture, $"gap:{last?.Hash}:{missing}"), "gap", missing, at, new()
        {
            ["missingBlock"] = missing,
            ["head"] = head,
        });

    private SourceRecord Record(string id, string method, long block, DateTimeOffset at, Dictionary<string, object> args)
    {
        var record = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["schema"] = "sentinel.ledger-transaction.v1",
            ["id"] = id,
            ["time"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["chain"] = chain,
            ["block"] = block,
            ["node"] = observerNode,
            ["actor"] = NoActor,
            ["contract"] = "ConsensusLayer",
            ["method"] = method,
            ["status"] = "success",
            ["args"] = args,
        });
        return new(record, id);
    }
}
