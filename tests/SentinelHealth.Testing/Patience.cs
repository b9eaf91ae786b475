namespace SentinelHealth.Testing;

/// <summary>Waits for other processes, on machines that may be busy with other tests.</summary>
public static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public static Task UntilAsync(Func<bool> holds, Func<string> explain) => UntilAsync(() => Task.FromResult(holds()), explain);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> explain)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not happen within {Limit}.\n{explain()}");
            await Task.Delay(Step, CancellationToken.None);
        }
    }
}
