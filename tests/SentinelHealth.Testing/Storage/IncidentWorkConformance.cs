using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Testing.Storage;

/// <summary>What people do with incidents: it changes where things are shown, and nothing that detection wrote or a policy decides by.</summary>
public abstract class IncidentWorkConformance : IDisposable
{
    private readonly StoreSite _site;
    private readonly ITestOutputHelper _output;
    private readonly ManualClock _clock = new(SomeCase.At);
    private CaseStore _store;

    protected IncidentWorkConformance(StoreSite site, ITestOutputHelper output)
    {
        (_site, _output) = (site, output);
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
    public async Task A_merged_incident_is_shown_in_the_other_one_and_nowhere_else()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"), Alert("a-2", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2") with { Severity = Severity.Critical, At = SomeCase.At.AddMinutes(5), Entity = SomeCase.Actor() });

        var merged = await MergeAsync("inc-2", "inc-1");

        Assert.Equal(IncidentOutcome.Done, merged.Outcome);
        var shown = Assert.Single((await _store.IncidentsAsync(new IncidentFilter(), null, 10, Cancel)).Items);
        Assert.Equal(("inc-1", 3, Severity.Critical, SomeCase.At.AddMinutes(5)), (shown.Id, shown.AlertCount, shown.Severity, shown.LastAlertAt));
        Assert.Equivalent(shown, await _store.IncidentAsync("inc-1", Cancel), strict: true);
        Assert.Equal(1, await _store.IncidentCountAsync(new IncidentFilter(), Cancel));
        Assert.Equal(1, await _store.IncidentCountAsync(new IncidentFilter { SeverityMin = Severity.Critical }, Cancel));
        Assert.Equal("inc-1", Assert.Single((await _store.IncidentsAsync(new IncidentFilter { EntityId = SomeCase.Actor().Id }, null, 10, Cancel)).Items).Id);
        Assert.Equal((3L, 0L), (await CountAsync("incident: inc-1"), await CountAsync("incident: inc-2")));
        Assert.Equal(["inc-1"], (await _store.GroupsAsync(Desk.Read("").Node!, ["incident"], 10, Cancel)).Select(group => group.Values[0]));
        Assert.Equal("inc-1", (await _store.TriagedAlertAsync("b-1", Cancel))!.IncidentId);
        var place = (await _store.PlaceAsync("inc-2", Cancel))!;
        Assert.Equal(("inc-1", "inc-1", true, 1L, "ana"), (place.HeadId, place.MergedInto, place.IsMerged, place.Revision, place.ChangedBy));
        Assert.Equal("inc-2", Assert.Single((await _store.PlaceAsync("inc-1", Cancel))!.Parts).IncidentId);
        Assert.Equal("inc-1", (await _store.HeadsAsync(10, Cancel))["inc-2"]);
    }

    [Fact]
    public async Task What_detection_wrote_stays_as_it_was_and_policies_read_that()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2") with { IsBreakGlass = true });
        var before = await _store.IncidentAsync("inc-2", Cancel);

        await MergeAsync("inc-2", "inc-1");
        _store.Dispose();
        _store = _site.Open();

        Assert.Equivalent(before, await _store.IncidentAsync("inc-2", Cancel), strict: true);
        Assert.Equal("inc-2", (await _store.AlertAsync("b-1", Cancel))!.IncidentId);
        Assert.Equal(["a-1"], await AlertIdsAsync(new AlertFilter { IncidentId = "inc-1" }));
        Assert.Equal(["b-1"], await AlertIdsAsync(new AlertFilter { IncidentId = "inc-2" }));
        Assert.Equal(["b-1"], await AlertIdsAsync(new AlertFilter { PartId = "inc-2" }));
        Assert.Equal(["a-1", "b-1"], await AlertIdsAsync(new AlertFilter { CaseId = "inc-1" }));
        // Emergency access in a part protects that part and no other, as before.
        Assert.Equal((false, true), (await _store.IsBreakGlassAsync("inc-1", Cancel), await _store.IsBreakGlassAsync("inc-2", Cancel)));
    }

    [Fact]
    public async Task Actions_and_tasks_keep_to_the_incident_they_were_made_for_and_are_shown_where_it_is()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2"));
        await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Actions = [SomeCase.Planned()],
                Tasks = [new CaseTask { Id = "t-1", IncidentId = "inc-1", Kind = CaseTaskKind.Task, Title = "Call the ward.", RequestedBy = "policy:x", RequestedAt = SomeCase.At, DueAt = SomeCase.At.AddHours(1) }],
            },
            Cancel);

        await MergeAsync("inc-1", "inc-2");

        Assert.Equal("inc-1", Assert.Single((await _store.ActionsAsync(new ActionFilter { CaseId = "inc-2" }, null, 10, Cancel)).Items).IncidentId);
        Assert.Empty((await _store.ActionsAsync(new ActionFilter { IncidentId = "inc-2" }, null, 10, Cancel)).Items);
        Assert.Single(await _store.ActionsOfIncidentAsync("inc-1", Cancel));
        Assert.Empty(await _store.ActionsOfIncidentAsync("inc-2", Cancel));
        Assert.Equal("t-1", Assert.Single(await _store.TasksAsync(new CaseTaskFilter { CaseId = "inc-2" }, 10, Cancel)).Id);
        Assert.Empty(await _store.TasksAsync(new CaseTaskFilter { IncidentId = "inc-2" }, 10, Cancel));
    }

    [Fact]
    public async Task What_detection_adds_to_a_merged_incident_is_shown_where_it_is()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2"));
        await MergeAsync("inc-2", "inc-1");

        await DetectAsync("inc-2", Alert("b-1", "inc-2"), Alert("b-2", "inc-2") with { Severity = Severity.Critical });

        var shown = (await _store.IncidentAsync("inc-1", Cancel))!;
        Assert.Equal((3, Severity.Critical), (shown.AlertCount, shown.Severity));
        Assert.Equal(3, await CountAsync("incident: inc-1"));
        Assert.Equal(1, await _store.IncidentCountAsync(new IncidentFilter { SeverityMin = Severity.Critical }, Cancel));
    }

    [Fact]
    public async Task Unmerging_gives_both_back_with_what_was_in_each()
    {
        foreach (var id in (string[])["inc-1", "inc-2", "inc-3"])
            await DetectAsync(id, Alert($"of-{id}", id));
        var before = await ShownAsync();
        await MergeAsync("inc-3", "inc-2");
        await MergeAsync("inc-2", "inc-1");
        Assert.Equal(3, (await _store.IncidentAsync("inc-1", Cancel))!.AlertCount);
        Assert.Equal(["inc-2", "inc-3"], (await _store.PlaceAsync("inc-1", Cancel))!.Parts.Select(part => part.IncidentId).Order());

        await Desk.UnmergeAsync("inc-2", null, ("ben", "Another ward."), Cancel);

        Assert.Equal(["of-inc-2", "of-inc-3"], await AlertIdsAsync(new AlertFilter { CaseId = "inc-2" }));
        Assert.Equal("inc-2", (await _store.PlaceAsync("inc-3", Cancel))!.HeadId);
        await Desk.UnmergeAsync("inc-3", null, ("ben", "And another."), Cancel);
        Assert.Equivalent(before, await ShownAsync(), strict: true);
        Assert.Equal("It stands by itself already.", (await Desk.UnmergeAsync("inc-3", null, ("ben", "Again."), Cancel)).Detail);
    }

    [Fact]
    public async Task Alerts_that_are_split_off_are_an_incident_of_their_own_until_that_is_undone()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"), Alert("a-2", "inc-1") with { Severity = Severity.Critical, Entity = SomeCase.Actor() }, Alert("a-3", "inc-1"));
        var before = await ShownAsync();

        var split = await Desk.SplitAsync("inc-1", ["a-2"], 0, ("ana", "Somebody else."), Cancel);

        Assert.Equal(IncidentOutcome.Done, split.Outcome);
        var made = (await _store.IncidentAsync(split.MadeId, Cancel))!;
        Assert.Equal((1, Severity.Critical, SomeCase.Actor(), "inc-1"), (made.AlertCount, made.Severity, made.Principal, made.SplitFrom));
        var left = (await _store.IncidentAsync("inc-1", Cancel))!;
        Assert.Equal((2, Severity.High), (left.AlertCount, left.Severity));
        Assert.Equal(2, await _store.IncidentCountAsync(new IncidentFilter(), Cancel));
        Assert.Equal(["a-2"], await AlertIdsAsync(new AlertFilter { CaseId = split.MadeId }));
        Assert.Equal((1L, 2L), (await CountAsync($"incident: {split.MadeId}"), await CountAsync("incident: inc-1")));
        // A newer version of it stays where people put it.
        await DetectAsync("inc-1", Alert("a-1", "inc-1"), Alert("a-2", "inc-1") with { EventCount = 9, Entity = SomeCase.Actor() }, Alert("a-3", "inc-1"));
        Assert.Equal(["a-2"], await AlertIdsAsync(new AlertFilter { CaseId = split.MadeId }));
        Assert.Equal(["a-1", "a-2", "a-3"], await AlertIdsAsync(new AlertFilter { IncidentId = "inc-1" }));

        await Desk.UndoSplitAsync(split.MadeId, null, ("ana", "It was the same."), Cancel);

        Assert.Equal(before.Select(incident => incident.Id), (await ShownAsync()).Select(incident => incident.Id));
        Assert.Equal(3, (await _store.IncidentAsync("inc-1", Cancel))!.AlertCount);
        var undone = (await _store.PlaceAsync(split.MadeId, Cancel))!;
        Assert.Equal((true, "inc-1"), (undone.IsUndone, undone.HeadId));
        Assert.Empty((await _store.PlaceAsync("inc-1", Cancel))!.Parts);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.UnmergeAsync(split.MadeId, null, ("ana", "Back again."), Cancel)).Outcome);
        Assert.Equal("Its split was undone already.", (await Desk.UndoSplitAsync(split.MadeId, null, ("ana", "Twice."), Cancel)).Detail);
    }

    [Fact]
    public async Task A_split_of_a_split_goes_back_step_by_step()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"), Alert("a-2", "inc-1"), Alert("a-3", "inc-1"), Alert("a-4", "inc-1"));
        var first = (await Desk.SplitAsync("inc-1", ["a-2", "a-3"], null, ("ana", "Another."), Cancel)).MadeId;
        var second = (await Desk.SplitAsync(first, ["a-3"], null, ("ana", "And another."), Cancel)).MadeId;

        await Desk.UndoSplitAsync(second, null, ("ana", "No."), Cancel);
        Assert.Equal(["a-2", "a-3"], await AlertIdsAsync(new AlertFilter { CaseId = first }));
        await Desk.UndoSplitAsync(first, null, ("ana", "No."), Cancel);

        Assert.Equal(4, await CountAsync("incident: inc-1"));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_changes_nothing()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"), Alert("a-2", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2"));
        await DetectAsync("inc-3", Alert("c-1", "inc-3"));
        await MergeAsync("inc-2", "inc-1");

        Assert.Equal(IncidentOutcome.Missing, (await MergeAsync("inc-9", "inc-1")).Outcome);
        Assert.Equal(IncidentOutcome.Missing, (await MergeAsync("inc-3", "inc-9")).Outcome);
        Assert.Equal(IncidentOutcome.Refused, (await MergeAsync("inc-3", "inc-3")).Outcome);
        Assert.Equal(IncidentOutcome.Refused, (await MergeAsync("inc-1", "inc-2")).Outcome);
        Assert.Equal("inc-2 is itself merged into inc-1: merge into that one.", (await MergeAsync("inc-3", "inc-2")).Detail);
        Assert.Equal(IncidentOutcome.Refused, (await MergeAsync("inc-2", "inc-3")).Outcome);
        Assert.Equal("Something must be left in it.", (await Desk.SplitAsync("inc-1", ["a-1", "a-2", "b-1"], null, ("ana", "All."), Cancel)).Detail);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.SplitAsync("inc-1", ["c-1"], null, ("ana", "Not mine."), Cancel)).Outcome);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.SplitAsync("inc-2", ["b-1"], null, ("ana", "Merged."), Cancel)).Outcome);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.UndoSplitAsync("inc-1", null, ("ana", "No split."), Cancel)).Outcome);
        Assert.Equal("A reason of 3 to 500 characters is needed.", (await Desk.UnmergeAsync("inc-2", null, ("ana", " "), Cancel)).Detail);
        Assert.Equal((1L, 1L, 0L), (await RevisionAsync("inc-1"), await RevisionAsync("inc-2"), await RevisionAsync("inc-3")));
        Assert.Equal(4, await CountAsync(""));
    }

    [Fact]
    public async Task Of_two_people_at_once_the_second_is_told_to_look_again()
    {
        foreach (var id in (string[])["inc-1", "inc-2", "inc-3"])
            await DetectAsync(id, Alert($"of-{id}", id));

        var (one, two) = (Desk.MergeAsync("inc-2", "inc-1", 0, ("ana", "The same."), Cancel), Desk.MergeAsync("inc-2", "inc-3", 0, ("ben", "The same."), Cancel));
        var outcomes = new[] { (await one).Outcome, (await two).Outcome };

        Assert.Equal([IncidentOutcome.Done, IncidentOutcome.Stale], outcomes.Order());
        // A note collides with nothing.
        Assert.Equal(IncidentOutcome.Done, (await Desk.NoteAsync("inc-2", "Called the ward.", "ben", Cancel)).Outcome);
        Assert.Equal(1, await RevisionAsync("inc-2"));
    }

    [Fact]
    public async Task Notes_and_changes_are_told_in_order_where_the_incident_is_shown()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2"));
        await Desk.NoteAsync("inc-2", "Called the ward.", "ana", Cancel);
        await MergeAsync("inc-2", "inc-1");
        await Desk.NoteAsync("inc-1", "  They did not.  ", "ben", Cancel);

        var told = await _store.IncidentChangesAsync("inc-1", 10, Cancel);

        Assert.Equal(
            [IncidentAct.Noted, IncidentAct.Merged, IncidentAct.TookIn, IncidentAct.Noted], told.Select(change => change.Act));
        Assert.Equal(["Called the ward.", "The same node.", "The same node.", "They did not."], told.Select(change => change.Text));
        Assert.Equal(["Called the ward.", "The same node."], (await _store.IncidentChangesAsync("inc-2", 10, Cancel)).Select(change => change.Text));
        Assert.Equal(1, (await _store.PlaceAsync("inc-2", Cancel))!.NoteCount);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.NoteAsync("inc-1", " ", "ben", Cancel)).Outcome);
        Assert.Equal(IncidentOutcome.Refused, (await Desk.NoteAsync("inc-1", new string('x', 4_001), "ben", Cancel)).Outcome);
        Assert.Equal(IncidentOutcome.Missing, (await Desk.NoteAsync("inc-9", "Nobody.", "ben", Cancel)).Outcome);
    }

    [Fact]
    public async Task A_suppression_of_an_incident_hides_what_is_new_in_its_parts()
    {
        await DetectAsync("inc-1", Alert("a-1", "inc-1"));
        await DetectAsync("inc-2", Alert("b-1", "inc-2"));
        await MergeAsync("inc-2", "inc-1");
        await Desk.SuppressAsync("incident: inc-1", "Known.", TimeSpan.FromHours(1), "ana", Cancel);

        await DetectAsync("inc-2", Alert("b-1", "inc-2"), Alert("b-2", "inc-2"));

        Assert.Equal("b-2", Assert.Single(await _store.QueueAsync(Desk.Read("suppression: *").Node!, long.MaxValue, 0, 10, Cancel)).Alert.Id);
    }

    /// <summary>Whatever people and detection do in whatever order, each alert is shown in one incident that stands, and the list counts each once.</summary>
    [Fact]
    public async Task Every_alert_is_always_shown_exactly_once()
    {
        const int steps = 120, incidentsMax = 7;
        var random = new Random(TestSeed.Next(_output));
        var alerts = new Dictionary<string, List<Alert>>(StringComparer.Ordinal);
        for (var step = 0; step < steps; step++)
        {
            var ids = await EveryIdAsync();
            var one = ids.Count > 0 ? ids[random.Next(ids.Count)] : "";
            var other = ids.Count > 0 ? ids[random.Next(ids.Count)] : "";
            switch (random.Next(6))
            {
                case 0 or 1:
                    var id = $"inc-{random.Next(incidentsMax)}";
                    var own = alerts.TryGetValue(id, out var known) ? known : alerts[id] = [];
                    own.Add(Alert($"{id}-{own.Count}", id) with { Severity = (Severity)random.Next(5), At = SomeCase.At.AddMinutes(random.Next(600)) });
                    await DetectAsync(id, [.. own]);
                    break;
                case 2:
                    await MergeAsync(one, other);
                    break;
                case 3:
                    await Desk.UnmergeAsync(one, null, ("ana", "Not the same."), Cancel);
                    break;
                case 4:
                    var shown = await AlertIdsAsync(new AlertFilter { CaseId = one });
                    if (shown.Count > 0)
                        await Desk.SplitAsync(one, [.. shown.Where(_ => random.Next(2) == 0).DefaultIfEmpty(shown[0])], null, ("ana", "Another."), Cancel);
                    break;
                default:
                    await Desk.UndoSplitAsync(one, null, ("ana", "The same."), Cancel);
                    break;
            }
            await ExpectWholeAsync(alerts.Values.Sum(list => list.Count));
        }
        await TakeBackAsync();
        foreach (var (id, own) in alerts)
            Assert.Equal(
                own.Select(alert => alert.Id).Order(StringComparer.Ordinal),
                await AlertIdsAsync(new AlertFilter { CaseId = id }));
    }

    private async Task ExpectWholeAsync(int alertCount)
    {
        var shown = await ShownAsync();
        Assert.Equal(alertCount, shown.Sum(incident => incident.AlertCount));
        foreach (var incident in shown)
        {
            Assert.False((await _store.PlaceAsync(incident.Id, Cancel))!.IsMerged, $"{incident.Id} is listed and merged.");
            var alerts = (await _store.AlertsAsync(new AlertFilter { CaseId = incident.Id }, null, 500, Cancel)).Items;
            Assert.Equal(incident.AlertCount, alerts.Count);
            Assert.Equal(
                incident.AlertIds.Order(StringComparer.Ordinal), alerts.Select(alert => alert.Id).Order(StringComparer.Ordinal));
            if (alerts.Count > 0)
                Assert.Equal(incident.LastAlertAt, alerts.Max(alert => alert.At));
        }
    }

    /// <summary>Takes everything back that people did, as far as it goes at each moment.</summary>
    private async Task TakeBackAsync()
    {
        for (var isGoing = true; isGoing;)
        {
            isGoing = false;
            foreach (var id in await EveryIdAsync())
                isGoing |= (await Desk.UnmergeAsync(id, null, ("ana", "Back."), Cancel)).Outcome == IncidentOutcome.Done
                    || (await Desk.UndoSplitAsync(id, null, ("ana", "Back."), Cancel)).Outcome == IncidentOutcome.Done;
        }
    }

    private async Task<List<string>> EveryIdAsync() =>
        [.. (await ShownAsync()).Select(incident => incident.Id), .. (await _store.HeadsAsync(1_000, Cancel)).Keys];

    private async Task<IReadOnlyList<Incident>> ShownAsync() =>
        (await _store.IncidentsAsync(new IncidentFilter(), null, 500, Cancel)).Items;

    private static Alert Alert(string id, string incidentId) => SomeCase.Alert(id, incidentId);

    /// <summary>What the pump commits when detection has something new to say about an incident.</summary>
    private async Task DetectAsync(string id, params Alert[] alerts)
    {
        var version = await _store.IncidentAsync(id, Cancel) is { } known ? known.Version + 1 : 1;
        var incident = IncidentOfAlerts.Build(id, "Unregistered node", alerts) with { Version = version };
        await _store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts, Incidents = [incident] }, Cancel);
    }

    private Task<IncidentResult> MergeAsync(string id, string into) =>
        Desk.MergeAsync(id, into, null, ("ana", "The same node."), Cancel);

    private async Task<long> RevisionAsync(string id) => (await _store.PlaceAsync(id, Cancel))!.Revision;

    private async Task<IReadOnlyList<string>> AlertIdsAsync(AlertFilter filter) =>
        [.. (await _store.AlertsAsync(filter, null, 500, Cancel)).Items.Select(alert => alert.Id).Order(StringComparer.Ordinal)];

    private async Task<long> CountAsync(string query) => (await _store.QueueCountAsync(Desk.Read(query).Node!, Cancel)).Count;
}
