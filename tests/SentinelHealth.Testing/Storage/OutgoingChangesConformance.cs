using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Testing.Storage;

public abstract class OutgoingChangesConformance : IDisposable
{
    private readonly StoreSite _site;
    private CaseStore _store;

    protected OutgoingChangesConformance(StoreSite site)
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
    public async Task What_changed_waits_in_order_until_it_has_been_told()
    {
        _store.KeepOutgoing();
        await CommitAsync(0);

        var changes = await _store.OutgoingAsync(10, Cancel);
        Assert.Equal([OutgoingKind.Alert, OutgoingKind.Action], changes.Select(change => change.Kind));
        Assert.Equal(["alert-1", SomeCase.Planned().Action.Key], changes.Select(change => change.Key));

        await _store.ForgetOutgoingAsync(changes[0].Number, Cancel);
        Assert.Equal(OutgoingKind.Action, Assert.Single(await _store.OutgoingAsync(10, Cancel)).Kind);
    }

    [Fact]
    public async Task An_alert_that_changed_is_told_again()
    {
        _store.KeepOutgoing();
        await CommitAsync(0);
        await CommitAsync(1);

        Assert.Equal(2, (await _store.OutgoingAsync(10, Cancel)).Count(change => change.Kind == OutgoingKind.Alert));
    }

    [Fact]
    public async Task What_was_not_told_before_a_restart_is_still_waiting_after_it()
    {
        _store.KeepOutgoing();
        await CommitAsync(0);
        _store.Dispose();
        _store = _site.Open();
        _store.KeepOutgoing();
        await CommitAsync(1);

        var changes = await _store.OutgoingAsync(10, Cancel);

        Assert.Equal(changes.Select(change => change.Number).Order(), changes.Select(change => change.Number));
        Assert.Equal(2, changes.Count(change => change.Kind == OutgoingKind.Alert));
    }

    [Fact]
    public async Task A_search_engine_is_told_of_each_alert_once_however_often_it_changed_and_others_hear_nothing_of_it()
    {
        _store.KeepSearchable();
        await CommitAsync(0);
        await CommitAsync(1);
        await _store.ChangeAsync(["alert-1"], new TriageChange { Status = AlertStatus.Acknowledged }, "ana", SomeCase.At, Cancel);

        var told = await _store.SearchableAsync(10, Cancel);
        await _store.ForgetSearchableAsync(told.Items[^1].Number, Cancel);
        var after = await _store.SearchableAsync(10, Cancel);
        await _store.FillSearchableAsync(Cancel);
        var again = await _store.SearchableAsync(10, Cancel);

        Assert.Equal((1, AlertStatus.Acknowledged), (told.Waiting, Assert.Single(told.Items).Alert.Standing.Status));
        Assert.Equal((0, 0), (after.Waiting, after.Items.Count));
        Assert.True(Assert.Single(again.Items).Number > told.Items[^1].Number);
        Assert.Empty(await _store.OutgoingAsync(10, Cancel));
    }

    [Fact]
    public async Task What_was_told_to_others_is_still_to_be_told_to_a_search_engine()
    {
        _store.KeepOutgoing();
        _store.KeepSearchable();
        await CommitAsync(0);

        var changes = await _store.OutgoingAsync(10, Cancel);
        await _store.ForgetOutgoingAsync(changes[^1].Number + 100, Cancel);

        Assert.Equal([OutgoingKind.Alert, OutgoingKind.Action], changes.Select(change => change.Kind));
        var told = Assert.Single((await _store.SearchableAsync(10, Cancel)).Items).Alert;
        // As the queue has it, to the column.
        Assert.Equal((await _store.TriagedAlertAsync(told.Alert.Id, Cancel))!.IncidentId, told.IncidentId);
        Assert.Equal(SomeCase.Alert().IncidentId, told.IncidentId);
    }

    private async Task CommitAsync(long offset) => await _store.CommitAsync(
        new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long> { [0] = offset },
            Alerts = [SomeCase.Alert()],
            Actions = [SomeCase.Planned()],
        },
        Cancel);
}
