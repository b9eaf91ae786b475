using System.Diagnostics;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>The worker as a process of its own, started again each time it is killed.</summary>
internal sealed class WorkerProcess(params IReadOnlyList<string> args) : IDisposable
{
    private Process? _process;

    /// <summary>Where it takes requests; null while it takes none.</summary>
    public Uri? Address { get; private set; }

    public int Kills { get; private set; }

    /// <summary>Of the process that runs now, on all its threads, since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process?.Refresh();
            return _process?.TotalProcessorTime ?? TimeSpan.Zero;
        }
    }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add("conservation-worker");
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        CheckAlive();
        Stop();
        Kills++;
    }

    /// <summary>A worker must not end by itself: that would be a fault the run hides by starting it again.</summary>
    public void CheckAlive()
    {
        if (_process is { HasExited: true } dead)
            throw new InvalidOperationException($"The worker ended by itself with exit code {dead.ExitCode}.");
    }

    public void Dispose() => Stop();

    private void Stop()
    {
        Address = null;
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Address = null;
    }

    private void Hear(string? line)
    {
        if (line is not null && line.StartsWith(ConservationWorkerCommand.Ready + " ", StringComparison.Ordinal))
            Address = new Uri(line[(ConservationWorkerCommand.Ready.Length + 1)..]);
    }
}
