using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>A process's door to what people said about playbooks and to the notices that wait: like every door, it answers when it may.</summary>
internal sealed class PolicyDoor(SimulatedProcess process, MemoryPolicyStore store, ResponseOracle oracle)
    : IPolicyStore, INoticeStore
{
    public ValueTask<IReadOnlyList<PlaybookModeChange>> ModeChangesAsync(string? playbook, int limit, CancellationToken cancel) =>
        Look("modes", () => store.ModeChangesAsync(playbook, limit, cancel));

    public async ValueTask AddModeChangeAsync(PlaybookModeChange change, CancellationToken cancel) => await Ask("mode", () =>
    {
        store.Changes.Add(change);
        oracle.ModeChanged(change);
        return true;
    });

    public ValueTask<IReadOnlyList<StepUpDemand>> StepUpDemandsAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        Look("demands", () => store.StepUpDemandsAsync(now, limit, cancel));

    public ValueTask<bool> EndStepUpDemandAsync(string actor, DateTimeOffset now, CancellationToken cancel) =>
        Look("end demand", () => store.EndStepUpDemandAsync(actor, now, cancel));

    public ValueTask<IReadOnlyList<StoredNotice>> DueNoticesAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        Look("notices", () => store.DueNoticesAsync(now, limit, cancel));

    public ValueTask<IReadOnlyList<StoredNotice>> NoticesAsync(NoticeState state, int limit, CancellationToken cancel) =>
        Look("notices", () => store.NoticesAsync(state, limit, cancel));

    public async ValueTask ConcludeNoticeAsync(StoredNotice notice, DateTimeOffset? dueAt, CancellationToken cancel) =>
        await Ask("notice", () =>
        {
            store.Notices[notice.Notice.Id] = (notice, dueAt);
            return true;
        });

    public ValueTask<bool> RetryNoticeAsync(string id, DateTimeOffset now, CancellationToken cancel) =>
        Look("retry", () => store.RetryNoticeAsync(id, now, cancel));

    /// <summary>The store in memory answers at once, so waiting for it blocks nothing.</summary>
    private ValueTask<T> Look<T>(string name, Func<ValueTask<T>> read) =>
        Ask(name, () => read().AsTask().GetAwaiter().GetResult());

    private ValueTask<T> Ask<T>(string name, Func<T> effect)
    {
        var (call, answer) = SimulatedCall.Of(name, effect);
        process.Calls.Add(call);
        return new ValueTask<T>(answer);
    }
}

/// <summary>Somebody outside who is told, or not, and who answers, or not.</summary>
internal sealed class SimulatedChannel(SimulatedProcess process, SimulatedLedger network, IChoices choices, ResponseOracle oracle)
    : INoticeChannel
{
    public const string ChannelName = "on-call";

    public string Name => ChannelName;

    public async Task SendAsync(PlannedNotice notice, CancellationToken cancel)
    {
        var (call, answer) = SimulatedCall.Of("tell", () =>
        {
            var fate = choices.Happens(network.FaultOneIn) ? choices.Pick(3) : -1;
            if (fate == 0)
                throw new NoticeRefusedException("Nobody of that name.");
            if (fate == 1)
                throw new IOException("Nobody answers.");
            oracle.Told(notice);
            return fate == 2 ? throw new IOException("The answer was lost.") : true;
        });
        process.Calls.Add(call);
        await answer;
    }
}
