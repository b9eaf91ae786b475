using System.Globalization;
using System.Text;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Testing.Storage;

/// <summary>A store that the version before wrote is taken further on every engine, loses nothing and works.</summary>
public abstract class UpgradeConformance(StoreSite site, StoreSite fresh) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        site.Dispose();
        fresh.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_store_of_version_2_keeps_what_it_held_and_takes_what_people_do_with_incidents()
    {
        site.Load(StoreSite.Fixture("cases-version-2.sql"));
        using var store = site.Open();

        Assert.Equal(41, await store.ScoredOffsetAsync(0, Cancel));
        var triaged = (await store.TriagedAlertAsync("alert-1", Cancel))!;
        Assert.Equal(("inc-1", AlertStatus.Acknowledged, "ana"), (triaged.IncidentId, triaged.Standing.Status, triaged.Standing.Assignee));
        Assert.Equal(["inc-2", "inc-1"], (await store.IncidentsAsync(new IncidentFilter(), null, 10, Cancel)).Items.Select(incident => incident.Id));
        Assert.Equal("alert-2", Assert.Single((await store.AlertsAsync(new AlertFilter { CaseId = "inc-2" }, null, 10, Cancel)).Items).Id);

        var merged = await store.MergeAsync(new IncidentOrder("inc-2", 0, "ana", SomeCase.At, "The same node."), "inc-1", Cancel);

        Assert.Equal(IncidentOutcome.Done, merged.Outcome);
        Assert.Equal(2, (await store.IncidentAsync("inc-1", Cancel))!.AlertCount);
    }

    [Fact]
    public void A_store_of_version_2_gets_the_shape_of_a_new_one()
    {
        site.Load(StoreSite.Fixture("cases-version-2.sql"));
        site.Open().Dispose();
        fresh.Open().Dispose();

        var shape = site.Shape();

        Assert.NotEmpty(shape);
        Assert.Equal(Names(fresh.Shape()), Names(shape));
    }

    [Fact]
    public async Task A_snapshot_that_version_5_kept_in_one_row_is_read_in_parts_and_decisions_before_it_count_as_heeded()
    {
        var state = string.Concat(Enumerable.Range(0, 2_200_000).Select(number => number.ToString("D8", CultureInfo.InvariantCulture)));
        site.Open().Dispose();
        site.Load($"""
            DROP TABLE snapshot;
            DROP TABLE snapshot_part;
            DROP TABLE heeded;
            DROP TABLE file_keeper;
            DROP TABLE file_erasure;
            DROP TABLE file_erasure_open;
            DROP TABLE file_erased_to;
            CREATE TABLE snapshot (partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
            INSERT INTO scored VALUES (2, 9);
            INSERT INTO standing_change VALUES (4, 'alert-1', 0, 'ana', '', '', '', 1);
            INSERT INTO snapshot VALUES (2, 7, CAST('{state}' AS BLOB));
            UPDATE version SET version = 5;
            """);
        using var store = site.Open();

        var snapshot = (await store.SnapshotAsync(2, Cancel))!;
        Assert.Equal((7L, 2, (long)state.Length), (snapshot.Offset, snapshot.Parts, snapshot.Bytes));
        Assert.Equal(state, Encoding.ASCII.GetString(await store.SnapshotBytesAsync(2, Cancel)));
        Assert.Equal(4, await store.HeededDecisionAsync(2, Cancel));
    }

    /// <summary>Stores on one server have schemas of their own, which stand in definitions of indexes.</summary>
    private static IEnumerable<string> Names(IReadOnlyList<string> shape) => shape.Select(line =>
        line.Contains(" ON ", StringComparison.Ordinal) && line.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            ? line[..(line.IndexOf(" ON ", StringComparison.Ordinal) + 4)] + line[(dot + 1)..] : line.Split("::")[0])
        .Select(line => line.Contains("nextval", StringComparison.Ordinal) ? line[..line.IndexOf("nextval", StringComparison.Ordinal)] : line)
        .Order(StringComparer.Ordinal);
}
