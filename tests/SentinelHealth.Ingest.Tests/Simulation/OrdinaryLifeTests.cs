using System.Text.Json;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Tests.Simulation;

public sealed class OrdinaryLifeTests
{
    [Fact]
    public void Every_ordinary_access_rests_on_a_consent_or_grant_or_breaks_the_glass()
    {
        var oracle = new AccessOracle();
        var (explained, broken) = (0, 0);

        foreach (var simulated in SimulatedRuns.WithAttacks)
        {
            var record = SimulatedRuns.Parse(simulated);
            oracle.Follow(record);
            if (simulated.Attack is not null || !AccessOracle.IsAccess(record))
                continue;
            if (record.Text("purpose") == "BTG")
                broken++;
            else
                Assert.True(oracle.Explains(record), record.GetRawText());
            explained++;
        }

        Assert.True(explained > 10_000, $"Only {explained} accesses were checked.");
        Assert.InRange(broken, 1, explained / 100);
    }

    [Fact]
    public void Every_ordinary_match_belongs_to_a_transaction_on_the_ledger()
    {
        var records = SimulatedRuns.WithAttacks.Select(one => (one.Attack, Record: SimulatedRuns.Parse(one))).ToList();
        var transactions = records.Where(one => one.Record.Text("contract") is not null)
            .Select(one => one.Record.Text("id")!.Split(':')[0]).ToHashSet();
        var matches = records.Where(one => one.Attack is null && one.Record.Text("decision") == "match").ToList();

        // A transaction of the last seconds may lie beyond the end of the run.
        Assert.True(matches.Count > 1_000);
        Assert.All(matches.SkipLast(3), one => Assert.Contains(one.Record.Text("ledgerTxId")!, transactions));
    }

    [Fact]
    public void Only_registered_nodes_act_in_ordinary_life()
    {
        var registered = new HashSet<string>();

        foreach (var simulated in SimulatedRuns.WithAttacks)
        {
            var record = SimulatedRuns.Parse(simulated);
            if (record.Text("method") == "admitNode")
                registered.Add(record.GetProperty("args").Text("nodeId")!);
            if (record.Text("method") == "removeNode")
                registered.Remove(record.GetProperty("args").Text("nodeId")!);
            // The very first nodes can only speak for themselves.
            if (simulated.Attack is null && record.Text("contract") != "NodeRegistry")
                Assert.Contains(record.Text("node")!, registered);
        }
    }

    [Fact]
    public void Proofs_nullifiers_and_probes_are_fresh()
    {
        var seen = new HashSet<string>();

        foreach (var record in SimulatedRuns.WithoutAttacks.Select(SimulatedRuns.Parse))
        {
            var fresh = record.Text("method") == "verifyProof" ? record.GetProperty("args").Text("nullifier")
                : record.Text("probeHash");
            Assert.True(fresh is null || seen.Add(fresh));
        }
        Assert.NotEmpty(seen);
    }

    [Fact]
    public void All_contracts_and_operations_and_oddities_occur()
    {
        var calls = SimulatedRuns.WithoutAttacks.Select(SimulatedRuns.Parse)
            .Select(record => record.Text("contract") ?? record.Text("operation")!).ToHashSet();

        string[] expected =
        [
            "ConsentRegistry", "AccessRegistry", "NodeRegistry", "IdentityRegistry", "ProofVerifier", "ModelRegistry",
            "DataToken", "Escrow",
            "ClaimsLedger", "Governance", "RecordAnchor", "verify", "identify", "enroll", "update", "export", "decrypt",
        ];
        Assert.Subset(calls, expected.ToHashSet());
    }

    [Fact]
    public void Offices_rest_on_weekends_and_wards_slow_down_at_night()
    {
        var perHour = new int[24];

        foreach (var simulated in SimulatedRuns.WithoutAttacks)
        {
            perHour[simulated.OccurredAt.Hour]++;
            // The run begins on Monday the 2nd, so the 7th and 8th are the weekend.
            if (simulated.OccurredAt.Day is 7 or 8 && SimulatedRuns.Parse(simulated) is var record
                && record.Text("method") == "recordAccess")
                Assert.NotEqual("researcher", record.Text("actorRole"));
        }
        Assert.True(perHour[1..5].Average() < perHour[8..12].Average() * 0.6);
    }

    [Fact]
    public void Peace_means_no_label_at_all() => Assert.All(SimulatedRuns.WithoutAttacks, one => Assert.Null(one.Attack));
}
