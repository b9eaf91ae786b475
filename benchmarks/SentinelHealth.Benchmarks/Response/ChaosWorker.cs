using System.Diagnostics;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>The executor's process, started again each time it is killed.</summary>
internal sealed class ChaosWorker(string data, Uri endpoint) : IDisposable
{
    private Process? _process;

    public int Kills { get; private set; }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet");
        start.ArgumentList.Add(typeof(ChaosWorker).Assembly.Location);
        start.ArgumentList.Add(ResponseChaosWorkerCommand.Name);
        start.ArgumentList.Add("--data");
        start.ArgumentList.Add(data);
        start.ArgumentList.Add("--endpoint");
        start.ArgumentList.Add(endpoint.ToString());
        _process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void KillAndStart()
    {
        CheckAlive();
        Stop();
        Kills++;
        Start();
    }

    /// <summary>A worker must not end by itself: that would be a fault the run hides by starting it again.</summary>
    public void CheckAlive()
    {
        if (_process is { HasExited: true } dead)
            throw new InvalidOperationException($"The worker ended by itself with exit code {dead.ExitCode}.");
    }

    public void Stop()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    public void Dispose() => Stop();
}
