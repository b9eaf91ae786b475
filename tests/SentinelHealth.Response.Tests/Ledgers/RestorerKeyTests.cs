using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Ledgers;

/// <summary>On the embedded ledger, too, two keys give back what automation took.</summary>
public sealed class RestorerKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _elsewhere = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SecondKey => _elsewhere.File("second.key");

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task Whoever_has_one_of_the_two_keys_restores_and_renews_nothing()
    {
        var receipt = await ContainAsync();
        File.Move(SecondKey, SecondKey + ".away");

        using (var alone = Open())
        {
            Assert.IsType<LedgerReply.Refused>(await alone.RestoreAsync(Order, "ada", Cancel));
            Assert.IsType<LedgerReply.Refused>(
                await alone.RenewAsync(Order, receipt.ExpiresAt!.Value.AddHours(1), "ada", Cancel));
            Assert.True(await alone.IsContainedAsync(Order.Kind, Order.Target, Cancel));
        }

        File.Move(SecondKey + ".away", SecondKey);
        using var both = Open();
        Assert.IsType<LedgerReply.Confirmed>(await both.RestoreAsync(Order, "ada, ben", Cancel));
    }

    [Fact]
    public async Task A_key_put_in_the_place_of_the_second_does_not_count()
    {
        await ContainAsync();
        File.Delete(SecondKey);
        LedgerKey.Create(SecondKey).Dispose();

        using var forged = Open();

        Assert.IsType<LedgerReply.Refused>(await forged.RestoreAsync(Order, "mallory", Cancel));
        Assert.True(await forged.IsContainedAsync(Order.Kind, Order.Target, Cancel));
    }

    [Fact]
    public async Task A_restoration_that_two_did_not_sign_is_found_when_the_chain_is_read()
    {
        await ContainAsync();
        // Whoever has the ledger's own key can sign a block, and not what the block needs to hold.
        using (var key = LedgerKey.Open(_folder.File("ledger.key")))
        using (var connection = new Ingest.Log.SqliteFile(_folder.File("ledger.db")).Open())
        {
            var chain = new LedgerChain(connection, key);
            var number = 0L;
            chain.Verify(entry => number = entry.Number + 1);
            chain.Append(new LedgerEntry
            {
                Number = number,
                At = _clock.GetUtcNow(),
                Role = LedgerRole.Restorer,
                OrderedBy = "mallory",
                Order = Order,
            });
        }

        var fault = Assert.Throws<LedgerTamperedException>(Open);

        Assert.Contains("two restorers", fault.Message, StringComparison.Ordinal);
    }

    private static LedgerOrder Order { get; } = new(
        "0x" + new string('a', 64), ActionKind.RevokeGrant, new EntityRef(EntityType.Grant, "g-1"), TimeSpan.FromHours(1), "inc-1",
        "0x" + new string('e', 64));

    private async Task<LedgerReceipt> ContainAsync()
    {
        using var ledger = Open();
        return Assert.IsType<LedgerReply.Confirmed>(await ledger.ContainAsync(Order, Cancel)).Receipt;
    }

    private EmbeddedLedger Open() => EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), _clock, SecondKey);
}
