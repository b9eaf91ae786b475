using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Lets containments take effect in the simulated network.</summary>
internal sealed class GateJob(DemoNetwork network) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => network.RunGateAsync(stoppingToken);
}
