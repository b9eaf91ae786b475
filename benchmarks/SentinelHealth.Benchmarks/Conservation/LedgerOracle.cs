using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>What became of the ledger's transactions.</summary>
/// <param name="Canonical">Transactions of the ledger as it ended.</param>
/// <param name="Lost">Of these, not scored.</param>
/// <param name="Scored">Events the commits counted as scored.</param>
/// <param name="ScoredTwice">Events counted beyond those that left a trace.</param>
/// <param name="Replaced">Transactions scored that are in no block any more.</param>
/// <param name="Foreign">Events scored that are neither a transaction that was sent nor told by the monitor about the ledger.</param>
/// <param name="Told">Reorganizations told.</param>
internal sealed record LedgerVerdict(int Canonical, int Lost, long Scored, long ScoredTwice, int Replaced, int Foreign, int Told)
{
    public bool IsKept => Lost == 0 && ScoredTwice == 0 && Foreign == 0 && Canonical > 0;
}

/// <summary>Asks the node itself what its history is, and the store what was scored.</summary>
internal sealed class LedgerOracle(string store, AnvilNetwork network)
{
    private const string Reorganization = "reorganization:";

    public async Task<LedgerVerdict> JudgeAsync(IReadOnlyCollection<string> sent, long head)
    {
        var expected = await CanonicalAsync(sent, head);
        var scored = Scored();
        var told = scored.Where(id => id.StartsWith(Reorganization, StringComparison.Ordinal)).ToList();
        var replaced = scored.Except(expected).Except(told).ToList();
        return new LedgerVerdict(
            expected.Count, expected.Except(scored).Count(), Tally(), Tally() - scored.Count,
            replaced.Count, replaced.Count(id => !sent.Contains(id.Split(':')[0])), told.Count);
    }

    /// <summary>Whether a transaction's event has left its trace.</summary>
    public bool IsScored(string hash) => Number("SELECT count(*) FROM alert WHERE id LIKE $text || ':%'", hash) > 0;

    public long Told() => Number("SELECT count(*) FROM alert WHERE id LIKE $text || '%'", Reorganization);

    /// <summary>The identifiers that the transactions in the node's blocks must have, from its receipts.</summary>
    private async Task<HashSet<string>> CanonicalAsync(IReadOnlyCollection<string> sent, long head)
    {
        var watched = network.Deployment.Contracts["AccessRegistry"];
        var expected = new HashSet<string>(StringComparer.Ordinal);
        for (var number = network.Deployment.FirstBlock; number <= head; number++)
        {
            var receipts = await network.Node.Rpc.CallAsync("eth_getBlockReceipts", CancellationToken.None, Hex.Quantity(number));
            foreach (var log in receipts.EnumerateArray().SelectMany(receipt => receipt.GetProperty("logs").EnumerateArray()))
                if (IsFrom(log, watched) && sent.Contains(log.GetProperty("transactionHash").GetString()!))
                    expected.Add(IdOf(log));
        }
        return expected;
    }

    private static bool IsFrom(JsonElement log, string contract) =>
        string.Equals(log.GetProperty("address").GetString(), contract, StringComparison.OrdinalIgnoreCase);

    private static string IdOf(JsonElement log) => string.Create(CultureInfo.InvariantCulture,
        $"{log.GetProperty("transactionHash").GetString()}:{Hex.ToLong(log.GetProperty("logIndex").GetString())}");

    private HashSet<string> Scored()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        using var connection = new SqliteFile(store).OpenReadOnly();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM alert";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            ids.Add(reader.GetString(0));
        return ids;
    }

    private long Tally() => Number("SELECT coalesce(sum(value), 0) FROM tally WHERE name = $text", "scored");

    private long Number(string query, string text)
    {
        using var connection = new SqliteFile(store).OpenReadOnly();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Callers pass constants; what varies is a parameter.
        command.CommandText = query;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$text", text);
        return (long)command.ExecuteScalar()!;
    }
}
