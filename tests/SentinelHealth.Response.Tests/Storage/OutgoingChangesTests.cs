using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Storage;

public sealed class OutgoingChangesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteCaseStore _store;

    public OutgoingChangesTests() => _store = SqliteCaseStore.Open(_folder.File("cases.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_changed_waits_in_order_until_it_has_been_told()
    {
        await _store.KeepOutgoingAsync(Cancel);
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
        await _store.KeepOutgoingAsync(Cancel);
        await CommitAsync(0);
        await CommitAsync(1);

        Assert.Equal(2, (await _store.OutgoingAsync(10, Cancel)).Count(change => change.Kind == OutgoingKind.Alert));
    }

    [Fact]
    public async Task What_was_not_told_before_a_restart_is_still_waiting_after_it()
    {
        await _store.KeepOutgoingAsync(Cancel);
        await CommitAsync(0);
        _store.Dispose();
        _store = SqliteCaseStore.Open(_folder.File("cases.db"));
        await _store.KeepOutgoingAsync(Cancel);
        await CommitAsync(1);

        var changes = await _store.OutgoingAsync(10, Cancel);

        Assert.Equal(changes.Select(change => change.Number).Order(), changes.Select(change => change.Number));
        Assert.Equal(2, changes.Count(change => change.Kind == OutgoingKind.Alert));
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
