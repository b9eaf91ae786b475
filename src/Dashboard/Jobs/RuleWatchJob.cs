using SentinelHealth.Dashboard.Rules;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Takes changes of the rules' folder into use: told by the file system, and looked for now and then in case it does not tell.</summary>
internal sealed class RuleWatchJob(RuleShelf shelf, TimeProvider clock, ILogger<RuleWatchJob> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    /// <summary>An editor, a checkout or a copy writes several files; what is half there would be refused.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _told = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using var watcher = Watcher();
        while (!stopping.IsCancellationRequested)
        {
            var isTold = await WaitAsync(LookEvery, stopping);
            while (isTold && !stopping.IsCancellationRequested)
                isTold = await WaitAsync(Quiet, stopping);
            if (!stopping.IsCancellationRequested)
                Look();
        }
    }

    private void Look()
    {
        try
        {
            if (shelf.Refresh() is not { } state)
                return;
            if (state.Problems.Count == 0)
                logger.RulesTaken(state.Rules.Rules.Count, shelf.Folder);
            else
                logger.RulesKept(shelf.Folder, state.Problems.Count, state.Problems[0].ToString());
        }
        catch (Exception fault)
        {
            // A rule that breaks the compiler is a defect; the rules in use stay, and the monitor goes on.
            logger.RulesNotRead(shelf.Folder, fault);
        }
    }

    /// <summary>Waits until the file system tells of a change; false when it did not in time.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping);
        try
        {
            await _told.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private FileSystemWatcher? Watcher()
    {
        try
        {
            var watcher = new FileSystemWatcher(shelf.Folder) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => Tell();
            watcher.Created += (_, _) => Tell();
            watcher.Deleted += (_, _) => Tell();
            watcher.Renamed += (_, _) => Tell();
            watcher.Error += (_, error) => logger.RulesUnwatched(shelf.Folder, error.GetException());
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or PlatformNotSupportedException)
        {
            logger.RulesUnwatched(shelf.Folder, fault);
            return null;
        }
    }

    private void Tell()
    {
        lock (_told)
        {
            if (_told.CurrentCount == 0)
                _told.Release();
        }
    }
}
