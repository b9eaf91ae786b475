using Spectre.Console;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Progress bars on standard error, when a person watches.</summary>
internal static class Progress
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs work over a stream and shows how far it has read.</summary>
    public static Task ShowAsync(CommandSurroundings surroundings, string what, Stream input, Func<Task> work) =>
        input.CanSeek
            ? ShowAsync(surroundings, what, input.Length, () => input.Position, work)
            : ShowAsync(surroundings, what, 0, () => 0, work);

    /// <summary>Runs work and shows how far it is; with an unknown total only that it goes on.</summary>
    public static async Task ShowAsync(
        CommandSurroundings surroundings, string what, long total, Func<long> done, Func<Task> work)
    {
        if (!surroundings.IsTerminal)
        {
            await work();
            return;
        }
        await ConsoleOf(surroundings).Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            var bar = context.AddTask(what, maxValue: Math.Max(1, total));
            bar.IsIndeterminate = total <= 0;
            var running = Task.Run(work);
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(Beat));
                bar.Value = done();
            }
            await running;
        });
    }

    /// <summary>Where bars are drawn: never on standard output, which may be somebody's input.</summary>
    public static IAnsiConsole ConsoleOf(CommandSurroundings surroundings) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(surroundings.Error) });
}
