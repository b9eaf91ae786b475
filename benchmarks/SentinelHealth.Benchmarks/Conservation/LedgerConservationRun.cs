using System.Diagnostics;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>Rounds in which a ledger node restarts, crashes or rewrites its history, and the monitor is killed at a random moment of each.</summary>
internal sealed class LedgerConservationRun : IAsyncDisposable
{
    private const int KillAfterMsMax = 1_500;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromMinutes(2);

    private readonly AnvilNetwork _network;
    private readonly Random _random;
    private readonly LedgerPlayer _player;
    private readonly LedgerOracle _oracle;
    private readonly WorkerProcess _worker;
    private readonly Dictionary<string, int> _faults = [];

    private LedgerConservationRun(AnvilNetwork network, string folder, int seed)
    {
        _network = network;
        _random = new Random(seed);
        _player = new LedgerPlayer(network, _random);
        var store = Path.Combine(folder, WitnessMonitor.StoreFile);
        SqliteCaseStore.Open(store).Dispose();
        _oracle = new LedgerOracle(store, network);
        var deployment = Path.Combine(folder, "deployment.json");
        File.WriteAllText(deployment, network.Deployment.ToJson());
        _worker = new WorkerProcess(
            "--source", "ledger", "--data", folder, "--from", network.Node.Endpoint.ToString(), "--deployment", deployment);
    }

    /// <summary>Rewritings that the monitor had certainly seen the old history of: each must be told.</summary>
    public int MustBeTold { get; private set; }

    public string Account => $"{_worker.Kills} kills, {string.Join(", ", _faults.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"{fault.Value} {fault.Key}"))}, "
        + $"{_player.Sent.Count} transactions sent, {_player.SentAgain} sent again after their history was replaced";

    public static async Task<LedgerConservationRun> StartAsync(string folder, int seed)
    {
        var network = await AnvilNetwork.StartAsync(new AnvilOptions { StateFile = Path.Combine(folder, "node.json") });
        var run = new LedgerConservationRun(network, folder, seed);
        // The first state to come back to after a crash has the contracts in it.
        await run._player.RestartAsync();
        return run;
    }

    public async Task<LedgerVerdict> RunAsync(int rounds)
    {
        _worker.Start();
        for (var round = 0; round < rounds; round++)
        {
            var killing = KillAsync();
            await _player.ActAsync();
            await (_random.Next(4) switch
            {
                0 => FaultAsync("node restarts", _player.RestartAsync),
                1 => FaultAsync("node crashes", _player.CrashAsync),
                2 => RewriteAsync("histories reverted", _player.RevertAsync),
                _ => RewriteAsync("blocks reorganized", _player.ReorganizeAsync),
            });
            await killing;
        }
        var last = await _player.EndAsync();
        await UntilAsync(() => _oracle.IsScored(last), "the last transaction is scored");
        _worker.CheckAlive();
        _worker.Dispose();
        return await _oracle.JudgeAsync(_player.Sent, await _player.HeightAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _network.DisposeAsync();
    }

    private async Task KillAsync()
    {
        await Task.Delay(_random.Next(KillAfterMsMax), CancellationToken.None);
        _worker.Kill();
        _worker.Start();
    }

    private async Task FaultAsync(string name, Func<Task> fault)
    {
        Count(name);
        await fault();
    }

    /// <summary>Half of them behind the monitor's back; the others after it has seen what is to be replaced.</summary>
    private async Task RewriteAsync(string name, Func<Func<string, Task>, Task> rewrite)
    {
        Count(name);
        if (_random.Next(2) == 0)
        {
            await rewrite(_ => Task.CompletedTask);
            return;
        }
        // A ledger below an earlier height gives the monitor nothing to read.
        await _player.RiseAsync();
        var told = 0L;
        await rewrite(async newest =>
        {
            await UntilAsync(() => _oracle.IsScored(newest), "the newest transaction is scored");
            told = _oracle.Told();
        });
        MustBeTold++;
        await UntilAsync(() => _oracle.Told() > told, "the reorganization is told");
    }

    private void Count(string name) => _faults[name] = _faults.GetValueOrDefault(name) + 1;

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var waited = Stopwatch.StartNew(); !holds(); await Task.Delay(Look, CancellationToken.None))
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"For {Patience.TotalMinutes:F0} minutes it did not happen that {what}.");
    }
}
