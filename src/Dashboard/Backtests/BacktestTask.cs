using System.Security.Cryptography;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Backtesting;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>One job and how it is run. Written by one thread at a time; its standing is read by any.</summary>
internal sealed class BacktestTask : IDisposable
{
    private const int EntriesMax = 1_000;

    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _gate = new();
    private readonly BacktestBasis? _basis;
    private volatile BacktestJob _job;

    /// <summary>A job of an earlier run of the program, which is over.</summary>
    public BacktestTask(BacktestJob job) => _job = job;

    /// <summary>A job to be run.</summary>
    public BacktestTask(BacktestJob job, BacktestPlan plan, BacktestBasis basis) : this(job) => (Plan, _basis) = (plan, basis);

    /// <summary>Where it stands.</summary>
    public BacktestJob Job => _job;

    /// <summary>What it tries; null for a job of an earlier run of the program.</summary>
    public BacktestPlan? Plan { get; }

    /// <summary>Ends a job that waits or runs; false when it is over.</summary>
    public bool TryCancel(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_job.IsOver)
                return false;
            _cancel.Cancel();
            // One that waits is over at once; one that runs says so when it has let go.
            if (_job.State == BacktestState.Waiting)
                _job = _job with { State = BacktestState.Cancelled, EndedAt = now };
            return true;
        }
    }

    /// <summary>Says that it runs, unless it was cancelled while it waited.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void Begin() => Change(job =>
    {
        if (job.IsOver)
            throw new OperationCanceledException("It was cancelled while it waited.");
        return job with { State = BacktestState.Running };
    });

    /// <summary>Reads the events that are in the log now.</summary>
    /// <exception cref="OperationCanceledException">A person cancelled it, or the program stops.</exception>
    public BacktestReport Run(IEventLog log, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancel.Token, stopping);
        var run = new BacktestRun(Plan!, _basis!);
        var (end, position, first) = (Wait(log.EndOffsetAsync(0, either.Token)), -1L, -1L);
        while (position < end)
        {
            either.Token.ThrowIfCancellationRequested();
            var entries = Wait(log.ReadAsync(0, position, EntriesMax, either.Token));
            if (entries.Count == 0)
                break;
            // What retention has removed is before the first one read; from there on offsets count events.
            first = first < 0 ? entries[0].Offset : first;
            foreach (var entry in entries)
            {
                position = entry.Offset;
                if (position <= end)
                    run.Take(new NdjsonLine(position, entry.Payload, null));
            }
            var read = Math.Min(position, end) - first + 1;
            Change(job => job with { EventsRead = read, EventsTotal = end - first + 1 });
        }
        either.Token.ThrowIfCancellationRequested();
        return run.Conclude();
    }

    /// <summary>Ends it with its result.</summary>
    public void Conclude(BacktestReport report, Stream result, DateTimeOffset now)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(result));
        Change(job => job with { State = BacktestState.Done, EndedAt = now, Summary = report.Summary, ResultSha256 = digest });
    }

    /// <summary>Ends it without.</summary>
    public void Conclude(BacktestState state, string problem, DateTimeOffset now) =>
        Change(job => job with { State = state, EndedAt = now, Problem = problem });

    /// <summary>Once it is over or nobody can reach it any more.</summary>
    public void Dispose() => _cancel.Dispose();

    private void Change(Func<BacktestJob, BacktestJob> change)
    {
        lock (_gate)
            _job = change(_job);
    }

    /// <summary>The thread is the job's own and has nothing else to do.</summary>
    private static T Wait<T>(ValueTask<T> reading) => reading.AsTask().GetAwaiter().GetResult();
}
