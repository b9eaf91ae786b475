using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Response.Tests.Storage;

/// <summary>A store that an earlier version wrote, as it was left, is taken further and works.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_of_version_1_keeps_what_it_held_and_goes_on()
    {
        Load("cases-version-1.sql");
        using var store = SqliteCaseStore.Open(_folder.File("cases.db"));

        var position = await store.PositionAsync(Cancel);
        Assert.Equal((82_323L, 82_324L), (position.ScoredOffsets[0], position.Tally.Scored));
        Assert.Equal([1, 2, 3], await store.SnapshotBytesAsync(0, Cancel));
        Assert.Equal(2, await store.AlertCountAsync(new AlertFilter(), Cancel));
        var triaged = (await store.TriagedAlertAsync("al-7c8fd631deb18945", Cancel))!;
        Assert.Equal((AlertStatus.Acknowledged, "ana"), (triaged.Standing.Status, triaged.Standing.Assignee));
        Assert.Equal(ActionKind.SuspendActor, Assert.Single(await store.ActionsOfIncidentAsync("inc-46fce0dfc76c9a45", Cancel)).Action.Kind);
        Assert.Equal("review:inc-134ae2bbe5d33725", Assert.Single(await store.TasksAsync(new CaseTaskFilter(), 10, Cancel)).Id);
        Assert.Equal((2_767L, 2_770L), await store.EvidenceCountAsync(Cancel));
        var waiting = await store.WaitingEvidenceAsync(10, long.MaxValue, Cancel);
        Assert.Equal([2_767L, 2_768L, 2_769L], waiting.Select(one => one.Entry.Number));

        await store.CommitAsync(
            new CaseCommit
            {
                ExpectedOffsets = new Dictionary<int, long> { [0] = 82_323 },
                ScoredOffsets = new Dictionary<int, long> { [0] = 82_400 },
                Alerts = [SomeCase.Alert()],
            },
            Cancel);
        Assert.Equal(3, await store.AlertCountAsync(new AlertFilter(), Cancel));
    }

    [Fact]
    public void A_store_that_was_taken_further_has_the_shape_of_a_new_one()
    {
        Load("cases-version-1.sql");
        SqliteCaseStore.Open(_folder.File("cases.db")).Dispose();
        SqliteCaseStore.Open(_folder.File("new.db")).Dispose();

        var shape = ShapeOf("cases.db");

        Assert.NotEmpty(shape);
        Assert.Equal(ShapeOf("new.db"), shape);
    }

    [Fact]
    public void A_store_that_was_taken_further_is_not_opened_as_before()
    {
        Load("cases-version-1.sql");
        SqliteCaseStore.Open(_folder.File("cases.db")).Dispose();

        using var connection = new SqliteFile(_folder.File("cases.db")).Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT version FROM version";
        Assert.Equal(7L, command.ExecuteScalar());
    }

    [Fact]
    public async Task A_snapshot_of_several_partitions_is_dropped_because_no_partition_can_go_on_from_it()
    {
        Load("cases-version-1.sql");
        using (var connection = new SqliteFile(_folder.File("cases.db")).Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = """UPDATE snapshot SET offsets = '{"0":5,"3":9}'""";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        using var store = SqliteCaseStore.Open(_folder.File("cases.db"));

        Assert.Null(await store.SnapshotAsync(0, Cancel));
        Assert.Null(await store.SnapshotAsync(3, Cancel));
        Assert.Equal(82_323, await store.ScoredOffsetAsync(0, Cancel));
    }

    [Fact]
    public async Task A_snapshot_of_one_row_becomes_parts_and_a_damaged_or_lost_part_is_noticed()
    {
        var state = new byte[(2 << 24) + 77];
        new Random(3).NextBytes(state);
        Load("cases-version-1.sql");
        Run("UPDATE snapshot SET state = $state", state);
        using var store = SqliteCaseStore.Open(_folder.File("cases.db"));

        Assert.Equal(state, await store.SnapshotBytesAsync(0, Cancel));
        var snapshot = (await store.SnapshotAsync(0, Cancel))!;
        Assert.Equal((40_679L, 3), (snapshot.Offset, snapshot.Parts));
        Run("UPDATE snapshot_part SET body = $state WHERE part = 2", state[..100]);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.SnapshotBytesAsync(0, Cancel));
        Run("DELETE FROM snapshot_part WHERE part = 2 AND $state IS NOT NULL", [1]);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.SnapshotBytesAsync(0, Cancel));
    }

    private void Run(string statement, byte[] state)
    {
        using var connection = new SqliteFile(_folder.File("cases.db")).Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements of this class.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$state", state);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private void Load(string fixture)
    {
        using var connection = new SqliteFile(_folder.File("cases.db")).Open();
        using var command = connection.CreateCommand();
        using var reader = new StreamReader(typeof(UpgradeTests).Assembly.GetManifestResourceStream(fixture)!);
#pragma warning disable CA2100 // The fixture of this project.
        command.CommandText = reader.ReadToEnd();
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Every column of every table with its type, and every index with its columns.</summary>
    private List<string> ShapeOf(string file)
    {
        using var connection = new SqliteFile(_folder.File(file)).Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
                FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
            UNION ALL
            SELECT t.name || ' ' || i.seqno || ' ' || coalesce(i.name, '') || ' ' || i."desc"
                FROM sqlite_master t, pragma_index_xinfo(t.name) i WHERE t.type = 'index'
            ORDER BY 1
            """;
        using var row = command.ExecuteReader();
        var shape = new List<string>();
        while (row.Read())
            shape.Add(row.GetString(0));
        return shape;
    }
}
