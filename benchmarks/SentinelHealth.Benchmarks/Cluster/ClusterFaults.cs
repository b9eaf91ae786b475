using Confluent.Kafka;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What is done to the cluster, one thing after the other, as chance has it.</summary>
internal sealed class ClusterFaults
{
    private readonly ChaosSite _site;
    private readonly Random _random;
    private readonly (string Name, Func<CancellationToken, Task> Inflict)[] _faults;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public ClusterFaults(ChaosSite site, Random random)
    {
        (_site, _random) = (site, random);
        _faults =
        [
            ("a worker killed", cancel => KillAsync(AnyWorker(), cancel)),
            ("the process with the pages killed", cancel => KillAsync(ChaosSite.Main, cancel)),
            ("a worker stopped in order and started", cancel => RollAsync(AnyWorker(), cancel)),
            ("a process paused", PauseAsync),
            ("the broker away", BrokerAwayAsync),
            ("errors of the broker", BrokerErrorsAsync),
            ("the database killed", DatabaseKilledAsync),
            ("all connections to the database cut", CutAsync),
            ("the ledger node restarted", LedgerAwayAsync),
            ("a snapshot corrupted and both workers killed", CorruptAsync),
            .. site.Disks.Count > 0 ? new (string, Func<CancellationToken, Task>)[] { ("a disk full", DiskFullAsync) } : [],
            .. site.ClockShim is not null ? new (string, Func<CancellationToken, Task>)[] { ("a worker with a wrong clock", WrongClockAsync) } : [],
        ];
    }

    public int Count { get; private set; }

    /// <summary>Times a process ended by itself and was started again, as a service manager does.</summary>
    public int Supervised { get; private set; }

    /// <summary>Snapshots that were there to be corrupted.</summary>
    public int SnapshotsCorrupted { get; private set; }

    public string Last { get; private set; } = "none";

    public string Tally => string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"));

    /// <summary>The next one: each kind once before any comes again.</summary>
    public async Task InflictAsync(CancellationToken cancel)
    {
        var least = _faults.Min(fault => _counts.GetValueOrDefault(fault.Name));
        var due = _faults.Where(fault => _counts.GetValueOrDefault(fault.Name) == least).ToList();
        var (name, inflict) = due[_random.Next(due.Count)];
        Last = name;
        _counts[name] = least + 1;
        Count++;
        await inflict(cancel);
        foreach (var dead in ChaosSite.Roles.Keys.Where(process => _site.Running(process).HasExited))
        {
            // A start without its database or brokers ends with a message; who supervises starts it again.
            Supervised++;
            Console.Error.WriteLine($"{dead} ended by itself ({_site.Running(dead).ExitCode}) at \"{name}\": {_site.Running(dead).Said.Split('\n')[^1]}");
            _site.Start(dead);
        }
    }

    private string AnyWorker() => _random.Next(2) == 0 ? "worker-1" : "worker-2";

    private string AnyProcess() => ChaosSite.Roles.Keys.ElementAt(_random.Next(ChaosSite.Roles.Count));

    private Task WaitAsync(double secondsMin, double secondsMax, CancellationToken cancel) =>
        Task.Delay(TimeSpan.FromSeconds(secondsMin + (_random.NextDouble() * (secondsMax - secondsMin))), cancel);

    private async Task KillAsync(string name, CancellationToken cancel)
    {
        await _site.Running(name).KillAsync();
        await WaitAsync(0, 3, cancel);
        _site.Start(name);
    }

    private async Task RollAsync(string name, CancellationToken cancel)
    {
        // One that is still starting has nothing to hand over, and takes the wish to end all the same.
        await _site.Running(name).StopAsync();
        await WaitAsync(0, 2, cancel);
        _site.Start(name);
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        var paused = _site.Running(AnyProcess());
        paused.Pause();
        await WaitAsync(5, 15, cancel);
        paused.Continue();
    }

    private async Task BrokerAwayAsync(CancellationToken cancel)
    {
        var brokers = _site.Cluster.Brokers;
        if (!_site.IsBrokerPortKept)
        {
            // Its port could be somebody else's by the time it comes back: so it stays, and answers nobody in time.
            brokers.SetRoundTrip(1, TimeSpan.FromSeconds(30));
            await WaitAsync(2, 8, cancel);
            brokers.SetRoundTrip(1, TimeSpan.Zero);
            return;
        }
        brokers.TakeDown(1);
        await WaitAsync(2, 8, cancel);
        brokers.BringUp(1);
    }

    private Task BrokerErrorsAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var brokers = _site.Cluster.Brokers;
        brokers.FailNext(KafkaRequest.Produce, [.. Enumerable.Repeat(ErrorCode.NotEnoughReplicas, 1 + _random.Next(4))]);
        brokers.FailNext(KafkaRequest.Fetch, [.. Enumerable.Repeat(ErrorCode.NotLeaderForPartition, 1 + _random.Next(4))]);
        brokers.FailNext(KafkaRequest.OffsetCommit, ErrorCode.RequestTimedOut);
        return Task.CompletedTask;
    }

    private async Task DatabaseKilledAsync(CancellationToken cancel)
    {
        await _site.Database.KillAsync();
        await WaitAsync(0.5, 5, cancel);
        await _site.Database.ResumeAsync();
    }

    private async Task CutAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await _site.Database.AskAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
    }

    private async Task LedgerAwayAsync(CancellationToken cancel)
    {
        await _site.Cluster.Chain.Node.StopAsync();
        await WaitAsync(0.5, 6, cancel);
        await _site.Cluster.Chain.Node.RestartAsync();
    }

    private async Task CorruptAsync(CancellationToken cancel)
    {
        var snapshot = $"{_site.Cluster.StoreOptions.SchemaPrefix}_cases.snapshot";
        var hit = await _site.Database.AskAsync(
            $"UPDATE {snapshot}_part SET body = set_byte(body, length(body) / 2, get_byte(body, length(body) / 2) # 255) "
            + $"WHERE part > 0 AND (partition, generation) = (SELECT partition, generation FROM {snapshot} ORDER BY random() LIMIT 1) "
            + "RETURNING partition");
        SnapshotsCorrupted += hit is null ? 0 : 1;
        // Whichever of them has the partition: both, so that one of them reads it.
        await KillAsync("worker-1", cancel);
        await KillAsync("worker-2", cancel);
    }

    private async Task DiskFullAsync(CancellationToken cancel)
    {
        var ballast = Path.Combine(_site.Disks[_random.Next(_site.Disks.Count)], "ballast");
        try
        {
            await using var file = File.Create(ballast);
            var block = new byte[1 << 20];
            while (true)
                await file.WriteAsync(block, cancel);
        }
        catch (IOException)
        {
            // Full, which is what it was for.
            await WaitAsync(4, 10, cancel);
        }
        File.Delete(ballast);
    }

    private async Task WrongClockAsync(CancellationToken cancel)
    {
        var worker = AnyWorker();
        await _site.Running(worker).KillAsync();
        cancel.ThrowIfCancellationRequested();
        _site.Start(worker, clockOffSeconds: _random.Next(2) == 0 ? -75 : 75);
    }
}
