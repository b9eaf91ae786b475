using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Besu;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>What a Besu network has and a development node has not.</summary>
public sealed class BesuTests
{
    private const string Enode = "enode://aa11@10.0.0.9:30303";
    private static readonly string[] Validators = ["node:v-1", "node:v-2", "node:v-3", "node:v-4"];
    private static readonly EntityRef Node = new(EntityType.Node, "node:clinic-9");
    private static readonly EntityRef Actor = new(EntityType.Actor, "did:ethr:0x1200000000000000000000000000000000000034");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signer_that_speaks_as_a_node_signs_orders_and_restorations()
    {
        await using var network = await BesuNetwork.StartAsync(Validators, (options, _) => options);

        Assert.IsType<LedgerReply.Confirmed>(await network.Ledger.ContainAsync(Quarantine(Node), Cancel));
        Assert.IsType<LedgerReply.Confirmed>(await network.Ledger.RestoreAsync(Quarantine(Node), "ada, ben", Cancel));

        Assert.Equal(3, network.Besu.Methods.Count(method => method == "eth_sendTransaction"));
        Assert.False(await network.Ledger.IsContainedAsync(ActionKind.QuarantineNode, Node, Cancel));
    }

    [Fact]
    public async Task A_signer_without_the_key_or_out_of_reach_sends_nothing()
    {
        await using var network = await BesuNetwork.StartAsync(Validators, (options, endpoint) => options with
        {
            Web3Signer = endpoint,
            AutomationAccount = "0x00000000000000000000000000000000000d0c09",
        });
        await network.Network.AdministerAsync(
            "grantRole", Hex.Data(Keccak256.Hash("SENTINEL_ROLE")), EvmAddress.Parse("0x00000000000000000000000000000000000d0c09"));

        var reply = Assert.IsType<LedgerReply.Unknown>(await network.Ledger.ContainAsync(Quarantine(Node), Cancel));

        Assert.Contains("no key", reply.Reason, StringComparison.Ordinal);
        Assert.Null(await network.Ledger.FindAsync(Quarantine(Node).Key, Cancel));
        Assert.DoesNotContain("eth_sendRawTransaction", network.Besu.Methods);
    }

    [Fact]
    public async Task The_quorum_is_counted_over_who_makes_blocks_now()
    {
        await using var network = await StartAsync();
        await network.Ledger.ContainAsync(Quarantine(new(EntityType.Node, "node:v-2")), Cancel);

        var before = await network.Ledger.GetValidatorsAsync(Cancel);
        network.Besu.Validators.RemoveAt(3);
        var after = await network.Ledger.GetValidatorsAsync(Cancel);
        network.Besu.Validators.Add("0x00000000000000000000000000000000000bad00");

        Assert.Equal((4, 3), (before.Validators.Count, before.Quorum));
        Assert.Equal(["node:v-2"], before.Quarantined);
        Assert.Equal(["node:v-1", "node:v-2", "node:v-3"], after.Validators);
        // A validator nobody knows could be any node, so nothing can be vouched for.
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.GetValidatorsAsync(Cancel));
    }

    [Fact]
    public async Task Every_validators_lists_follow_the_guard_and_come_back_when_it_lets_go()
    {
        await using var network = await StartAsync();
        await using var other = BesuStandIn.Start(network.Network.Node.Endpoint);
        using var folder = new TemporaryFolder();
        using var allowlists = Open(folder, network, other);
        Allow(network.Besu, other);
        await network.Ledger.ContainAsync(Quarantine(Node), Cancel);
        await network.Ledger.ContainAsync(Suspend(), Cancel);

        var taken = await allowlists.PushAsync([(ActionKind.QuarantineNode, Node), (ActionKind.SuspendActor, Actor)], Cancel);
        var again = await allowlists.PushAsync([(ActionKind.QuarantineNode, Node), (ActionKind.SuspendActor, Actor)], Cancel);

        Assert.Equal(4, taken.Changes);
        Assert.Empty(taken.Faults);
        Assert.Equal(0, again.Changes);
        Assert.All([network.Besu, other], besu => Assert.DoesNotContain(Enode, besu.Nodes));
        Assert.All([network.Besu, other], besu => Assert.Empty(besu.Accounts));

        await network.Ledger.RestoreAsync(Quarantine(Node), "ada, ben", Cancel);
        await network.Network.Node.AdvanceAsync(TimeSpan.FromHours(2));
        // Nothing is on record as contained any more; what was taken is remembered by a file, over a restart, too.
        using var restarted = Open(folder, network, other);
        Assert.Equal(4, (await restarted.PushAsync([], Cancel)).Changes);
        Assert.All([network.Besu, other], besu => Assert.Contains(Enode, besu.Nodes));
        Assert.All([network.Besu, other], besu => Assert.Single(besu.Accounts));
    }

    [Fact]
    public async Task A_validator_that_fails_holds_up_no_other_and_is_mended_later()
    {
        await using var network = await StartAsync();
        await using var other = BesuStandIn.Start(network.Network.Node.Endpoint);
        using var folder = new TemporaryFolder();
        using var allowlists = Open(folder, other, network);
        Allow(network.Besu, other);
        await network.Ledger.ContainAsync(Quarantine(Node), Cancel);
        (ActionKind, EntityRef)[] contained = [(ActionKind.QuarantineNode, Node)];

        other.PermissionFailures = 1;
        var partial = await allowlists.PushAsync(contained, Cancel);
        Assert.Equal(1, partial.Changes);
        Assert.Single(partial.Faults);
        Assert.DoesNotContain(Enode, network.Besu.Nodes);
        Assert.Contains(Enode, other.Nodes);

        other.IsDown = true;
        Assert.Single((await allowlists.PushAsync(contained, Cancel)).Faults);
        other.IsDown = false;
        var mended = await allowlists.PushAsync(contained, Cancel);

        Assert.Equal((1, 0), (mended.Changes, mended.Faults.Count));
        Assert.DoesNotContain(Enode, other.Nodes);
    }

    [Fact]
    public async Task What_others_took_from_a_list_is_not_put_back()
    {
        await using var network = await StartAsync();
        using var folder = new TemporaryFolder();
        using var allowlists = Open(folder, network.Besu, network);
        network.Besu.Nodes.Add("enode://bb22@10.0.0.8:30303");
        await network.Ledger.ContainAsync(Quarantine(Node), Cancel);

        await allowlists.PushAsync([(ActionKind.QuarantineNode, Node)], Cancel);
        await network.Ledger.RestoreAsync(Quarantine(Node), "ada, ben", Cancel);
        await allowlists.PushAsync([], Cancel);

        Assert.Equal(["enode://bb22@10.0.0.8:30303"], network.Besu.Nodes);
        Assert.DoesNotContain("perm_addNodesToAllowlist", network.Besu.Methods);
    }

    private static Task<BesuNetwork> StartAsync() =>
        BesuNetwork.StartAsync(Validators, (options, endpoint) => options with { Web3Signer = endpoint });

    private static void Allow(params BesuStandIn[] validators)
    {
        foreach (var besu in validators)
        {
            besu.Nodes.AddRange([Enode, "enode://bb22@10.0.0.8:30303"]);
            besu.Accounts.Add("0x1200000000000000000000000000000000000034");
        }
    }

    private static ValidatorAllowlists Open(TemporaryFolder folder, BesuNetwork network, BesuStandIn other) =>
        Open(folder, network, network.Besu, other);

    private static ValidatorAllowlists Open(TemporaryFolder folder, BesuStandIn other, BesuNetwork network) =>
        Open(folder, network, other, network.Besu);

    private static ValidatorAllowlists Open(TemporaryFolder folder, BesuNetwork network, params BesuStandIn[] validators) => new(
        new ValidatorAllowlistOptions
        {
            Validators = [.. validators.Distinct().Select(besu => new JsonRpcOptions { Endpoint = besu.Endpoint })],
            Nodes = new Dictionary<string, string> { [Node.Id] = Enode },
            CoversAccounts = true,
        },
        network.Ledger, folder.File("permissioning.json"));

    private static LedgerOrder Quarantine(EntityRef node) => Order(ActionKind.QuarantineNode, node);

    private static LedgerOrder Suspend() => Order(ActionKind.SuspendActor, Actor);

    private static LedgerOrder Order(ActionKind kind, EntityRef target) => new(
        Hex.Data(Keccak256.Hash($"key {target}")), kind, target, TimeSpan.FromHours(1), "inc-1", Hex.Data(Keccak256.Hash("evidence")));
}
