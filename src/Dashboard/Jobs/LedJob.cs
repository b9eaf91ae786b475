using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>Runs a job only while this process leads those that share the store.</summary>
internal sealed class LedJob<T>(T job, ILeadership leadership) : BackgroundService where T : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await leadership.BecomesAsync(true, stopping);
                await job.StartAsync(stopping);
                var lost = leadership.BecomesAsync(false, stopping);
                // A job that fails takes the program down, as it would by itself; one that has done all is not begun again at once.
                await await Task.WhenAny(lost, job.ExecuteTask ?? Task.CompletedTask);
                await lost;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The end of the program ends the job as well.
            }
            await job.StopAsync(CancellationToken.None);
        }
    }

    public override void Dispose()
    {
        job.Dispose();
        base.Dispose();
    }
}

/// <summary>Registers jobs that only one of several processes may run.</summary>
internal static class LedJobs
{
    public static void AddLedJob<T>(this IServiceCollection services) where T : BackgroundService
    {
        services.AddSingleton<T>();
        services.AddHostedService<LedJob<T>>();
    }

    public static void AddLedJob<T>(this IServiceCollection services, Func<IServiceProvider, T> create)
        where T : BackgroundService
    {
        services.AddSingleton(create);
        services.AddHostedService<LedJob<T>>();
    }
}
