using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Ledgers;

public sealed class EmbeddedLedgerTests : IDisposable
{
    private static readonly string Evidence = "0x" + new string('e', 64);
    private static readonly string[] Columns = ["previous_hash", "body", "hash", "signature"];
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_verifies_and_remembers_after_a_restart()
    {
        using (var first = Open())
            await FillAsync(first, 3);

        using var again = Open();

        Assert.True(await again.IsContainedAsync(ActionKind.RevokeGrant, Grant(2), Cancel));
        Assert.NotNull(await again.FindAsync(KeyOf(0), Cancel));
        Assert.Equal(3, (await again.GetHeadAsync(Cancel)).Block);
    }

    [Fact]
    public async Task Whoever_moves_later_neither_frees_a_place_nor_takes_one_and_a_restart_changes_nothing()
    {
        EmbeddedLedgerRules Rules(string second) => new()
        {
            Members = [Member("node:a-1", "a"), Member("node:a-2", second), Member("node:a-3", "a")],
        };
        using (var before = EmbeddedLedger.Open(_folder.Path, Rules("a"), _clock))
            Assert.IsType<LedgerReply.Confirmed>(await before.ContainAsync(Node("node:a-2", 1), Cancel));

        // Of the two that are left in the organization one may be contained, and its former member still holds that place.
        using var after = EmbeddedLedger.Open(_folder.Path, Rules("b"), _clock);

        Assert.IsType<LedgerReply.Refused>(await after.ContainAsync(Node("node:a-1", 2), Cancel));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.IsType<LedgerReply.Confirmed>(await after.ContainAsync(Node("node:a-1", 2), Cancel));

        LedgerMember Member(string id, string organization) => new(new(EntityType.Node, id), organization);
        LedgerOrder Node(string id, int key) =>
            new(KeyOf(key), ActionKind.QuarantineNode, new(EntityType.Node, id), TimeSpan.FromHours(1), "inc-1", Evidence);
    }

    [Theory]
    [InlineData("UPDATE block SET body = CAST(replace(CAST(body AS TEXT), 'g-1', 'g-9') AS BLOB) WHERE number = 2", "Block 2")]
    [InlineData("UPDATE block SET hash = zeroblob(32) WHERE number = 2", "Block 2")]
    [InlineData("UPDATE block SET signature = zeroblob(64) WHERE number = 2", "Block 2")]
    [InlineData("UPDATE block SET previous_hash = zeroblob(32) WHERE number = 2", "Block 2")]
    [InlineData("UPDATE block SET action_key = '0x00' WHERE number = 2", "Block 2")]
    [InlineData("DELETE FROM block WHERE number = 1", "Block 1")]
    [InlineData("DELETE FROM block WHERE number = 3", "ends at block 2")]
    [InlineData("DELETE FROM head", "signed head of the ledger is missing")]
    [InlineData("DELETE FROM block", "ends at block -1")]
    public async Task It_refuses_to_start_when_a_block_was_changed_and_names_it(string tampering, string named)
    {
        using (var ledger = Open())
            await FillAsync(ledger, 3);
        Tamper(tampering);

        var fault = Assert.Throws<LedgerTamperedException>(() => Open().Dispose());

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_single_changed_byte_of_any_block_is_found()
    {
        using (var ledger = Open())
            await FillAsync(ledger, 1);

        foreach (var (number, column) in from number in Enumerable.Range(0, 2) from column in Columns select (number, column))
        {
            var original = Blob(number, column);
            for (var position = 0; position < original.Length; position += 7)
            {
                var changed = (byte[])original.Clone();
                changed[position] ^= 1;
                SetBlob(number, column, changed);
                Assert.Throws<LedgerTamperedException>(() => Open().Dispose());
            }
            SetBlob(number, column, original);
        }

        Open().Dispose();
    }

    [Fact]
    public async Task It_refuses_to_start_without_the_key_that_signed_its_blocks()
    {
        using (var ledger = Open())
            await FillAsync(ledger, 1);
        File.Delete(_folder.File("ledger.key"));

        Assert.Throws<LedgerTamperedException>(() => Open().Dispose());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Its_key_is_readable_by_its_owner_alone_and_it_refuses_one_that_is_not()
    {
        Open().Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("ledger.key")));

        File.SetUnixFileMode(_folder.File("ledger.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Throws<LedgerTamperedException>(() => Open().Dispose());
    }

    [Fact]
    public async Task Its_time_does_not_run_backwards_with_the_clock()
    {
        using var ledger = Open();
        await FillAsync(ledger, 1);
        var before = (await ledger.GetHeadAsync(Cancel)).At;
        _clock.Advance(-TimeSpan.FromDays(1));

        await ledger.ContainAsync(Order(5), Cancel);

        Assert.Equal(before, (await ledger.GetHeadAsync(Cancel)).At);
    }

    [Fact]
    public async Task While_paused_it_contains_nothing_and_people_may_still_restore()
    {
        using var ledger = Open();
        await FillAsync(ledger, 1);
        await ledger.SetRulesAsync(new EmbeddedLedgerRules { IsPaused = true }, "operator-1", Cancel);

        var contained = await ledger.ContainAsync(Order(7), Cancel);
        var restored = await ledger.RestoreAsync(Order(0), "responder-1", Cancel);

        Assert.IsType<LedgerReply.Refused>(contained);
        Assert.IsType<LedgerReply.Confirmed>(restored);
    }

    [Fact]
    public async Task Nobody_unnamed_restores()
    {
        using var ledger = Open();
        await FillAsync(ledger, 1);

        var reply = await ledger.RestoreAsync(Order(0), " ", Cancel);

        Assert.IsType<LedgerReply.Refused>(reply);
        Assert.True(await ledger.IsContainedAsync(ActionKind.RevokeGrant, Grant(0), Cancel));
    }

    [Fact]
    public async Task A_key_used_for_one_target_does_nothing_to_another()
    {
        using var ledger = Open();
        await FillAsync(ledger, 1);

        var reply = await ledger.ContainAsync(Order(0) with { Target = Grant(9) }, Cancel);

        Assert.IsType<LedgerReply.Refused>(reply);
        Assert.False(await ledger.IsContainedAsync(ActionKind.RevokeGrant, Grant(9), Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x12")]
    [InlineData("0xZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    public async Task A_malformed_key_is_refused(string key)
    {
        using var ledger = Open();

        Assert.IsType<LedgerReply.Refused>(await ledger.ContainAsync(Order(0) with { Key = key }, Cancel));
    }

    [Fact]
    public async Task Unchanged_rules_write_no_block()
    {
        using (var ledger = Open())
            await FillAsync(ledger, 1);

        using var again = Open();

        Assert.Equal(1, (await again.GetHeadAsync(Cancel)).Block);
    }

    private EmbeddedLedger Open() => EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), _clock);

    private static async Task FillAsync(EmbeddedLedger ledger, int containments)
    {
        for (var i = 0; i < containments; i++)
            Assert.IsType<LedgerReply.Confirmed>(await ledger.ContainAsync(Order(i), Cancel));
    }

    private static LedgerOrder Order(int number) =>
        new(KeyOf(number), ActionKind.RevokeGrant, Grant(number), TimeSpan.FromHours(1), "inc-1", Evidence);

    private static string KeyOf(int number) => $"0x{number:x64}";

    private static EntityRef Grant(int number) => new(EntityType.Grant, $"g-{number}");

    private void Tamper(string sql)
    {
        using var connection = new SqliteFile(_folder.File("ledger.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private byte[] Blob(int number, string column)
    {
        using var connection = new SqliteFile(_folder.File("ledger.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {column} FROM block WHERE number = {number}";
        return (byte[])command.ExecuteScalar()!;
    }

    private void SetBlob(int number, string column, byte[] value)
    {
        using var connection = new SqliteFile(_folder.File("ledger.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE block SET {column} = $value WHERE number = {number}";
        command.Parameters.Add(new SqliteParameter("$value", value));
        command.ExecuteNonQuery();
    }
}
