using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Hunting;

public sealed class EventArchiveTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder.File("archive.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_search_finds_exactly_what_fits_in_blocks_and_among_loose_events()
    {
        var chance = new Random(TestSeed.Next(output));
        using var archive = Filled();
        while (archive.Seal())
            Assert.False(Cancel.IsCancellationRequested);
        var found = 0;
        foreach (var text in SomeEvents.Conditions.Concat(Enumerable.Range(0, 25).Select(_ => SomeEvents.QueryOf(chance, 2))))
        {
            var query = SomeEvents.Query(text);
            var expected = SomeEvents.Fitting(query);

            var answer = archive.Search(query, new HuntRequest(1_000, null, 24), null, Cancel);

            Assert.Equal(expected.Take(1_000), answer.Hits.Select(SomeEvents.IdOf));
            Assert.Equal((expected.Count, expected.Count), (answer.Count, answer.Bars.Sum()));
            found += expected.Count;
        }
        Assert.True(found > 10_000, $"{found} found.");
    }

    [Fact]
    public void Pages_join_to_the_whole()
    {
        using var archive = Filled();
        archive.Seal();
        var query = SomeEvents.Query("organization: hospital-a");
        var (pages, cursor) = (new List<string>(), (HuntCursor?)null);

        do
        {
            var page = archive.Search(query, new HuntRequest(300, cursor, 0), null, Cancel);
            pages.AddRange(page.Hits.Select(SomeEvents.IdOf));
            cursor = HuntCursor.Parse(page.Next?.ToString());
        }
        while (cursor is not null);

        Assert.Equal(SomeEvents.Fitting(query), pages);
    }

    [Fact]
    public void A_block_that_cannot_hold_a_hit_is_not_opened()
    {
        using var archive = Filled();
        while (archive.Seal())
            Assert.False(Cancel.IsCancellationRequested);
        var loose = SomeEvents.Simulated.Count % 2_048;

        var absent = archive.Search(SomeEvents.Query("patient_ref: patient:nobody"), new HuntRequest(10, null, 0), null, Cancel);
        var first = archive.Search(SomeEvents.Query("time < 2026-11-02T01:00:00Z and node: *"), new HuntRequest(10, null, 0), null, Cancel);
        var all = archive.Search(new QueryAll(), new HuntRequest(10, null, 0), null, Cancel);

        Assert.Equal((0, loose), (absent.Count, absent.LookedAtCount));
        Assert.Equal(SomeEvents.Simulated.Count, all.LookedAtCount);
        Assert.InRange(first.LookedAtCount, 1, all.LookedAtCount / 2);
        Assert.True(first.Count > 0);
    }

    [Fact]
    public void Entries_that_come_again_after_a_crash_are_kept_once()
    {
        using (var archive = EventArchive.Open(Path, new EventArchiveOptions()))
        {
            archive.Add(SomeEvents.Entries(SomeEvents.Simulated.Take(3_000)));
            Assert.True(archive.Seal());
            archive.Add(SomeEvents.Entries(SomeEvents.Simulated.Take(100)));
        }

        using var reopened = EventArchive.Open(Path, new EventArchiveOptions());
        reopened.Add(SomeEvents.Entries(SomeEvents.Simulated.Take(3_500)));
        reopened.Add(SomeEvents.Entries(SomeEvents.Simulated.Take(10), partition: 1));
        reopened.Add([.. SomeEvents.Entries(SomeEvents.Simulated.Take(5), 10, partition: 1)
            .Select(entry => entry with { IsDuplicate = true })]);

        Assert.Equal(3_510, reopened.EventCount);
    }

    [Fact]
    public async Task What_the_log_held_before_is_taken_in()
    {
        await using var log = SqliteEventLog.Open(new SqliteFile(_folder.File("events.db")), new SqliteEventLogOptions(),
            TimeProvider.System);
        await log.AppendAsync([.. SomeEvents.Simulated.Select((record, i) => new EventEnvelope("test", $"{i}", record))], Cancel);
        using var archive = EventArchive.Open(Path, new EventArchiveOptions());

        await archive.CompleteAsync(log, 0, 2_999, Cancel);
        await archive.CompleteAsync(log, 0, 4_499, Cancel);

        Assert.Equal(4_500, archive.EventCount);
    }

    [Fact]
    public void An_entity_is_told_alike_before_and_after_its_events_are_sealed()
    {
        using var archive = Filled();
        var busiest = SomeEvents.Simulated.Where(record => SomeField(record, "actorRole") == "nurse")
            .Select(record => SomeField(record, "actor")).CountBy(actor => actor).MaxBy(pair => pair.Value);
        var actor = new EntityRef(EntityType.Actor, busiest.Key);

        var loose = archive.HistoryOf(actor, SomeEvents.StartAt, 5)!;
        while (archive.Seal())
            Assert.False(Cancel.IsCancellationRequested);
        var packed = archive.HistoryOf(actor, SomeEvents.StartAt, 5)!;

        Assert.Equal(busiest.Value, loose.Known.EventCount);
        Assert.Equal((loose.Known, busiest.Value), (packed.Known, packed.Hours.Values.Sum()));
        Assert.Equal(loose.Hours.OrderBy(hour => hour.Key), packed.Hours.OrderBy(hour => hour.Key));
        Assert.Equal(loose.Ties, packed.Ties);
        Assert.Contains(packed.Ties, tie => tie.Other.Type == EntityType.Node && tie.EventCount > 0);
        Assert.All(packed.Peers, peer =>
            Assert.Equal((loose.Known.Organization, loose.Known.Role), (peer.Organization, peer.Role)));
        Assert.NotEmpty(packed.Peers);
        Assert.Equal(actor, archive.EntitiesLike(busiest.Key[^12..], EntityType.Actor, 5)[0].Entity);
        Assert.Null(archive.HistoryOf(new EntityRef(EntityType.Node, "nowhere"), SomeEvents.StartAt, 5));
    }

    [Fact]
    public void Nothing_of_an_erased_person_is_found_or_left_in_the_file()
    {
        using var archive = Filled();
        while (archive.Seal())
            Assert.False(Cancel.IsCancellationRequested);
        var subject = SomeEvents.Simulated.Select(record => SomeField(record, "subject")).Where(name => name.Length > 0)
            .CountBy(name => name).MaxBy(pair => pair.Value);
        var query = SomeEvents.Query($"patient_ref: \"{subject.Key}\"");
        var before = archive.EventCount;

        var erased = archive.Erase(subject.Key);

        Assert.Equal((subject.Value, 0), (erased, archive.Search(query, new HuntRequest(10, null, 0), null, Cancel).Count));
        Assert.Equal(before - erased, archive.EventCount);
        Assert.Null(archive.HistoryOf(new EntityRef(EntityType.Patient, subject.Key), SomeEvents.StartAt, 5));
        Assert.True(File.ReadAllBytes(Path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(subject.Key)) < 0);
    }

    [Fact]
    public void What_is_too_old_or_too_much_goes()
    {
        using var archive = EventArchive.Open(Path, new EventArchiveOptions { EventsMax = 4_096 });
        archive.Add(SomeEvents.Entries(SomeEvents.Simulated));
        while (archive.Seal())
            Assert.False(Cancel.IsCancellationRequested);
        var before = archive.EventCount;

        var tooMany = archive.Forget(SomeEvents.StartAt.AddDays(2));
        var tooOld = archive.Forget(SomeEvents.StartAt.AddDays(92));

        Assert.Equal(before / 2_048 * 2_048 - 4_096, tooMany);
        Assert.Equal(4_096, tooOld);
        Assert.Empty(archive.EntitiesLike("", null, 10));
    }

    [Fact]
    public void A_search_tells_how_far_it_is_and_can_be_given_up()
    {
        using var archive = Filled();
        archive.Seal();
        using var enough = new CancellationTokenSource();
        enough.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            archive.Search(new QueryAll(), new HuntRequest(10, null, 0), null, enough.Token));
        Assert.Equal(1, archive.Search(new QueryAll(), new HuntRequest(10, null, 0), null, Cancel).Progress);
    }

    [Fact]
    public void Queries_are_kept_by_name()
    {
        using var archive = EventArchive.Open(Path, new EventArchiveOptions());
        var hunt = new SavedHunt("Night reads", "method: recordAccess", "ana", SomeEvents.StartAt);

        Assert.True(archive.Save(hunt));
        Assert.True(archive.Save(hunt with { Query = "method: decryptKey", By = "ben" }));
        Assert.False(archive.Save(hunt with { Name = " " }));

        Assert.Equal(("method: decryptKey", "ben"), (archive.SavedHunts().Single().Query, archive.SavedHunts().Single().By));
        Assert.True(archive.Drop("Night reads"));
        Assert.False(archive.Drop("Night reads"));
    }

    private EventArchive Filled()
    {
        var archive = EventArchive.Open(Path, new EventArchiveOptions());
        archive.Add(SomeEvents.Entries(SomeEvents.Simulated));
        return archive;
    }

    private static string SomeField(byte[] record, string name)
    {
        using var document = System.Text.Json.JsonDocument.Parse(record);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }
}
