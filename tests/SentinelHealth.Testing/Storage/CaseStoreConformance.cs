using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Storage;

public abstract class CaseStoreConformance : IDisposable
{
    private readonly StoreSite _site;
    private CaseStore _store;

    protected CaseStoreConformance(StoreSite site)
    {
        _site = site;
        _store = site.Open();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _site.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Others_write_while_a_persons_records_are_looked_for_and_what_they_write_is_found_too()
    {
        using var other = _site.Open();
        await _store.CommitAsync(Events(0, ("e-3", "of her"), ("e-4", "of him"), ("e-5", "of her")), Cancel);
        var asked = 0;

        // Whoever is asked about a record finds the store open to others, and one of those writes two more, before and after it.
        var erased = await _store.EraseEventsAsync(
            text =>
            {
                var more = Events(1, ("e-1", "of her"), ("e-2", "of him"), ("e-9", "of her"));
                if (asked++ == 0)
                    other.CommitAsync(more, Cancel).AsTask().GetAwaiter().GetResult();
                return text == "of her";
            },
            Cancel);

        Assert.Equal(4, erased);
        Assert.Equal(["of him", "of him"], await _store.EvidenceAsync(["e-1", "e-2", "e-3", "e-4", "e-5", "e-9"], Cancel));

        static CaseCommit Events(long offset, params (string Id, string Text)[] events) => new()
        {
            ScoredOffsets = new Dictionary<int, long> { [0] = offset },
            Events = [.. events.Select(one => new EventEvidence(one.Id, one.Text))],
        };
    }

    [Fact]
    public async Task Everything_of_a_commit_is_there_after_a_restart()
    {
        var evidence = DecisionEvidence.Of(SomeCase.Incident(), [SomeCase.Alert()]);
        var refusal = new GuardrailRefusal(SomeCase.At, "inc-1", ActionKind.RevokeGrant, SomeCase.Grant(), "cap-total", "Spent.");
        await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 41, [3] = 7 },
                ScoredCount = 40,
                DeadLetteredCount = 2,
                Alerts = [SomeCase.Alert()],
                Incidents = [SomeCase.Incident()],
                Events = [new EventEvidence("0x5f1c:3", """{"id":"0x5f1c:3"}""")],
                Actions = [SomeCase.Planned()],
                Evidence = [evidence],
                Refusals = [refusal],
                Reviews = [new ReviewRequest("inc-1", SomeCase.At, SomeCase.At.AddDays(3), "Look.")],
                Snapshot = await _store.WriteSnapshotAsync(3, 6, stream => stream.Write([1, 2, 3]), Cancel),
            },
            Cancel);

        _store.Dispose();
        _store = _site.Open();

        var position = await _store.PositionAsync(Cancel);
        Assert.Equal((41L, 7L, 40L, 2L),
            (position.ScoredOffsets[0], position.ScoredOffsets[3], position.Tally.Scored, position.Tally.DeadLettered));
        Assert.Equal(-1, await _store.ScoredOffsetAsync(9, Cancel));
        Assert.Equivalent(SomeCase.Alert(), await _store.AlertAsync("alert-1", Cancel), strict: true);
        Assert.Equivalent(SomeCase.Incident(), await _store.IncidentAsync("inc-1", Cancel), strict: true);
        Assert.Equal(["""{"id":"0x5f1c:3"}"""], await _store.EvidenceAsync(["nothing", "0x5f1c:3"], Cancel));
        Assert.Equal(SomeCase.Planned().Action, await _store.ActionAsync(SomeCase.Planned().Action.Key, Cancel));
        Assert.Equal(Encoding.UTF8.GetString(evidence.Canonical.Span),
            Encoding.UTF8.GetString((await _store.DecisionEvidenceAsync(evidence.Hash, Cancel))!));
        Assert.Equal(refusal, Assert.Single(await _store.RefusalsAsync(null, 10, Cancel)));
        Assert.Equal("inc-1", Assert.Single(await _store.TasksAsync(new() { IsOpen = true }, 10, Cancel)).IncidentId);
        var snapshot = (await _store.SnapshotAsync(3, Cancel))!;
        Assert.Equal((3, 6L, 3L), (snapshot.Partition, snapshot.Offset, snapshot.Bytes));
        Assert.Equal([1, 2, 3], await _store.SnapshotBytesAsync(3, Cancel));
        Assert.Null(await _store.SnapshotAsync(0, Cancel));
        Assert.Equal(SomeCase.At, await _store.NextDueAsync(Cancel));
    }

    [Fact]
    public async Task A_snapshot_of_many_parts_counts_from_its_commit_on_and_an_older_one_never_replaces_it()
    {
        var (earlier, later) = (new byte[10_000], new byte[20_017]);
        new Random(5).NextBytes(earlier);
        new Random(6).NextBytes(later);
        _store.SnapshotPartBytes = 1_000;
        var late = await _store.WriteSnapshotAsync(3, 4, stream => stream.Write(earlier), Cancel);
        Assert.Null(await _store.SnapshotAsync(3, Cancel));
        await _store.PutSnapshotAsync(3, 6, later, Cancel);

        await _store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Snapshot = late }, Cancel);

        var current = (await _store.SnapshotAsync(3, Cancel))!;
        Assert.Equal((6L, 21, 20_017L), (current.Offset, current.Parts, current.Bytes));
        await _store.RemoveEarlierSnapshotsAsync(3, Cancel);
        Assert.Equal(later, await _store.SnapshotBytesAsync(3, Cancel));
        Assert.ThrowsAny<IOException>(() => _store.OpenSnapshot(late).ReadByte());
        await Assert.ThrowsAsync<PositionMovedException>(async () => await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                ExpectedOffsets = new Dictionary<int, long> { [3] = 8 },
                Snapshot = await _store.WriteSnapshotAsync(3, 7, stream => stream.Write([1]), Cancel),
            },
            Cancel));
        Assert.Equal(current, await _store.SnapshotAsync(3, Cancel));
    }

    [Fact]
    public async Task A_snapshot_that_never_counted_is_removed_when_the_next_is_written_and_cannot_count_any_more()
    {
        var (first, lost, next) = (new byte[9_500], new byte[20_000], new byte[3_000]);
        new Random(7).NextBytes(first);
        new Random(8).NextBytes(next);
        _store.SnapshotPartBytes = 1_000;
        var elsewhere = await _store.WriteSnapshotAsync(0, 4, stream => stream.Write(first), Cancel);
        await _store.PutSnapshotAsync(3, 6, first, Cancel);
        var uncommitted = await _store.WriteSnapshotAsync(3, 7, stream => stream.Write(lost), Cancel);

        var following = await _store.WriteSnapshotAsync(3, 8, stream => stream.Write(next), Cancel);

        Assert.ThrowsAny<IOException>(() => _store.OpenSnapshot(uncommitted).ReadByte());
        Assert.Equal(first[0], _store.OpenSnapshot(elsewhere).ReadByte());
        Assert.Equal(first, await _store.SnapshotBytesAsync(3, Cancel));
        await Assert.ThrowsAsync<PositionMovedException>(async () => await _store.CommitAsync(Of(uncommitted), Cancel));
        Assert.Equal(6, (await _store.SnapshotAsync(3, Cancel))!.Offset);
        await _store.CommitAsync(Of(following), Cancel);
        Assert.Equal(next, await _store.SnapshotBytesAsync(3, Cancel));

        static CaseCommit Of(EngineSnapshot snapshot) =>
            new() { ScoredOffsets = new Dictionary<int, long>(), Snapshot = snapshot };
    }

    [Fact]
    public async Task A_state_that_is_too_large_leaves_the_snapshot_before()
    {
        _store.SnapshotPartBytes = 1_000;
        _store.SnapshotBytesAllowed = 5_000;
        await _store.PutSnapshotAsync(0, 6, new byte[5_000], Cancel);

        await Assert.ThrowsAsync<SnapshotTooLargeException>(
            () => _store.WriteSnapshotAsync(0, 7, stream => stream.Write(new byte[5_001]), Cancel));

        Assert.Equal((6L, 5), ((await _store.SnapshotAsync(0, Cancel))!.Offset, (await _store.SnapshotAsync(0, Cancel))!.Parts));
        Assert.Equal(5_000, (await _store.SnapshotBytesAsync(0, Cancel)).Length);
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_nothing_behind()
    {
        var broken = SomeCase.Planned() with { Action = SomeCase.Planned().Action with { Key = null! } };

        await Assert.ThrowsAnyAsync<Exception>(async () => await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 5 },
                Alerts = [SomeCase.Alert()],
                Actions = [broken]
            }, Cancel));

        Assert.Equal(-1, await _store.ScoredOffsetAsync(0, Cancel));
        Assert.Null(await _store.AlertAsync("alert-1", Cancel));
        await CommitAsync(SomeCase.Alert());
        Assert.NotNull(await _store.AlertAsync("alert-1", Cancel));
    }

    [Fact]
    public async Task Pages_hold_every_alert_once_newest_first_while_more_arrive()
    {
        // Pairs share an instant, so the order within it matters, too.
        await CommitAsync([.. Enumerable.Range(0, 25).Select(number => AlertAt($"alert-{number:00}", number / 2))]);

        var seen = new List<Alert>();
        string? cursor = null;
        do
        {
            var page = await _store.AlertsAsync(new AlertFilter(), cursor, 4, Cancel);
            seen.AddRange(page.Items);
            cursor = page.Next;
            await CommitAsync(AlertAt($"late-{seen.Count}", 1_000));
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(number => $"alert-{24 - number:00}"), seen.Select(alert => alert.Id));
        Assert.Equal(25 + 7, await _store.AlertCountAsync(new AlertFilter(), Cancel));
    }

    [Fact]
    public async Task Alerts_are_found_by_each_filter()
    {
        await CommitAsync(
            AlertAt("plain", 0),
            AlertAt("critical", 1) with { Severity = Severity.Critical },
            AlertAt("model", 2) with { Kind = AlertKind.Model, Source = "rarity" },
            AlertAt("related", 3) with { RelatedEntities = [SomeCase.Actor(7)] },
            AlertAt("other-incident", 4) with { IncidentId = "inc-2" },
            AlertAt("said", 5) with { Reason = "Ungewöhnlich VIELE Zugriffe, 100% neu." });

        await AssertFoundAsync(new() { SeverityMin = Severity.Critical }, "critical");
        await AssertFoundAsync(new() { Kind = AlertKind.Model }, "model");
        await AssertFoundAsync(new() { Source = "rarity" }, "model");
        await AssertFoundAsync(new() { EntityId = SomeCase.Actor(7).Id }, "related");
        await AssertFoundAsync(new() { IncidentId = "inc-2" }, "other-incident");
        await AssertFoundAsync(new() { Text = "ungewÖhnlich viele" }, "said");
        await AssertFoundAsync(new() { Text = "100%" }, "said");
        await AssertFoundAsync(new() { Text = "' OR 1=1 --" });
        await AssertFoundAsync(new() { From = SomeCase.At.AddMinutes(4) }, "said", "other-incident");
        await AssertFoundAsync(new() { To = SomeCase.At.AddMinutes(1) }, "plain");
        await AssertFoundAsync(new() { EntityId = SomeCase.Node().Id, SeverityMin = Severity.Critical }, "critical");
    }

    [Fact]
    public async Task Only_a_newer_version_of_an_incident_replaces_it()
    {
        await CommitAsync(SomeCase.Incident() with { Version = 2, Title = "Second" });
        await CommitAsync(SomeCase.Incident() with { Version = 1, Title = "First" });
        Assert.Equal("Second", (await _store.IncidentAsync("inc-1", Cancel))!.Title);

        await CommitAsync(SomeCase.Incident() with { Version = 3, Title = "Third", Entities = [SomeCase.Node(), SomeCase.Actor(5)] });

        Assert.Equal(1, await _store.IncidentCountAsync(new IncidentFilter { EntityId = SomeCase.Actor(5).Id, Text = "THIRD" }, Cancel));
        Assert.Equal(0, await _store.IncidentCountAsync(new IncidentFilter { SeverityMin = Severity.Critical }, Cancel));
        Assert.Equal("Third", Assert.Single((await _store.IncidentsAsync(new IncidentFilter(), null, 10, Cancel)).Items).Title);
    }

    [Fact]
    public async Task Offsets_do_not_go_back_and_totals_add_up()
    {
        await _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 9 }, ScoredCount = 10 },
            Cancel);
        await _store.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long> { [0] = 3 },
            ScoredCount = 2,
            DeadLetteredCount = 1
        }, Cancel);

        Assert.Equal(9, await _store.ScoredOffsetAsync(0, Cancel));
        Assert.Equal(new PumpTally(12, 1), (await _store.PositionAsync(Cancel)).Tally);
    }

    [Fact]
    public async Task The_same_refusal_again_is_one_row_with_the_latest_time()
    {
        var refusal = new GuardrailRefusal(SomeCase.At, "inc-1", ActionKind.RevokeGrant, SomeCase.Grant(), "cap-total", "Spent.");
        await CommitAsync(refusal);
        await CommitAsync(refusal with { At = SomeCase.At.AddMinutes(1) });
        await CommitAsync(refusal with { Guardrail = "cooldown", IncidentId = "inc-2" });

        Assert.Equal(SomeCase.At.AddMinutes(1), Assert.Single(await _store.RefusalsAsync("inc-1", 10, Cancel)).At);
        Assert.Equal(2, (await _store.RefusalsAsync(null, 10, Cancel)).Count);
        Assert.Single(await _store.RefusalsAsync(null, 1, Cancel));
    }

    [Fact]
    public async Task A_change_is_made_once_and_only_on_what_was_read()
    {
        await _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Actions = [SomeCase.Planned()] },
            Cancel);
        var read = (await _store.StoredActionAsync(SomeCase.Planned().Action.Key, Cancel))!;
        var change = new ActionChange
        {
            Before = read,
            After = read with { Action = read.Action with { State = ActionState.Submitted } },
            By = "executor",
            Detail = "x",
            DueAt = null,
        };

        var replies = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => _store.ChangeAsync(change, Cancel).AsTask(), Cancel)));

        Assert.Single(replies, reply => reply is not null);
        Assert.Equal(2, (await _store.ActionHistoryAsync(read.Action.Key, Cancel)).Count);
    }

    [Fact]
    public async Task An_illegal_transition_is_not_written()
    {
        await _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Actions = [SomeCase.Planned()] },
            Cancel);
        var read = (await _store.StoredActionAsync(SomeCase.Planned().Action.Key, Cancel))!;
        var illegal = read with { Action = read.Action with { State = ActionState.Expired } };

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _store.ChangeAsync(
            new ActionChange { Before = read, After = illegal, By = "executor", Detail = "x", DueAt = null }, Cancel));
    }

    [Fact]
    public async Task Actions_are_found_by_state_incident_and_target()
    {
        var proposed = SomeCase.Planned(ActionKind.RevokeGrant, SomeCase.Grant(), PlaybookMode.Recommend);
        await _store.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Actions = [SomeCase.Planned(), proposed]
        }, Cancel);

        Assert.Equal(2, (await _store.ActionsAsync(new() { IncidentId = "inc-1" }, null, 10, Cancel)).Items.Count);
        Assert.Equal(proposed.Action,
            Assert.Single((await _store.ActionsAsync(new() { States = [ActionState.Proposed] }, null, 10, Cancel)).Items));
        Assert.Equal(proposed.Action, Assert.Single((await _store.ActionsAsync(new() { TargetId = "g-1" }, null, 10, Cancel)).Items));
        Assert.Empty((await _store.ActionsAsync(new() { States = [] }, null, 10, Cancel)).Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("bm90IGEgY3Vyc29y")]
    public async Task A_foreign_cursor_is_refused(string cursor) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.AlertsAsync(new AlertFilter(), cursor, 10, Cancel));

    [Fact]
    public void A_store_of_another_version_is_refused()
    {
        _store.Dispose();
        _site.StampVersion(99);

        Assert.Throws<InvalidDataException>(() => _site.Open().Dispose());
    }

    private static Alert AlertAt(string id, int minutes) => SomeCase.Alert(id) with { At = SomeCase.At.AddMinutes(minutes) };

    private async Task AssertFoundAsync(AlertFilter filter, params string[] ids)
    {
        Assert.Equal(ids, (await _store.AlertsAsync(filter, null, 10, Cancel)).Items.Select(alert => alert.Id));
        Assert.Equal(ids.Length, await _store.AlertCountAsync(filter, Cancel));
    }

    private Task CommitAsync(params Alert[] alerts) =>
        CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts });

    private Task CommitAsync(SentinelHealth.Detection.Correlation.Incident incident) =>
        CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Incidents = [incident] });

    private Task CommitAsync(GuardrailRefusal refusal) =>
        CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Refusals = [refusal] });

    private async Task CommitAsync(CaseCommit commit) => await _store.CommitAsync(commit, Cancel);
}
