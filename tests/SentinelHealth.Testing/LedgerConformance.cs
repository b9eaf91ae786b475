using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Testing;

/// <summary>The laws of <see cref="ILedger"/>. One subclass per implementation; fakes obey them too.</summary>
public abstract class LedgerConformance
{
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    /// <summary>A fresh ledger with these rules. Called once per test.</summary>
    protected abstract Task<ILedger> CreateAsync(LedgerSetup setup);

    /// <summary>Moves the ledger's own time forward, so that containments can end.</summary>
    protected abstract Task AdvanceTimeAsync(ILedger ledger, TimeSpan by);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_containment_is_confirmed_with_a_receipt_and_holds()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.SuspendActor, "did:ethr:0x1200000000000000000000000000000000000034");

        var receipt = Confirmed(await ledger.ContainAsync(order, Cancel));

        Assert.NotEmpty(receipt.TransactionId);
        Assert.True(receipt.Block > 0);
        Assert.StartsWith("0x", receipt.BlockHash, StringComparison.Ordinal);
        Assert.NotNull(receipt.ExpiresAt);
        Assert.Equal(OneHour, receipt.ExpiresAt.Value - receipt.At);
        Assert.True(await ledger.IsContainedAsync(order.Kind, order.Target, Cancel));
    }

    [Theory]
    [InlineData(ActionKind.QuarantineNode, "node:clinic-9")]
    [InlineData(ActionKind.RevokeGrant, "g-5")]
    [InlineData(ActionKind.SuspendActor, "did:ethr:0x1200000000000000000000000000000000000034")]
    [InlineData(ActionKind.PauseContract, "AccessRegistry")]
    public async Task Every_kind_can_be_contained_and_restored_by_people(ActionKind kind, string target)
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(kind, target);
        Confirmed(await ledger.ContainAsync(order, Cancel));

        var restored = Confirmed(await ledger.RestoreAsync(order, "responder-1", Cancel));

        Assert.NotEmpty(restored.TransactionId);
        Assert.Null(restored.ExpiresAt);
        Assert.False(await ledger.IsContainedAsync(kind, order.Target, Cancel));
    }

    [Fact]
    public async Task Containing_one_target_leaves_another_alone()
    {
        var ledger = await CreateAsync(new LedgerSetup());

        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-9"), Cancel));

        Assert.False(await ledger.IsContainedAsync(ActionKind.QuarantineNode, Target(ActionKind.QuarantineNode, "node:clinic-8"), Cancel));
    }

    [Fact]
    public async Task The_same_key_twice_has_one_effect_and_one_receipt()
    {
        var ledger = await CreateAsync(new LedgerSetup { ContainmentsPerWindowMax = 2 });
        var order = Order(ActionKind.QuarantineNode, "node:clinic-9");

        var first = Confirmed(await ledger.ContainAsync(order, Cancel));
        var second = Confirmed(await ledger.ContainAsync(order, Cancel));

        Assert.Equal(first.TransactionId, second.TransactionId);
        Assert.Equal(first.Block, second.Block);
        // Had the second counted as an effect, the cap of two would be spent.
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-8"), Cancel));
    }

    [Fact]
    public async Task A_used_key_contains_nothing_after_people_restored_its_target()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.SuspendActor, "did:ethr:0x1200000000000000000000000000000000000034");
        Confirmed(await ledger.ContainAsync(order, Cancel));
        Confirmed(await ledger.RestoreAsync(order, "responder-1", Cancel));

        await ledger.ContainAsync(order, Cancel);

        Assert.False(await ledger.IsContainedAsync(order.Kind, order.Target, Cancel));
    }

    [Fact]
    public async Task A_containment_lets_go_when_its_time_is_over_and_not_before()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.QuarantineNode, "node:clinic-9");
        Confirmed(await ledger.ContainAsync(order, Cancel));

        await AdvanceTimeAsync(ledger, OneHour - TimeSpan.FromMinutes(1));
        var before = await ledger.IsContainedAsync(order.Kind, order.Target, Cancel);
        await AdvanceTimeAsync(ledger, TimeSpan.FromMinutes(2));
        var after = await ledger.IsContainedAsync(order.Kind, order.Target, Cancel);

        Assert.True(before);
        Assert.False(after);
    }

    [Fact]
    public async Task A_protected_entity_is_refused()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.QuarantineNode, "node:emergency-1");

        await AssertRefusedAsync(ledger, order);
    }

    [Fact]
    public async Task The_cap_is_reached_and_not_passed()
    {
        var ledger = await CreateAsync(new LedgerSetup { ContainmentsPerWindowMax = 2 });
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-1"), Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-2"), Cancel));

        await AssertRefusedAsync(ledger, Order(ActionKind.RevokeGrant, "g-3"));
    }

    [Fact]
    public async Task People_keep_a_containment_longer_and_it_ends_then()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.QuarantineNode, "node:clinic-9");
        var first = Confirmed(await ledger.ContainAsync(order, Cancel));
        var until = first.ExpiresAt!.Value + OneHour;

        var renewed = Confirmed(await ledger.RenewAsync(order, until, "responder-1", Cancel));
        var repeated = Confirmed(await ledger.RenewAsync(order, until, "responder-1", Cancel));
        var found = await ledger.FindAsync(order.Key, Cancel);
        await AdvanceTimeAsync(ledger, OneHour + TimeSpan.FromMinutes(30));
        var between = await ledger.IsContainedAsync(order.Kind, order.Target, Cancel);
        await AdvanceTimeAsync(ledger, OneHour);

        Assert.Equal(first.TransactionId, renewed.TransactionId);
        Assert.All([renewed, repeated, found!], receipt => Assert.Equal(until, receipt.ExpiresAt));
        Assert.True(between);
        Assert.False(await ledger.IsContainedAsync(order.Kind, order.Target, Cancel));
        Assert.IsType<LedgerReply.Refused>(await ledger.RenewAsync(order, until + OneHour, "responder-1", Cancel));
    }

    [Fact]
    public async Task Nothing_is_kept_beyond_the_limit_nor_what_is_not_contained()
    {
        var ledger = await CreateAsync(new LedgerSetup { TtlMax = TimeSpan.FromHours(4) });
        var order = Order(ActionKind.RevokeGrant, "g-1");
        var start = Confirmed(await ledger.ContainAsync(order, Cancel)).At;

        Assert.IsType<LedgerReply.Refused>(await ledger.RenewAsync(order, start + TimeSpan.FromHours(5), "responder-1", Cancel));
        Assert.IsType<LedgerReply.Refused>(await ledger.RenewAsync(order, start + TimeSpan.FromMinutes(30), "responder-1", Cancel));
        Assert.IsType<LedgerReply.Refused>(await ledger.RenewAsync(
            Order(ActionKind.RevokeGrant, "g-2"), start + TimeSpan.FromHours(2), "responder-1", Cancel));
        Assert.Equal(start + OneHour, (await ledger.FindAsync(order.Key, Cancel))!.ExpiresAt);
    }

    [Fact]
    public async Task What_is_in_force_of_all_kinds_together_has_a_limit_too()
    {
        var ledger = await CreateAsync(new LedgerSetup { TotalLiveMax = 3 });
        var first = Order(ActionKind.RevokeGrant, "g-1");
        Confirmed(await ledger.ContainAsync(first, Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-9"), Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.PauseContract, "DataToken"), Cancel));

        await AssertRefusedAsync(ledger, Order(ActionKind.RevokeGrant, "g-2"));
        Confirmed(await ledger.RestoreAsync(first, "responder-1", Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-8"), Cancel));
        await AdvanceTimeAsync(ledger, OneHour + TimeSpan.FromMinutes(1));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-3"), Cancel));
    }

    [Fact]
    public async Task No_more_than_its_share_of_an_organization_is_contained_at_once()
    {
        var ledger = await CreateAsync(new LedgerSetup
        {
            Members =
            [
                .. Enumerable.Range(1, 4).Select(i => (Target(ActionKind.QuarantineNode, $"node:a-{i}"), "org:a")),
                (Target(ActionKind.SuspendActor, Person(1)), "org:b"), (Target(ActionKind.SuspendActor, Person(2)), "org:b"),
            ],
        });
        var first = Order(ActionKind.QuarantineNode, "node:a-1");
        Confirmed(await ledger.ContainAsync(first, Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:a-2"), Cancel));

        await AssertRefusedAsync(ledger, Order(ActionKind.QuarantineNode, "node:a-3"));
        // Whoever belongs to no organization is held by the caps alone, and of a small one there may always be one.
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-9"), Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.SuspendActor, Person(1)), Cancel));
        await AssertRefusedAsync(ledger, Order(ActionKind.SuspendActor, Person(2)));

        Confirmed(await ledger.RestoreAsync(first, "responder-1", Cancel));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:a-3"), Cancel));
        await AdvanceTimeAsync(ledger, OneHour + TimeSpan.FromMinutes(1));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.SuspendActor, Person(2)), Cancel));
    }

    [Fact]
    public async Task A_target_that_was_let_go_rests_before_it_is_contained_again()
    {
        var ledger = await CreateAsync(new LedgerSetup { Cooldown = TimeSpan.FromMinutes(10) });
        var (released, lapsed) = (Order(ActionKind.RevokeGrant, "g-1"), Order(ActionKind.RevokeGrant, "g-2"));
        Confirmed(await ledger.ContainAsync(released, Cancel));
        Confirmed(await ledger.ContainAsync(lapsed, Cancel));
        Confirmed(await ledger.RestoreAsync(released, "responder-1", Cancel));

        await AssertRefusedAsync(ledger, released with { Key = Hash("released again") });
        await AdvanceTimeAsync(ledger, TimeSpan.FromMinutes(11));
        Confirmed(await ledger.ContainAsync(released with { Key = Hash("released, rested") }, Cancel));

        await AdvanceTimeAsync(ledger, OneHour - TimeSpan.FromMinutes(6));
        await AssertRefusedAsync(ledger, lapsed with { Key = Hash("lapsed again") });
        await AdvanceTimeAsync(ledger, TimeSpan.FromMinutes(11));
        Confirmed(await ledger.ContainAsync(lapsed with { Key = Hash("lapsed, rested") }, Cancel));
    }

    [Fact]
    public async Task The_cap_is_free_again_when_its_window_has_passed()
    {
        var ledger = await CreateAsync(new LedgerSetup { ContainmentsPerWindowMax = 1, Window = OneHour });
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-1"), Cancel));
        await AssertRefusedAsync(ledger, Order(ActionKind.RevokeGrant, "g-2"));

        // Two windows: a ledger may count in fixed windows or in a sliding one.
        await AdvanceTimeAsync(ledger, 2 * OneHour + TimeSpan.FromMinutes(1));

        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-3"), Cancel));
    }

    [Fact]
    public async Task A_time_over_the_limit_is_refused_and_the_limit_itself_is_not()
    {
        var ledger = await CreateAsync(new LedgerSetup { TtlMax = TimeSpan.FromHours(4) });

        await AssertRefusedAsync(ledger, Order(ActionKind.RevokeGrant, "g-1") with { Ttl = TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1) });
        await AssertRefusedAsync(ledger, Order(ActionKind.RevokeGrant, "g-2") with { Ttl = TimeSpan.Zero });
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-3") with { Ttl = TimeSpan.FromHours(4) }, Cancel));
    }

    [Fact]
    public async Task A_quarantine_that_would_break_the_quorum_is_refused()
    {
        var setup = new LedgerSetup();
        var ledger = await CreateAsync(setup);
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, setup.Validators[0]), Cancel));

        await AssertRefusedAsync(ledger, Order(ActionKind.QuarantineNode, setup.Validators[1]));
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-9"), Cancel));
    }

    [Fact]
    public async Task Quarantined_validators_are_listed_until_they_are_released()
    {
        var setup = new LedgerSetup();
        var ledger = await CreateAsync(setup);
        var order = Order(ActionKind.QuarantineNode, setup.Validators[2]);

        Confirmed(await ledger.ContainAsync(order, Cancel));
        var during = await ledger.GetValidatorsAsync(Cancel);
        Confirmed(await ledger.RestoreAsync(order, "responder-1", Cancel));
        var after = await ledger.GetValidatorsAsync(Cancel);

        Assert.Equal(setup.Validators.Order(StringComparer.Ordinal), during.Validators.Order(StringComparer.Ordinal));
        Assert.Equal([setup.Validators[2]], during.Quarantined);
        Assert.Empty(after.Quarantined);
    }

    [Fact]
    public async Task A_target_already_contained_is_refused_under_another_key()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.RevokeGrant, "g-1");
        Confirmed(await ledger.ContainAsync(order, Cancel));

        await AssertRefusedAsync(ledger, order with { Key = Hash("another key") });
    }

    [Fact]
    public async Task Restoring_under_a_key_that_contained_nothing_is_refused()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.RevokeGrant, "g-1");
        Confirmed(await ledger.ContainAsync(order, Cancel));

        var reply = await ledger.RestoreAsync(order with { Key = Hash("another key") }, "responder-1", Cancel);

        Assert.IsType<LedgerReply.Refused>(reply);
        Assert.True(await ledger.IsContainedAsync(order.Kind, order.Target, Cancel));
    }

    [Fact]
    public async Task The_cap_of_one_kind_leaves_another_kind_alone()
    {
        var ledger = await CreateAsync(new LedgerSetup { ContainmentsPerWindowMax = 1 });
        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-1"), Cancel));

        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-9"), Cancel));
    }

    [Fact]
    public async Task Restoring_what_is_not_contained_is_refused()
    {
        var ledger = await CreateAsync(new LedgerSetup());

        var reply = await ledger.RestoreAsync(Order(ActionKind.RevokeGrant, "g-1"), "responder-1", Cancel);

        Assert.NotEmpty(Assert.IsType<LedgerReply.Refused>(reply).Reason);
    }

    [Fact]
    public async Task Asking_for_a_key_gives_its_receipt_or_null()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var order = Order(ActionKind.SuspendActor, "did:ethr:0x1200000000000000000000000000000000000034");
        Assert.Null(await ledger.FindAsync(order.Key, Cancel));

        var receipt = Confirmed(await ledger.ContainAsync(order, Cancel));
        var found = await ledger.FindAsync(order.Key, Cancel);

        Assert.NotNull(found);
        Assert.Equal(receipt.TransactionId, found.TransactionId);
        Assert.Equal(receipt.Block, found.Block);
        Assert.Equal(receipt.ExpiresAt, found.ExpiresAt);
    }

    [Fact]
    public async Task The_head_grows_with_an_effect()
    {
        var ledger = await CreateAsync(new LedgerSetup());
        var before = await ledger.GetHeadAsync(Cancel);

        Confirmed(await ledger.ContainAsync(Order(ActionKind.RevokeGrant, "g-1"), Cancel));
        var after = await ledger.GetHeadAsync(Cancel);

        Assert.NotEmpty(after.Name);
        Assert.True(after.Block > before.Block, $"The head stayed at block {after.Block}.");
        Assert.True(after.At >= before.At, "Block time ran backwards.");
        Assert.NotEqual(before.BlockHash, after.BlockHash);
    }

    [Fact]
    public async Task Twenty_parallel_orders_under_one_key_have_one_effect()
    {
        var ledger = await CreateAsync(new LedgerSetup { ContainmentsPerWindowMax = 2 });
        var order = Order(ActionKind.QuarantineNode, "node:clinic-9");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(() => ledger.ContainAsync(order, Cancel), Cancel)));

        var transactions = replies.OfType<LedgerReply.Confirmed>().Select(reply => reply.Receipt.TransactionId)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Single(transactions);
        Confirmed(await ledger.ContainAsync(Order(ActionKind.QuarantineNode, "node:clinic-8"), Cancel));
    }

    private static string Person(int number) => $"did:ethr:0x{number:x40}";

    /// <summary>A well-formed order whose key follows from kind and target.</summary>
    protected static LedgerOrder Order(ActionKind kind, string target) =>
        new(Hash($"key {kind} {target}"), kind, Target(kind, target), OneHour, "inc-1", Hash("evidence"));

    protected static EntityRef Target(ActionKind kind, string id) => new(kind switch
    {
        ActionKind.QuarantineNode => EntityType.Node,
        ActionKind.RevokeGrant => EntityType.Grant,
        ActionKind.PauseContract => EntityType.Contract,
        _ => EntityType.Actor,
    }, id);

    protected static LedgerReceipt Confirmed(LedgerReply reply) => Assert.IsType<LedgerReply.Confirmed>(reply).Receipt;

    private static async Task AssertRefusedAsync(ILedger ledger, LedgerOrder order)
    {
        var wasContained = await ledger.IsContainedAsync(order.Kind, order.Target, Cancel);

        var reply = await ledger.ContainAsync(order, Cancel);

        Assert.NotEmpty(Assert.IsType<LedgerReply.Refused>(reply).Reason);
        Assert.Null(await ledger.FindAsync(order.Key, Cancel));
        Assert.Equal(wasContained, await ledger.IsContainedAsync(order.Kind, order.Target, Cancel));
    }

    private static string Hash(string text) => "0x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
