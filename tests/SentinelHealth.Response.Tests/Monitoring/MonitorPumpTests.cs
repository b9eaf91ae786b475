using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Response.Tests.Monitoring;

public sealed class MonitorPumpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_become_alerts_an_incident_and_one_containment_on_the_ledger()
    {
        using var bench = Filled(20, nodes: 1);

        await bench.RunAsync();

        Assert.Equal(4, await bench.Store.AlertCountAsync(new AlertFilter(), Cancel));
        var incident = Assert.Single((await bench.Store.IncidentsAsync(new IncidentFilter(), null, 10, Cancel)).Items);
        Assert.Equal((4, 4), (incident.Version, incident.AlertCount));
        var action = Assert.Single((await bench.Store.ActionsAsync(new ActionFilter(), null, 10, Cancel)).Items);
        Assert.Equal((ActionState.Confirmed, incident.Id), (action.State, action.IncidentId));
        Assert.True(await bench.Ledger.IsContainedAsync(ActionKind.QuarantineNode, SomeCase.Node("node:0"), Cancel));
        Assert.Equal(19, await bench.Store.ScoredOffsetAsync(0, Cancel));
    }

    [Fact]
    public async Task The_evidence_on_the_ledger_is_kept_with_the_raw_records_it_rests_on()
    {
        using var bench = Filled(10, nodes: 1);

        await bench.RunAsync();

        var action = Assert.Single((await bench.Store.ActionsAsync(new ActionFilter(), null, 10, Cancel)).Items);
        var seen = Encoding.UTF8.GetString((await bench.Store.DecisionEvidenceAsync(action.EvidenceHash, Cancel))!);
        Assert.Contains("alert-node:0-5", seen, StringComparison.Ordinal);
        Assert.Contains("alert-node:0-10", seen, StringComparison.Ordinal);
        var alert = (await bench.Store.AlertAsync("alert-node:0-10", Cancel))!;
        Assert.Equal(alert.EventIds.Count, (await bench.Store.EvidenceAsync(alert.EventIds, Cancel)).Count);
    }

    [Fact]
    public async Task A_restart_at_any_offset_changes_nothing()
    {
        const int Events = 23;
        using var undisturbed = Filled(Events, nodes: 2);
        await undisturbed.RunAsync();
        var expected = await undisturbed.OutcomeAsync();

        for (var stop = 0; stop <= Events; stop++)
        {
            using var bench = Filled(Events, nodes: 2);
            bench.Log.VisibleMax = stop;
            await bench.RunAsync();
            bench.Restart();
            bench.Log.VisibleMax = long.MaxValue;
            await bench.RunAsync();

            Assert.True(expected == await bench.OutcomeAsync(), $"A restart after {stop} events changed the outcome.");
            Assert.Equal(2, bench.Ledger.EffectKeys.Count);
            Assert.Equal(Events, (await bench.Store.PositionAsync(Cancel)).Tally.Scored);
        }
    }

    [Fact]
    public async Task What_is_kept_beside_the_commit_gets_every_entry_before_its_position_and_again_after_a_fault()
    {
        using var bench = Filled(8, nodes: 1);
        var kept = new List<long>();
        var faults = 1;
        bench.BeforeCommit = async (entries, cancel) =>
        {
            Assert.True(await bench.Store.ScoredOffsetAsync(0, cancel) < entries[0].Offset);
            kept.AddRange(entries.Select(entry => entry.Offset));
            if (kept.Contains(4) && faults-- > 0)
                throw new IOException("The disk is full.");
        };
        bench.Restart();

        await Assert.ThrowsAsync<IOException>(bench.RunAsync);
        Assert.Equal(2, await bench.Store.ScoredOffsetAsync(0, Cancel));
        bench.Restart();
        await bench.RunAsync();

        Assert.Equal([0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7], kept);
        Assert.Equal(7, await bench.Store.ScoredOffsetAsync(0, Cancel));
        Assert.Equal(8, (await bench.Store.PositionAsync(Cancel)).Tally.Scored);
    }

    [Fact]
    public async Task Many_restarts_change_nothing_either()
    {
        using var undisturbed = Filled(43, nodes: 2);
        await undisturbed.RunAsync();
        using var bench = Filled(43, nodes: 2);

        for (var visible = 1; visible <= 43; visible++)
        {
            bench.Log.VisibleMax = visible;
            await bench.RunAsync();
            bench.Restart();
        }

        Assert.Equal(await undisturbed.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task The_size_of_a_batch_changes_nothing(int entries)
    {
        using var usual = Filled(43, nodes: 2);
        await usual.RunAsync();
        using var bench = Filled(43, nodes: 2);
        bench.Options = bench.Options with { BatchEntriesMax = entries };
        bench.Restart();

        await bench.RunAsync();

        Assert.Equal(await usual.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_used_is_replaced_by_reading_the_log_again()
    {
        using var undisturbed = Filled(43, nodes: 2);
        await undisturbed.RunAsync();
        using var bench = Filled(43, nodes: 2);
        bench.Log.VisibleMax = 25;
        await bench.RunAsync();
        await bench.Store.PutSnapshotAsync(0, 20, [9], Cancel);
        bench.Restart();
        bench.Log.VisibleMax = long.MaxValue;

        await bench.RunAsync();

        Assert.Equal(await undisturbed.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Fact]
    public async Task A_snapshot_of_which_one_bit_is_wrong_is_not_scored_with()
    {
        using var undisturbed = Filled(43, nodes: 2);
        await undisturbed.RunAsync();
        using var bench = Filled(43, nodes: 2);
        bench.Log.VisibleMax = 25;
        await bench.RunAsync();
        var snapshot = (await bench.Store.SnapshotAsync(0, Cancel))!;
        var state = await bench.Store.SnapshotBytesAsync(0, Cancel);
        foreach (var at in new[] { 9, state.Length / 2, state.Length - 1 })
        {
            byte[] damaged = [.. state];
            damaged[at] ^= 4;
            await bench.Store.PutSnapshotAsync(0, snapshot.Offset, damaged, Cancel);
            bench.Restart();
            bench.Log.Reads.Clear();
            await bench.Pump.StartAsync(Cancel);
            Assert.Equal(-1, bench.Log.Reads[0].AfterOffset);
        }
        bench.Log.VisibleMax = long.MaxValue;

        await bench.Pump.DrainAsync(Cancel);
        await bench.Executor.DrainAsync(Cancel);

        Assert.Equal(await undisturbed.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Fact]
    public async Task An_entry_that_cannot_be_decoded_is_a_letter_and_the_account_balances()
    {
        using var bench = Filled(4, nodes: 1);
        bench.Log.Add("{\"schema\":\"unknown\"}"u8.ToArray());
        bench.Log.Add("not json"u8.ToArray());
        bench.Log.Add(Event(4, 1));

        await bench.RunAsync();

        Assert.Equal(["0@4", "0@5"], bench.Letters.Letters.Select(letter => letter.Place));
        Assert.Equal(1, await bench.Store.AlertCountAsync(new AlertFilter(), Cancel));
        var account = (await bench.Status.NetworkAsync(Cancel)).Conservation;
        Assert.Equal((7, 5, 2, 0, 0),
            (account.Received, account.Scored, account.DeadLettered, account.Waiting, account.Imbalance));
    }

    [Fact]
    public async Task What_waits_is_the_lag_and_still_balances()
    {
        using var bench = Filled(30, nodes: 1);
        bench.Log.VisibleMax = 12;

        await bench.RunAsync();

        var network = await bench.Status.NetworkAsync(Cancel);
        Assert.Equal((12, 18, 0), (network.Conservation.Scored, network.Conservation.Waiting, network.Conservation.Imbalance));
        Assert.Equal((29, 11), (network.LogEndOffset, network.ScoredOffset));
    }

    [Fact]
    public async Task Emergency_access_leads_to_a_review_and_never_to_a_containment()
    {
        using var bench = new PumpBench();
        for (var number = 0; number < 20; number++)
            bench.Log.Add(Event(number, 1, ("purpose", "BTG")));

        await bench.RunAsync();

        Assert.Empty((await bench.Store.ActionsAsync(new ActionFilter(), null, 10, Cancel)).Items);
        Assert.Equal("incident-node:0", Assert.Single(await bench.Store.TasksAsync(new() { IsOpen = true }, 10, Cancel)).IncidentId);
        Assert.Equal(Guardrails.BreakGlass, Assert.Single(await bench.Store.RefusalsAsync(null, 10, Cancel)).Guardrail);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    [Fact]
    public async Task Decisions_of_one_batch_count_against_each_others_caps()
    {
        using var bench = Filled(60, nodes: 6);
        bench.Options = bench.Options with { BatchEntriesMax = 1_000 };
        bench.Response = bench.Response with { NodesPerWindowMax = 2 };
        bench.Restart();

        await bench.RunAsync();

        Assert.Equal(2, (await bench.Store.ActionsAsync(new ActionFilter(), null, 10, Cancel)).Items.Count);
        Assert.Equal(4, (await bench.Store.RefusalsAsync(null, 10, Cancel))
            .Count(refusal => refusal.Guardrail == Guardrails.CapPerKind));
    }

    [Fact]
    public async Task While_the_ledger_is_down_events_are_scored_and_containment_follows_when_it_is_back()
    {
        using var bench = Filled(20, nodes: 1);
        bench.Ledger.Mood = LedgerMood.IsDown;

        await bench.RunAsync();
        var during = await bench.Status.NetworkAsync(Cancel);
        bench.Ledger.Mood = LedgerMood.Answers;
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.Executor.DrainAsync(Cancel);

        Assert.Null(during.Ledger);
        Assert.Null(during.Validators);
        Assert.Equal(20, during.Conservation.Scored);
        Assert.Single(bench.Ledger.EffectKeys);
    }

    [Fact]
    public async Task Pages_see_nodes_sources_rates_and_risks()
    {
        using var bench = Filled(20, nodes: 2);

        await bench.RunAsync();
        var network = await bench.Status.NetworkAsync(Cancel);

        Assert.Equal(["node:0", "node:1"], network.Nodes.Select(node => node.Id));
        Assert.All(network.Nodes, node => Assert.Equal((10, "hospital-a", true), (node.EventCount, node.Organization, node.IsQuarantined)));
        Assert.Equal(("simulated", 20), (Assert.Single(network.Sources).Name, network.Sources[0].EventCount));
        Assert.Equal(20, bench.Status.Rates.Sum(point => point.EventsPerSecond));
        Assert.Equal(4, bench.Status.Rates.Sum(point => point.AlertCount));
        Assert.Equal(2, bench.Status.TopRisks.Count);
        Assert.Equal("fake", network.Ledger!.Name);
    }

    [Fact]
    public async Task It_stops_when_told()
    {
        using var bench = Filled(10, nodes: 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bench.BeforeCommit = (_, _) =>
        {
            // The read after the commit.
            bench.Log.DuringRead = stop.CancelAsync;
            return ValueTask.CompletedTask;
        };
        bench.Restart();

        await bench.Pump.RunAsync(stop.Token);

        Assert.True(await bench.Store.ScoredOffsetAsync(0, Cancel) >= 0);
    }

    private static PumpBench Filled(int events, int nodes)
    {
        var bench = new PumpBench();
        for (var number = 0; number < events; number++)
            bench.Log.Add(Event(number, nodes));
        return bench;
    }

    private static byte[] Event(int number, int nodes, params (string, object?)[] more) => Some.LedgerTransactionJson(
    [
        ("id", $"0x{number:x}:0"), ("node", $"node:{number % nodes}"), ("time", SomeCase.At.AddSeconds(number).ToString("O")), .. more,
    ]);
}
