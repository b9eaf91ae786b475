using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Starts a web host and runs it until somebody stops it.</summary>
internal static class WebRun
{
    public static async Task StartAsync(WebApplication app, WebSettings settings)
    {
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (IOException fault)
        {
            throw new UsageException($"{string.Join(", ", settings.Urls)}: {fault.Message}");
        }
    }

    public static async Task UntilStoppedAsync(WebApplication app, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, app.Lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
    }
}
