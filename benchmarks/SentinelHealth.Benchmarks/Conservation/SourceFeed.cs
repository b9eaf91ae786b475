using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>Feeds an intake from a source, as the product does.</summary>
internal static class SourceFeed
{
    /// <summary>Runs the source until stopped; one that fails is run again.</summary>
    public static async Task RunAsync(ISource source, IIntake intake, TimeSpan retryAfter, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await source.RunAsync(intake, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (IOException fault)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                await Task.Delay(retryAfter, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
