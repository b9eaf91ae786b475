using System.Runtime.ExceptionServices;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What became of a partition that worked until now, or failed until now.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Fault">Why it waits; null when it goes on again.</param>
/// <param name="Wait">How long until it is tried again; zero when it goes on.</param>
/// <param name="Times">How often it has failed in a row by now.</param>
internal readonly record struct PartitionTurn(int Partition, Exception? Fault, TimeSpan Wait, int Times);

/// <summary>
/// Gives partitions their turns: one that fails is left alone for a wait of its own, which doubles from a second to a minute, and one that rests for as
/// long as it was told to, while the others go on.
/// </summary>
/// <remarks>Not thread-safe. <paramref name="tell"/> hears when a partition begins to fail, fails for another reason, and is well again.</remarks>
internal sealed class PartitionTurns(TimeProvider clock, Func<PartitionTurn, CancellationToken, ValueTask> tell)
{
    private static readonly ReconcileSchedule Waits = new() { Longest = TimeSpan.FromMinutes(1) };

    private readonly Dictionary<int, Trouble> _troubles = [];
    private readonly Dictionary<int, (DateTimeOffset Since, TimeSpan Wait)> _rests = [];
    private ExceptionDispatchInfo? _first;

    /// <summary>Whether the partition failed when it was tried last.</summary>
    public bool IsFailing(int partition) => _troubles.ContainsKey(partition);

    /// <summary>Leaves a partition alone for a while, though it is well. Nothing is read of it meanwhile.</summary>
    public void Rest(int partition, TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
            _rests[partition] = (clock.GetUtcNow(), wait);
    }

    /// <summary>Works on a partition if it is its turn; a fault of the work is kept and told, and ends nothing but this turn.</summary>
    /// <returns>What the work gave; 0 when it was not tried or failed.</returns>
    public async ValueTask<int> TakeAsync(int partition, Func<int, Task<int>> work, CancellationToken cancel)
    {
        if (LeftOf(partition, clock.GetUtcNow()) > TimeSpan.Zero)
            return 0;
        _rests.Remove(partition);
        try
        {
            var done = await work(partition);
            if (_troubles.Remove(partition))
                await tell(new PartitionTurn(partition, null, TimeSpan.Zero, 0), cancel);
            return done;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            _first ??= ExceptionDispatchInfo.Capture(fault);
            await FailedAsync(partition, fault, cancel);
            return 0;
        }
    }

    /// <summary>Takes down that something about a partition failed outside of its turn.</summary>
    public async ValueTask FailedAsync(int partition, Exception fault, CancellationToken cancel)
    {
        var before = _troubles.GetValueOrDefault(partition);
        var times = (before?.Times ?? 0) + 1;
        var wait = Waits.WaitAfter(times - 1);
        _troubles[partition] = new Trouble(fault.GetType(), times, clock.GetUtcNow(), wait);
        if (before?.Kind != fault.GetType())
            await tell(new PartitionTurn(partition, fault, wait, times), cancel);
    }

    /// <summary>
    /// Which of these have their turn as soon as something comes, and how long until the first of the others has it; null when there are no others.
    /// Both at one moment: a rest that ended in between would be in neither.
    /// </summary>
    public (IReadOnlyList<int> Ready, TimeSpan? NextIn) Standing(IReadOnlyList<int> partitions)
    {
        var now = clock.GetUtcNow();
        var ready = partitions.Where(partition => !IsFailing(partition) && LeftOf(partition, now) <= TimeSpan.Zero).ToList();
        var waits = partitions.Except(ready).Select(partition => LeftOf(partition, now)).ToList();
        return (ready, waits.Count == 0 ? null : waits.Min() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    /// <summary>Partitions that went begin without a past should they come back.</summary>
    public void ForgetAllBut(IReadOnlyList<int> partitions)
    {
        foreach (var gone in _troubles.Keys.Except(partitions).ToList())
            _troubles.Remove(gone);
        foreach (var gone in _rests.Keys.Except(partitions).ToList())
            _rests.Remove(gone);
    }

    /// <summary>For runs that end with their input: throws what the first partition failed with, if one did.</summary>
    public void ThrowFirst() => _first?.Throw();

    /// <summary>How long until a partition has its turn; a clock that leaps, either way, makes a wait twice as long at most.</summary>
    private TimeSpan LeftOf(int partition, DateTimeOffset now)
    {
        var rest = _rests.TryGetValue(partition, out var resting) ? Left(resting.Since, resting.Wait) : TimeSpan.Zero;
        var wait = _troubles.TryGetValue(partition, out var trouble) ? Left(trouble.FailedAt, trouble.Wait) : TimeSpan.Zero;
        return rest > wait ? rest : wait;

        TimeSpan Left(DateTimeOffset since, TimeSpan whole) => whole - (now - since).Duration();
    }

    private sealed record Trouble(Type Kind, int Times, DateTimeOffset FailedAt, TimeSpan Wait);
}
