using System.Diagnostics;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>The workers as processes of their own, each started again when it is killed.</summary>
internal sealed class WorkerFleet(string brokers, string store, string folder) : IDisposable
{
    private readonly Process?[] _workers = new Process?[ConservationPlan.Workers];

    public int Kills { get; private set; }

    public void Start()
    {
        for (var worker = 0; worker < _workers.Length; worker++)
            _workers[worker] = StartOne(worker);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill(int worker)
    {
        Stop(worker);
        _workers[worker] = StartOne(worker);
        Kills++;
    }

    /// <summary>A worker must not end by itself: that would be a fault the run hides by starting it again.</summary>
    public void CheckAlive()
    {
        if (_workers.FirstOrDefault(worker => worker is { HasExited: true }) is { } dead)
            throw new InvalidOperationException($"A worker ended by itself with exit code {dead.ExitCode}.");
    }

    public void Dispose()
    {
        for (var worker = 0; worker < _workers.Length; worker++)
            Stop(worker);
    }

    private void Stop(int worker)
    {
        if (_workers[worker] is not { } process)
            return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        _workers[worker] = null;
    }

    private Process StartOne(int worker)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, $"worker-{worker}")).FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
        string[] args = [typeof(WorkerFleet).Assembly.Location, "kafka-worker", "--brokers", brokers, "--store", store, "--data", data];
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("A worker did not start.");
    }
}
