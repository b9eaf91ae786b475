using System.Text;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Tests.Hunting;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

public sealed class SearchFeedTests(ITestOutputHelper output)
{
    private const string Events = "sentinel-events", Alerts = "sentinel-alerts";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IReadOnlyList<byte[]> Sent { get; } = [.. SomeEvents.Simulated.Take(2_600)];

    private static IReadOnlyList<string> AllIds { get; } = [.. Sent.Select(record => EventDocument.IdOf(record)).Order()];

    [Fact]
    public async Task What_was_archived_before_and_after_the_engine_came_is_sent_once()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Archive.Add(SomeEvents.Entries(Sent.Take(2_200)));
        bench.Seal();

        await bench.DrainAsync(Cancel);
        var first = bench.Engine.State.ItemCount;
        bench.Archive.Add(SomeEvents.Entries(Sent.Skip(2_200), 2_200));
        await bench.DrainAsync(Cancel);
        bench.Seal();
        await bench.DrainAsync(Cancel);

        Assert.Equal(AllIds, Ids(bench));
        Assert.Equal((2_200, AllIds.Count), (first, bench.Engine.State.ItemCount));
        Assert.Equal(0, bench.Feed.State.Events.Waiting);
    }

    [Fact]
    public async Task What_is_sealed_while_it_is_on_its_way_is_not_sent_again()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Archive.Add(SomeEvents.Entries(Sent));
        var isSealed = false;
        bench.Engine.State.RefuseItem = _ =>
        {
            isSealed = isSealed || bench.Archive.Seal();
            return null;
        };

        await bench.DrainAsync(Cancel);

        Assert.True(isSealed);
        Assert.Equal((AllIds.Count, 0), (bench.Engine.State.ItemCount, bench.Archive.FeedStanding().Waiting));
        Assert.Equal(AllIds, Ids(bench));
    }

    [Fact]
    public async Task Nothing_is_lost_whatever_happens_meanwhile()
    {
        var chance = new Random(TestSeed.Next(output));
        await using var bench = await SearchBench.OpenAsync(change: options => options with { BulkDocumentsMax = 150 });
        for (var at = 0; at < Sent.Count || bench.Archive.FeedStanding().Waiting > 0;)
        {
            Cancel.ThrowIfCancellationRequested();
            switch (chance.Next(6))
            {
                case 0 or 1:
                    var count = Math.Min(chance.Next(1, 700), Sent.Count - at);
                    bench.Archive.Add(SomeEvents.Entries(Sent.Skip(at).Take(count), at));
                    at += count;
                    break;
                case 2:
                    bench.Archive.Seal();
                    break;
                case 3:
                    bench.Restart();
                    break;
                case 4:
                    bench.Engine.FailBulk(chance.Next(2) == 0 ? 503 : 429);
                    break;
                default:
                    await InterruptedAsync(bench, chance);
                    break;
            }
        }

        Assert.Equal(AllIds, Ids(bench));
        Assert.Equal((0, 0), (bench.Archive.FeedStanding().Refused, bench.Archive.FeedStanding().Forgotten));
    }

    [Fact]
    public async Task While_the_engine_is_away_events_wait_and_the_fault_is_told()
    {
        await using var bench = await SearchBench.OpenAsync();
        await bench.DrainAsync(Cancel);
        bench.Engine.IsDown = true;
        bench.Archive.Add(SomeEvents.Entries(Sent));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = bench.Feed.StepEventsAsync(enough.Token);
        await Eventually.HoldsAsync(() => bench.Feed.State is { Fault.Length: > 0, Events.Waiting: > 0 }, () =>
            bench.Feed.State.ToString());
        var waiting = bench.Archive.FeedStanding().Waiting;
        bench.Engine.IsDown = false;
        await sending;
        await bench.DrainAsync(Cancel);

        Assert.Equal(AllIds.Count, waiting);
        Assert.Equal(AllIds, Ids(bench));
        Assert.Equal("", bench.Feed.State.Fault);
    }

    [Fact]
    public async Task A_person_who_is_erased_is_erased_in_the_engine_too()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Archive.Add(SomeEvents.Entries(Sent));
        var subject = SubjectOfMany();
        bench.Archive.Seal();
        await bench.DrainAsync(Cancel);
        bench.Archive.Seal();

        bench.Archive.Erase(subject);
        var waiting = bench.Archive.FeedStanding().Erasures;
        await bench.DrainAsync(Cancel);

        Assert.Equal((1, 0), (waiting, bench.Archive.FeedStanding().Erasures));
        Assert.DoesNotContain(bench.Engine.State.Documents(Events), document => document.Source.GetRawText().Contains($"\"{subject}\"", StringComparison.Ordinal));
        Assert.Equal(bench.Archive.EventCount, bench.Engine.State.Documents(Events).Count);
    }

    [Fact]
    public async Task A_person_who_is_erased_while_a_block_waits_does_not_come_back_with_it()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Archive.Add(SomeEvents.Entries(Sent));
        bench.Seal();
        var subject = SubjectOfMany();

        bench.Archive.Erase(subject);
        await bench.DrainAsync(Cancel);

        Assert.Equal(bench.Archive.EventCount, bench.Engine.State.Documents(Events).Count);
        Assert.True(bench.Archive.EventCount < AllIds.Count);
    }

    [Fact]
    public async Task What_the_archive_lets_go_of_before_it_is_sent_is_counted()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Archive.Add(SomeEvents.Entries(Sent));
        bench.Seal();
        bench.Restart(new EventArchiveOptions { EventsMax = 100 });

        var gone = bench.Archive.Forget(SomeEvents.StartAt.AddDays(2));
        await bench.DrainAsync(Cancel);

        Assert.True(gone > 0);
        Assert.Equal(gone, bench.Archive.FeedStanding().Forgotten);
        Assert.Equal(AllIds.Count - gone, bench.Engine.State.Documents(Events).Count);
    }

    [Fact]
    public async Task A_refused_event_is_kept_with_the_reason_and_the_rest_goes_on()
    {
        await using var bench = await SearchBench.OpenAsync();
        var ill = EventDocument.IdOf(Sent[5]);
        bench.Engine.State.RefuseItem = id => id == ill ? (400, "document_parsing_exception", "failed to parse field [x]. Preview of field's value: 'v'") : null;
        bench.Archive.Add(SomeEvents.Entries(Sent));

        await bench.DrainAsync(Cancel);

        var refused = Assert.Single(bench.Archive.RefusedByFeed(10));
        Assert.Equal(SomeEvents.IdOf(new HuntHit(default, 0, Sent[5])), refused.EventId);
        Assert.Equal("document_parsing_exception: failed to parse field [x].", refused.Reason);
        Assert.Equal((1, AllIds.Count - 1), (bench.Archive.FeedStanding().Refused, bench.Engine.State.Documents(Events).Count));
    }

    [Fact]
    public async Task An_index_that_was_deleted_is_made_and_filled_again()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench);
        bench.Engine.State.Delete(Events);
        bench.Engine.State.Delete(Alerts + "-000001");

        bench.Restart();
        await bench.DrainAsync(Cancel);

        Assert.Equal(AllIds, Ids(bench));
        Assert.Single(bench.Engine.State.Documents(Alerts));
    }

    [Fact]
    public async Task The_alerts_index_is_filled_again_when_it_goes_while_the_feed_runs()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench);
        bench.Engine.State.Delete(Alerts + "-000001");
        await bench.Store.ChangeAsync(["alert-1"], new TriageChange { Status = AlertStatus.Acknowledged }, "ana", SomeCase.At, Cancel);

        await Assert.ThrowsAsync<SearchUnavailableException>(() => bench.Feed.StepAlertsAsync(Cancel));
        await bench.DrainAsync(Cancel);

        Assert.Contains("acknowledged", Assert.Single(bench.Engine.State.Documents(Alerts)).Source.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_is_one_document_with_its_latest_state()
    {
        await using var bench = await SearchBench.OpenAsync();
        await FillAsync(bench);
        var before = Assert.Single(bench.Engine.State.Documents(Alerts));

        await bench.Store.ChangeAsync(["alert-1"], new TriageChange { Status = AlertStatus.InProgress, Assignee = "ana" }, "ana", SomeCase.At, Cancel);
        await bench.DrainAsync(Cancel);

        var after = Assert.Single(bench.Engine.State.Documents(Alerts));
        Assert.True(after.Version > before.Version);
        Assert.Equal(("acknowledged", "ana", "inProgress"), (
            after.Source.GetProperty("kibana.alert.workflow_status").GetString(),
            after.Source.GetProperty("kibana.alert.workflow_assignee_ids")[0].GetString(),
            after.Source.GetProperty("SentinelHealth").GetProperty("status").GetString()));
        Assert.False(await bench.Feed.StepAlertsAsync(Cancel));
    }

    [Fact]
    public async Task Nobody_who_listens_to_outgoing_changes_hears_of_the_engine()
    {
        await using var bench = await SearchBench.OpenAsync();
        bench.Store.KeepOutgoing();
        await CommitAlertAsync(bench.Store);

        var changes = await bench.Store.OutgoingAsync(10, Cancel);
        await bench.Store.ForgetOutgoingAsync(changes[^1].Number + 100, Cancel);
        await bench.DrainAsync(Cancel);

        Assert.All(changes, change => Assert.NotEqual("", change.Body));
        Assert.Single(bench.Engine.State.Documents(Alerts));
    }

    private static async Task FillAsync(SearchBench bench)
    {
        bench.Archive.Add(SomeEvents.Entries(Sent));
        bench.Seal();
        await CommitAlertAsync(bench.Store);
        await bench.DrainAsync(Cancel);
    }

    private static Task CommitAlertAsync(CaseStore store) => store.CommitAsync(
        new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 0 }, Alerts = [SomeCase.Alert()] }, Cancel).AsTask();

    /// <summary>Sends, and is stopped in the middle now and then.</summary>
    private static async Task InterruptedAsync(SearchBench bench, Random chance)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var left = chance.Next(0, 4_000);
        bench.Engine.State.RefuseItem = _ =>
        {
            if (left-- == 0)
                enough.Cancel();
            return null;
        };
        try
        {
            await bench.Feed.StepEventsAsync(enough.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            Assert.False(Cancel.IsCancellationRequested);
        }
    }

    private static string SubjectOfMany() => Sent.Select(record => Encoding.UTF8.GetString(record))
        .Select(text => System.Text.Json.Nodes.JsonNode.Parse(text)!["subject"]?.GetValue<string>() ?? "").Where(name => name.Length > 0)
        .CountBy(name => name).MaxBy(pair => pair.Value).Key;

    private static IEnumerable<string> Ids(SearchBench bench) =>
        bench.Engine.State.Documents(Events).Select(document => document.Id).Order();
}
