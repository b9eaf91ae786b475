using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Testing.Storage;

public abstract class TriageConformance : IDisposable
{
    private readonly StoreSite _site;
    private readonly ManualClock _clock = new(SomeCase.At);
    private CaseStore _store;

    protected TriageConformance(StoreSite site)
    {
        _site = site;
        _store = site.Open();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TriageDesk Desk => new(_store, _clock);

    public void Dispose()
    {
        _store.Dispose();
        _site.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Closing_takes_a_reason_and_reopening_takes_it_away()
    {
        await RaiseAsync(1);

        var without = await Desk.ChangeAsync(["alert-0"], new TriageChange { Status = AlertStatus.Closed }, "ana", Cancel);
        var closed = await Desk.ChangeAsync(
            ["alert-0"], new TriageChange { Status = AlertStatus.Closed, CloseReason = CloseReason.Legitimate, Note = "Night shift." }, "ana", Cancel);
        await Desk.ChangeAsync(["alert-0"], new TriageChange { Status = AlertStatus.InProgress, Assignee = "ben" }, "ben", Cancel);

        Assert.Equal("Closing an alert takes a reason.", without.Detail);
        Assert.True(closed.IsAccepted);
        var standing = (await _store.TriagedAlertAsync("alert-0", Cancel))!.Standing;
        Assert.Equal(
            (AlertStatus.InProgress, null, "ben", 1, 2L), (standing.Status, standing.CloseReason, standing.Assignee, standing.NoteCount, standing.Revision));
        var history = await _store.StandingChangesAsync("alert-0", 10, Cancel);
        Assert.Equal(["Night shift.", ""], history.Select(change => change.Note));
        Assert.Equal([("alert-0", Disposition.Benign), ("alert-0", Disposition.Undecided)],
            (await _store.DecisionsAsync(0, 10, Cancel)).Select(decision => (decision.AlertId, decision.Disposition)));
    }

    [Fact]
    public async Task A_new_version_of_an_alert_keeps_where_people_stand_with_it()
    {
        await RaiseAsync(1);
        await Desk.ChangeAsync(["alert-0"], new TriageChange { Status = AlertStatus.Acknowledged }, "ana", Cancel);

        await CommitAsync(SomeCase.Alert("alert-0") with { EventCount = 5, Severity = Severity.Critical });

        var triaged = (await _store.TriagedAlertAsync("alert-0", Cancel))!;
        Assert.Equal((AlertStatus.Acknowledged, 5), (triaged.Standing.Status, triaged.Alert.EventCount));
    }

    [Fact]
    public async Task An_order_changes_exactly_what_was_counted_and_comes_through_a_restart()
    {
        await RaiseAsync(1_300);
        var query = Desk.Read("source: node.unregistered").Node!;
        var (count, through) = await _store.QueueCountAsync(query, Cancel);
        await CommitAsync(SomeCase.Alert("late"));

        var (job, outcome) = await Desk.OrderAsync(
            new TriageOrder("source: node.unregistered", through, count, Closing(CloseReason.FalsePositive)), "ana", Cancel);
        await _store.StepJobAsync(job!.Id, _clock.GetUtcNow(), Cancel);
        _store.Dispose();
        _store = _site.Open();
        var half = (await _store.JobAsync(job.Id, Cancel))!;
        await WorkOffAsync();

        Assert.True(outcome.IsAccepted);
        Assert.Equal((500L, TriageJobState.Running), (half.DoneCount, half.State));
        var done = (await _store.JobAsync(job.Id, Cancel))!;
        Assert.Equal((1_300L, 1_300L, TriageJobState.Done), (done.DoneCount, done.ChangedCount, done.State));
        Assert.Equal(1_300, await CountAsync("status: closed"));
        Assert.Equal(AlertStatus.New, (await _store.TriagedAlertAsync("late", Cancel))!.Standing.Status);
    }

    [Fact]
    public async Task An_order_for_another_number_than_was_agreed_to_changes_nothing()
    {
        await RaiseAsync(3);
        var (_, through) = await _store.QueueCountAsync(new QueryAll(), Cancel);

        var (job, outcome) = await Desk.OrderAsync(new TriageOrder("", through, 2, Closing(CloseReason.Duplicate)), "ana", Cancel);
        await WorkOffAsync();

        Assert.Null(job);
        Assert.Empty(await _store.JobsAsync(null, 10, Cancel));
        Assert.Equal("3 alerts match now, not 2. Look again, then order again.", outcome.Detail);
        Assert.Equal(0, await CountAsync("status: closed"));
    }

    [Fact]
    public async Task Taking_an_order_back_leaves_alone_what_somebody_changed_since()
    {
        await RaiseAsync(3);
        await Desk.ChangeAsync(["alert-1"], new TriageChange { Assignee = "eva" }, "eva", Cancel);
        var (_, through) = await _store.QueueCountAsync(new QueryAll(), Cancel);
        var (job, _) = await Desk.OrderAsync(new TriageOrder("", through, 3, Closing(CloseReason.Duplicate)), "ana", Cancel);
        await WorkOffAsync();
        await Desk.ChangeAsync(["alert-2"], new TriageChange { Status = AlertStatus.InProgress }, "ben", Cancel);

        var (undo, _) = await Desk.UndoAsync(job!.Id, "ana", Cancel);
        await WorkOffAsync();

        var undone = (await _store.JobAsync(undo!.Id, Cancel))!;
        Assert.Equal((3L, 2L), (undone.TotalCount, undone.ChangedCount));
        var items = await _store.JobItemsAsync(undo.Id, 0, 10, Cancel);
        Assert.Equal(TriageOutcome.Moved, items.Single(item => item.AlertId == "alert-2").Outcome);
        var restored = (await _store.TriagedAlertAsync("alert-1", Cancel))!.Standing;
        Assert.Equal((AlertStatus.New, "eva"), (restored.Status, restored.Assignee));
    }

    [Fact]
    public async Task A_stopped_order_leaves_the_rest_alone()
    {
        await RaiseAsync(700);
        var (_, through) = await _store.QueueCountAsync(new QueryAll(), Cancel);
        var (job, _) = await Desk.OrderAsync(new TriageOrder("", through, null, Closing(CloseReason.Unknown)), "ana", Cancel);
        await _store.StepJobAsync(job!.Id, _clock.GetUtcNow(), Cancel);

        var stopped = await Desk.CancelAsync(job.Id, Cancel);
        await WorkOffAsync();

        Assert.Equal("Stopped after 500 of 700.", stopped.Detail);
        Assert.Equal(500, await CountAsync("status: closed"));
    }

    [Fact]
    public async Task A_suppression_hides_new_alerts_until_it_is_over_but_never_a_critical_one()
    {
        await RaiseAsync(1);
        var begun = await Desk.SuppressAsync("source: node.unregistered", "Known maintenance.", TimeSpan.FromHours(1), "ana", Cancel);

        await CommitAsync(
            SomeCase.Alert("hidden"), SomeCase.Alert("critical") with { Severity = Severity.Critical },
            SomeCase.Alert("other") with { Source = "rarity" }, SomeCase.Alert("later") with { At = SomeCase.At.AddHours(2) });
        await CommitAsync(SomeCase.Alert("hidden") with { EventCount = 2 });

        Assert.True(begun.IsAccepted);
        Assert.Equal(["hidden"], (await _store.QueueAsync(Desk.Read("suppression: *").Node!, long.MaxValue, 0, 10, Cancel)).Select(item => item.Alert.Id));
        var suppression = Assert.Single(await Desk.SuppressionsAsync(isLiveOnly: true, 10, Cancel));
        Assert.Equal(1, suppression.HiddenCount);
        await CommitAsync(SomeCase.Alert("hidden") with { Severity = Severity.Critical });
        Assert.Equal(0, await CountAsync("suppression: *"));
        Assert.True((await Desk.EndSuppressionAsync(suppression.Id, "ben", Cancel)).IsAccepted);
        await CommitAsync(SomeCase.Alert("after"));
        Assert.Equal(0, await CountAsync("suppression: *"));
    }

    [Fact]
    public async Task A_suppression_leaves_alone_what_stood_in_the_queue_before()
    {
        await RaiseAsync(1);
        await Desk.SuppressAsync("source: node.unregistered", "Known maintenance.", TimeSpan.FromHours(1), "ana", Cancel);

        await CommitAsync(
            SomeCase.Alert("alert-0") with { EventCount = 2 },
            SomeCase.Alert("twice"), SomeCase.Alert("twice") with { Severity = Severity.Critical });

        Assert.Equal(0, await CountAsync("suppression: *"));
        Assert.Equal(0, Assert.Single(await Desk.SuppressionsAsync(isLiveOnly: true, 10, Cancel)).HiddenCount);
    }

    [Fact]
    public async Task A_preview_tells_what_a_suppression_would_have_hidden()
    {
        await RaiseAsync(4);
        await CommitAsync(SomeCase.Alert("critical") with { Severity = Severity.Critical }, SomeCase.Alert("old") with { At = SomeCase.At.AddDays(-31) });
        await Desk.ChangeAsync(["alert-0"], Closing(CloseReason.Harmful), "ana", Cancel);

        var preview = await Desk.PreviewAsync("source: node.unregistered", Cancel);

        Assert.Equal((4L, 1L, 1L), (preview.HiddenCount, preview.ConfirmedCount, preview.CriticalCount));
        Assert.Equal(("node.unregistered", 4L), (preview.Groups.Single().Values[0], preview.Groups[0].Count));
        Assert.False((await Desk.SuppressAsync("", "No query.", TimeSpan.FromHours(1), "ana", Cancel)).IsAccepted);
        Assert.False((await Desk.SuppressAsync("*", "Too long.", TimeSpan.FromDays(91), "ana", Cancel)).IsAccepted);
        Assert.False((await Desk.SuppressAsync("nofield: x", "Wrong.", TimeSpan.FromHours(1), "ana", Cancel)).IsAccepted);
    }

    [Fact]
    public async Task Groups_and_bars_count_every_alert_once()
    {
        await RaiseAsync(6);
        await CommitAsync(SomeCase.Alert("x") with { Severity = Severity.Low, At = SomeCase.At.AddMinutes(-59), Source = "rarity" });

        var groups = await _store.GroupsAsync(new QueryAll(), ["source", "severity"], 10, Cancel);
        var bars = await _store.BarsAsync(new QueryAll(), SomeCase.At.AddHours(-1), SomeCase.At.AddTicks(1), 6, Cancel);

        Assert.Equal([("node.unregistered", "high", 6L), ("rarity", "low", 1L)], groups.Select(group => (group.Values[0], group.Values[1], group.Count)));
        Assert.Equal(
            (1L, 6L, 7L),
            (bars[0].Counts[(int)Severity.Low], bars[^1].Counts[(int)Severity.High], bars.Sum(bar => bar.Counts.Sum())));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.GroupsAsync(new QueryAll(), ["reason"], 10, Cancel));
    }

    [Fact]
    public async Task Views_are_kept_by_name_for_one_person_or_shared_and_one_is_begun_with()
    {
        await Desk.SaveViewAsync("ana", ViewScope.Own, "  Mine ", "status=new", Cancel);
        await Desk.SaveViewAsync("ana", ViewScope.Shared, "Ours", "severity=high", Cancel);
        await Desk.SaveViewAsync("ben", ViewScope.Own, "Mine", "status=closed", Cancel);
        await Desk.SaveViewAsync("ana", ViewScope.Own, "Mine", "status=all", Cancel);
        Assert.True((await Desk.SetDefaultViewAsync("ana", QueueView.OwnOf("ana"), "Mine", Cancel)).IsAccepted);

        Assert.True((await Desk.RenameViewAsync("ana", ViewScope.Own, "Mine", "Morning", Cancel)).IsAccepted);

        Assert.Equal([("Morning", "status=all", true), ("Ours", "severity=high", false)],
            (await Desk.ViewsAsync("ana", Cancel)).Select(view => (view.Name, view.Address, view.IsDefault)));
        Assert.Equal(["Mine", "Ours"], (await Desk.ViewsAsync("ben", Cancel)).Select(view => view.Name));
        Assert.False((await Desk.SetDefaultViewAsync("ben", QueueView.OwnOf("ben"), "Morning", Cancel)).IsAccepted);
        Assert.False((await Desk.RenameViewAsync("ben", ViewScope.Own, "Nothing", "Other", Cancel)).IsAccepted);
        await Desk.SaveViewAsync("ana", ViewScope.Own, "Evening", "status=new", Cancel);
        Assert.False((await Desk.RenameViewAsync("ana", ViewScope.Own, "Evening", "Morning", Cancel)).IsAccepted);
        Assert.True((await Desk.DropViewAsync("ana", ViewScope.Own, "Morning", Cancel)).IsAccepted);
        Assert.DoesNotContain(await Desk.ViewsAsync("ana", Cancel), view => view.IsDefault);
        Assert.False((await Desk.SaveViewAsync("ana", ViewScope.Own, "a\nb", "", Cancel)).IsAccepted);
        Assert.False((await Desk.SaveViewAsync("ana", ViewScope.Own, new string('x', 81), "", Cancel)).IsAccepted);
    }

    [Fact]
    public async Task Views_that_are_shared_within_organizations_are_known_to_their_people_alone_and_to_who_sees_everything()
    {
        var (theirs, others) = (Desk.Within(new TriageFence(["hospital-b"], ["node:b"])), Desk.Within(new TriageFence(["hospital-a"], ["node:a"])));
        await theirs.SaveViewAsync("bea", ViewScope.Shared, "Ward 3", "q=b", Cancel);
        await Desk.SaveViewAsync("ana", ViewScope.Shared, "Ward 3", "q=all", Cancel);

        Assert.Equal(["q=b"], (await theirs.ViewsAsync("bob", Cancel)).Select(view => view.Address));
        Assert.Empty(await others.ViewsAsync("al", Cancel));
        Assert.Equal(["q=all", "q=b"], (await Desk.ViewsAsync("ana", Cancel)).Select(view => view.Address).Order());
        Assert.False((await others.SetDefaultViewAsync("al", QueueView.SharedOf([]), "Ward 3", Cancel)).IsAccepted);
        Assert.False((await others.DropViewAsync("al", ViewScope.Shared, "Ward 3", Cancel)).IsAccepted);
    }

    [Fact]
    public async Task Nobody_keeps_more_than_a_hundred_views()
    {
        for (var i = 0; i < QueueView.ViewsMax; i++)
            Assert.True((await Desk.SaveViewAsync("ana", ViewScope.Own, $"view {i}", "", Cancel)).IsAccepted);

        Assert.False((await Desk.SaveViewAsync("ana", ViewScope.Own, "one more", "", Cancel)).IsAccepted);
        Assert.True((await Desk.SaveViewAsync("ana", ViewScope.Own, "view 7", "status=new", Cancel)).IsAccepted);
    }

    private static TriageChange Closing(CloseReason reason) => new() { Status = AlertStatus.Closed, CloseReason = reason };

    private Task RaiseAsync(int count) => CommitAsync([.. Enumerable.Range(0, count).Select(i => SomeCase.Alert($"alert-{i}"))]);

    private async Task CommitAsync(params Alert[] alerts) =>
        await _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts }, Cancel);

    private async Task<long> CountAsync(string query) => (await _store.QueueCountAsync(Desk.Read(query).Node!, Cancel)).Count;

    private async Task WorkOffAsync()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var desk = Desk;
        var work = desk.RunAsync(enough.Token);
        while ((await _store.JobsAsync(TriageJobState.Running, 10, Cancel)).Count > 0)
            await Task.Yield();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }
}
