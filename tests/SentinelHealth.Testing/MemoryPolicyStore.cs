using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing;

/// <summary>Changes of modes, demands and notices, in memory.</summary>
public sealed class MemoryPolicyStore : IPolicyStore, INoticeStore
{
    public List<PlaybookModeChange> Changes { get; } = [];

    public List<StepUpDemand> Demands { get; } = [];

    /// <summary>Notices by identifier, with when they are due.</summary>
    public Dictionary<string, (StoredNotice Notice, DateTimeOffset? DueAt)> Notices { get; } = [];

    public ValueTask<IReadOnlyList<PlaybookModeChange>> ModeChangesAsync(string? playbook, int limit, CancellationToken cancel) =>
        Answer<PlaybookModeChange>(
            [.. Changes.Where(change => playbook is null || change.Name == playbook).Reverse().Take(limit)]);

    public ValueTask AddModeChangeAsync(PlaybookModeChange change, CancellationToken cancel)
    {
        Changes.Add(change);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StepUpDemand>> StepUpDemandsAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        Answer<StepUpDemand>([.. Demands.Where(demand => demand.Until > now).Take(limit)]);

    public ValueTask<bool> EndStepUpDemandAsync(string actor, DateTimeOffset now, CancellationToken cancel) =>
        ValueTask.FromResult(Demands.RemoveAll(demand => demand.Actor == actor && demand.Until > now) > 0);

    public ValueTask<IReadOnlyList<StoredNotice>> DueNoticesAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        Answer<StoredNotice>([.. Notices.Values
            .Where(item => item.Notice.State == NoticeState.Waiting && item.DueAt <= now)
            .Select(item => item.Notice).Take(limit)]);

    public ValueTask<IReadOnlyList<StoredNotice>> NoticesAsync(NoticeState state, int limit, CancellationToken cancel) =>
        Answer<StoredNotice>([.. Notices.Values.Select(item => item.Notice).Where(notice => notice.State == state).Take(limit)]);

    public ValueTask ConcludeNoticeAsync(StoredNotice notice, DateTimeOffset? dueAt, CancellationToken cancel)
    {
        Notices[notice.Notice.Id] = (notice, dueAt);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RetryNoticeAsync(string id, DateTimeOffset now, CancellationToken cancel)
    {
        var isDead = Notices.TryGetValue(id, out var known) && known.Notice.State == NoticeState.Dead;
        if (isDead)
            Notices[id] = (known.Notice with { State = NoticeState.Waiting, Attempts = 0 }, now);
        return ValueTask.FromResult(isDead);
    }

    private static ValueTask<IReadOnlyList<T>> Answer<T>(IReadOnlyList<T> items) => ValueTask.FromResult(items);
}
