using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>How far a playbook may go is a person's word, one step at a time, and only for what the playbook said then.</summary>
public sealed class PlaybookDeskTests : IDisposable
{
    private static readonly Playbook Filed =
        SomeCase.Playbook(PlaybookMode.Recommend, ActionKind.SuspendActor) with { Name = "suspend" };

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(SomeCase.At);
    private CaseStore _store;

    public PlaybookDeskTests() => _store = SqliteCaseStore.Open(_folder.File("cases.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PlaybookMode.Approve, true)]
    [InlineData(PlaybookMode.Observe, true)]
    [InlineData(PlaybookMode.Automatic, false)] // Two steps at once.
    [InlineData(PlaybookMode.Recommend, false)] // Where it is.
    public async Task A_mode_goes_up_one_step_or_down_any(PlaybookMode to, bool isAccepted)
    {
        var shelf = await ShelfAsync();
        using var desk = Desk(shelf);

        var outcome = await desk.ChangeModeAsync("suspend", to, ActionBench.By("ada"), "It was right for a month.", Cancel);

        Assert.Equal(isAccepted, outcome.IsAccepted);
        Assert.Equal(isAccepted ? to : PlaybookMode.Recommend, shelf.Current.Playbooks[0].Mode);
        Assert.Equal(isAccepted ? 1 : 0, (await _store.ModeChangesAsync("suspend", 10, Cancel)).Count);
    }

    [Fact]
    public async Task What_was_decided_in_another_process_is_taken_up_and_only_then_told()
    {
        var (here, there) = (await ShelfAsync(), await ShelfAsync());
        using var desk = Desk(here);
        using var other = Desk(there);
        var told = 0;
        desk.Changed += () => told++;
        await other.ChangeModeAsync("suspend", PlaybookMode.Observe, ActionBench.By("ada"), "It went wrong.", Cancel);

        await desk.RefreshAsync(Cancel);
        await desk.RefreshAsync(Cancel);

        Assert.Equal((PlaybookMode.Observe, 1), (here.Current.Playbooks[0].Mode, told));
    }

    [Fact]
    public async Task More_power_takes_a_fresh_sign_in_and_less_does_not()
    {
        var shelf = await ShelfAsync();
        using var desk = Desk(shelf);
        var program = new Approver("token ci", null);

        var up = await desk.ChangeModeAsync("suspend", PlaybookMode.Approve, program, "Because.", Cancel);
        var down = await desk.ChangeModeAsync("suspend", PlaybookMode.Observe, program, "It went wrong.", Cancel);

        Assert.Equal((false, true), (up.IsAccepted, up.NeedsSignIn));
        Assert.True(down.IsAccepted, down.Detail);
    }

    [Fact]
    public async Task A_change_outlives_a_restart_until_the_playbook_says_something_else()
    {
        using (var desk = Desk(await ShelfAsync()))
            await desk.ChangeModeAsync("suspend", PlaybookMode.Approve, ActionBench.By("ada"), "It was right for a month.", Cancel);
        _store.Dispose();
        _store = SqliteCaseStore.Open(_folder.File("cases.db"));

        var same = await ShelfAsync();
        var longer = new PlaybookAction(ActionKind.SuspendActor, TimeSpan.FromHours(9));
        var edited = await ShelfAsync(Filed with { Actions = [longer] });

        Assert.Equal(PlaybookMode.Approve, same.Current.Playbooks[0].Mode);
        Assert.Equal(PlaybookMode.Recommend, edited.Current.Playbooks[0].Mode);
        Assert.Equal("ada", Assert.Single(await _store.ModeChangesAsync(null, 10, Cancel)).ChangedBy);
    }

    [Fact]
    public async Task A_demand_that_a_person_ended_is_not_made_again_at_once()
    {
        await DemandAsync();
        Assert.Single(await _store.StepUpDemandsAsync(SomeCase.At, 10, Cancel));

        Assert.True(await _store.EndStepUpDemandAsync("did:1", SomeCase.At.AddMinutes(5), Cancel));
        await DemandAsync(minutes: 6);
        var soon = await _store.StepUpDemandsAsync(SomeCase.At.AddMinutes(6), 10, Cancel);
        await DemandAsync(minutes: 40);

        Assert.Empty(soon);
        Assert.Single(await _store.StepUpDemandsAsync(SomeCase.At.AddMinutes(40), 10, Cancel));
    }

    private ValueTask DemandAsync(int minutes = 0)
    {
        var at = SomeCase.At.AddMinutes(minutes);
        var demand = new StepUpDemand("did:1", at.AddHours(1), "inc-1", "p", at);
        return _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), StepUps = [demand] }, Cancel);
    }

    private async Task<PlaybookShelf> ShelfAsync(Playbook? filed = null) =>
        new(new PlaybookSet([filed ?? Filed]), await _store.ModeChangesAsync(null, 10, Cancel));

    private PlaybookDesk Desk(PlaybookShelf shelf) => new(shelf, _store, new ResponseOptions(), _clock);
}
