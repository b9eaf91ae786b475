using SentinelHealth.Ingest.Sources;
using Spectre.Console;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>
/// Shows a person at a terminal how far the reading of ledgers' history is, until it has reached what was there when it began. What
/// comes after that is the present, and on the Network page.
/// </summary>
internal static class BackFillProgress
{
    /// <summary>Units behind from which on a bar is worth the lines it takes.</summary>
    private const long LeftMin = 100;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when there is nothing to make up for any more, at once when nobody watches, and when stopped.</summary>
    public static Task ShowAsync(CommandSurroundings surroundings, IReadOnlyList<ISource> sources, CancellationToken stop) =>
        ShowAsync(surroundings, sources, cancel => Task.Delay(Beat, cancel), stop);

    internal static async Task ShowAsync(
        CommandSurroundings surroundings, IReadOnlyList<ISource> sources, Func<CancellationToken, Task> beat,
        CancellationToken stop)
    {
        var ledgers = sources.Where(source => source.Health.Progress is not null).ToList();
        if (!surroundings.IsTerminal || ledgers.Count == 0)
            return;
        try
        {
            while (!ledgers.Exists(IsBehind))
            {
                // One that knows how much there is, and is near it, has nothing to make up for.
                if (ledgers.TrueForAll(IsKnown))
                    return;
                await beat(stop);
            }
            await Progress.ConsoleOf(surroundings).Progress().AutoClear(true).HideCompleted(false)
                .StartAsync(context => FollowAsync(context, ledgers, beat, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The monitor stops: so does whoever watches it.
        }
    }

    private static async Task FollowAsync(
        ProgressContext context, List<ISource> ledgers, Func<CancellationToken, Task> beat, CancellationToken stop)
    {
        var bars = new Dictionary<ISource, ProgressTask>();
        while (true)
        {
            foreach (var ledger in ledgers)
            {
                var (done, total) = (ledger.Health.Progress!.Value.Done, ledger.Health.Progress!.Value.Total);
                if (!bars.TryGetValue(ledger, out var bar) && IsBehind(ledger))
                    bars[ledger] = bar = context.AddTask(Markup.Escape($"Reading {ledger.Name}"), maxValue: total);
                if (bar is not null)
                    bar.Value = Math.Min(done, bar.MaxValue);
            }
            context.Refresh();
            if (bars.Values.All(bar => bar.Value >= bar.MaxValue) && ledgers.TrueForAll(IsKnown))
                return;
            await beat(stop);
        }
    }

    private static bool IsKnown(ISource ledger) => ledger.Health.Progress is { Total: > 0 };

    private static bool IsBehind(ISource ledger) => ledger.Health.Progress is { } progress && progress.Left >= LeftMin;
}
