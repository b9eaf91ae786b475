using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Reads the whole of a shared log for what this process shows.</summary>
internal sealed class ObserverJob(LogObserver observer) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using var thread = new YieldingThread("observer");
        await thread.Run(() => observer.RunAsync(stopping));
    }
}
