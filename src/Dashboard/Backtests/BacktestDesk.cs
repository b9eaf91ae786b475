using System.Threading.Channels;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>What backtests in the background need.</summary>
internal sealed record BacktestSurroundings
{
    /// <summary>The events kept; null where a backtest is only possible with the command, over a file.</summary>
    public required IEventLog? Log { get; init; }

    /// <summary>Where results are kept.</summary>
    public required string Folder { get; init; }

    /// <summary>The clock of the network.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The playbooks in force now.</summary>
    public required Func<PlaybookSet> Playbooks { get; init; }

    /// <summary>The limits in force.</summary>
    public required ResponseOptions Options { get; init; }

    /// <summary>What a run takes as given, read when it is ordered.</summary>
    public required Func<CancellationToken, Task<BacktestBasis>> Basis { get; init; }
}

/// <summary>What became of an order for a backtest.</summary>
/// <param name="Job">The job; null when there is none.</param>
/// <param name="Problems">Why not.</param>
/// <param name="IsBusy">Whether it is only that too many wait already.</param>
internal sealed record BacktestStart(BacktestJob? Job, IReadOnlyList<string> Problems, bool IsBusy = false);

/// <summary>Runs backtests in the background, one at a time, and keeps the newest. Safe from many threads.</summary>
/// <remarks>Bounded: <see cref="WaitingMax"/> wait, <see cref="KeptMax"/> that are over are kept (I7). What a stop interrupts is said to be interrupted.</remarks>
internal sealed class BacktestDesk : IAsyncDisposable
{
    public const int WaitingMax = 4;
    public const int KeptMax = 20;

    /// <summary>Those that were cancelled while they waited keep their place in the queue until it is their turn.</summary>
    private const int QueuedMax = 64;

    private readonly BacktestSurroundings _around;
    private readonly ILogger<BacktestDesk> _logger;
    private readonly BacktestFolder _folder;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, BacktestTask> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<BacktestTask> _waiting = Channel.CreateBounded<BacktestTask>(QueuedMax);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public BacktestDesk(BacktestSurroundings around, ILogger<BacktestDesk> logger)
    {
        (_around, _logger, _folder) = (around, logger, new BacktestFolder(around.Folder));
        foreach (var job in _folder.Read(logger.BacktestNotRead))
        {
            _jobs[job.Id] = new BacktestTask(
                job.IsOver ? job : job with { State = BacktestState.Interrupted, EndedAt = job.OrderedAt });
        }
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Raised when a job begins or ends, on its own thread.</summary>
    public event Action? Changed;

    /// <summary>Whether there are events to run over; otherwise only the command can.</summary>
    public bool IsPossible => _around.Log is not null;

    /// <summary>Now, by the clock of the network.</summary>
    public DateTimeOffset Now => _around.Clock.GetUtcNow();

    /// <summary>The playbooks in force, which an order changes.</summary>
    public PlaybookSet Playbooks => _around.Playbooks();

    /// <summary>The limits in force.</summary>
    public ResponseOptions Options => _around.Options;

    /// <summary>Every job, the newest first.</summary>
    public IReadOnlyList<BacktestJob> Jobs
    {
        get
        {
            lock (_gate)
                return [.. _jobs.Values.Reverse().Select(task => task.Job)];
        }
    }

    /// <summary>One job; null when there is none.</summary>
    public BacktestJob? Find(string id) => TaskOf(id)?.Job;

    /// <summary>Checks an order and puts it into the queue.</summary>
    public async Task<BacktestStart> StartAsync(BacktestOrder order, string orderedBy, CancellationToken cancel)
    {
        if (_around.Log is null)
            return new BacktestStart(null, ["The event log is shared by several processes; run sentinel backtest over a file of events."]);
        var (plan, problems) = order.Against(_around.Playbooks(), _around.Options);
        if (plan is null)
            return new BacktestStart(null, problems);
        BacktestBasis basis;
        try
        {
            basis = await _around.Basis(cancel);
        }
        catch (LedgerUnavailableException fault)
        {
            return new BacktestStart(null, [$"The ledger cannot be asked for its validators: {fault.Message}"]);
        }
        return Enter(order, plan, basis, orderedBy);
    }

    /// <summary>Cancels a job that goes on, and forgets one that is over; false when there is none.</summary>
    public bool End(string id)
    {
        if (TaskOf(id) is not { } task)
            return false;
        if (task.TryCancel(_around.Clock.GetUtcNow()))
        {
            Changed?.Invoke();
            return true;
        }
        Forget([task]);
        Changed?.Invoke();
        return true;
    }

    /// <summary>The result's bytes; null when there is none.</summary>
    public FileStream? OpenResult(string id) => Find(id)?.State == BacktestState.Done ? _folder.OpenResult(id) : null;

    /// <summary>The result; null when there is none.</summary>
    public Task<BacktestReport?> ResultAsync(string id, CancellationToken cancel) =>
        Find(id)?.State == BacktestState.Done
            ? _folder.ReadResultAsync(id, cancel) : Task.FromResult<BacktestReport?>(null);

    /// <summary>The policy that is tried, as YAML; null when there is none.</summary>
    public FileStream? OpenPolicy(string id) => Find(id) is null ? null : _folder.OpenPolicy(id);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        foreach (var task in _jobs.Values)
            task.Dispose();
    }

    private BacktestStart Enter(BacktestOrder order, BacktestPlan plan, BacktestBasis basis, string orderedBy)
    {
        var now = _around.Clock.GetUtcNow();
        var job = new BacktestJob
        {
            Id = $"bt-{Guid.CreateVersion7():N}",
            State = BacktestState.Waiting,
            Order = order,
            OrderedBy = orderedBy,
            OrderedAt = now,
            Program = Hosting.VersionSheet.Program,
        };
        var task = new BacktestTask(job, plan, basis);
        lock (_gate)
        {
            if (_jobs.Values.Count(other => other.Job.State == BacktestState.Waiting) >= WaitingMax
                || _waiting.Reader.Count >= QueuedMax)
                return new BacktestStart(null, [$"{WaitingMax} backtests wait already; try again when one has begun."], IsBusy: true);
            if (Keep(task) is { } problem)
                return new BacktestStart(null, [problem]);
            _jobs[job.Id] = task;
            // After a stop nothing is run any more, and at the next start it is said to be interrupted.
            _waiting.Writer.TryWrite(task);
        }
        Changed?.Invoke();
        return new BacktestStart(job, []);
    }

    /// <summary>Makes an order durable; why that cannot be done, else null.</summary>
    private string? Keep(BacktestTask task)
    {
        try
        {
            _folder.Keep(task.Job.Id, task.Plan!.Playbooks);
            _folder.Keep(task.Job);
            return null;
        }
        catch (IOException fault)
        {
            _logger.BacktestFailed(task.Job.Id, fault);
            return "The order cannot be kept in the data folder; the fault is in the log.";
        }
    }

    private async Task LoopAsync()
    {
        try
        {
            await foreach (var task in _waiting.Reader.ReadAllAsync(_stop.Token))
            {
                // A thread of its own: it computes for minutes, and those of the pool answer requests.
                await Task.Factory.StartNew(
                    () => Run(task), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                Trim();
                Changed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What still waits is interrupted, as the next start says.
        }
    }

    private void Run(BacktestTask task)
    {
        try
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            task.Begin();
            Changed?.Invoke();
            var report = task.Run(_around.Log!, _stop.Token);
            _folder.Keep(task.Job.Id, report);
            using var result = _folder.OpenResult(task.Job.Id)!;
            task.Conclude(report, result, _around.Clock.GetUtcNow());
            _folder.Keep(task.Job);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What is kept says that it was going on, so the next start says that it was interrupted.
        }
        catch (OperationCanceledException)
        {
            Conclude(task, BacktestState.Cancelled, "");
        }
        catch (Exception fault)
        {
            // The one place where a run's fault ends: the job says so, the monitor goes on.
            _logger.BacktestFailed(task.Job.Id, fault);
            Conclude(task, BacktestState.Failed, "It could not be done; the fault is in the log.");
        }
    }

    private void Conclude(BacktestTask task, BacktestState state, string problem)
    {
        task.Conclude(state, problem, _around.Clock.GetUtcNow());
        if (TaskOf(task.Job.Id) is null)
            return;
        try
        {
            _folder.Keep(task.Job);
        }
        catch (IOException fault)
        {
            _logger.BacktestFailed(task.Job.Id, fault);
        }
    }

    private void Trim()
    {
        lock (_gate)
            Forget([.. _jobs.Values.Where(task => task.Job.IsOver).Reverse().Skip(KeptMax)]);
    }

    private void Forget(IReadOnlyList<BacktestTask> over)
    {
        foreach (var task in over)
        {
            lock (_gate)
                _jobs.Remove(task.Job.Id);
            _folder.Remove(task.Job.Id);
            task.Dispose();
        }
    }

    private BacktestTask? TaskOf(string id)
    {
        lock (_gate)
            return _jobs.GetValueOrDefault(id);
    }
}
