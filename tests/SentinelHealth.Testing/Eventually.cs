namespace SentinelHealth.Testing;

/// <summary>Waits for another process, which no test's clock can move.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as something holds; fails with an explanation when it does not within half a minute.</summary>
    public static async Task HoldsAsync(Func<bool> holds, Func<string> explain)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not happen. {explain()}");
            await Task.Delay(Step, CancellationToken.None);
        }
    }
}
