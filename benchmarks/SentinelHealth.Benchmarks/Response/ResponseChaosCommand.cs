using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>Actions on a real node while the executor's process is killed and the node restarted at random.</summary>
internal static class ResponseChaosCommand
{
    private const int BatchActions = 10;
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        Option<int> actions =
            new("--actions") { DefaultValueFactory = _ => 1_000, Description = "How many containments to decide." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => TestSeed.Default, Description = "When what is killed." };
        Command command =
            new("response-chaos", "Actions on anvil under kill -9 of the executor and restarts of the node.") { actions, seed };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(actions), parsed.GetValue(seed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int actions, int seed, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        using var folder = new TemporaryFolder();
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { StateFile = folder.File("chain.json") });
        for (var kind = 0; kind < 3; kind++)
            await network.AdministerAsync("setLimits", kind, 100_000, 256, 3600, 86_400);
        // The run is about once and only once: what is in force at once must not be what refuses.
        await network.AdministerAsync("setSafeguards", 0, 3 * 256);
        await File.WriteAllTextAsync(folder.File("deployment.json"), network.Deployment.ToJson(), cancel);
        using var store = SqliteCaseStore.Open(folder.File(ChaosPlan.StoreFile));
        using var worker = new ChaosWorker(Path.GetDirectoryName(folder.File("x"))!, network.Node.Endpoint);
        var run = new Run(network, store, worker, new Random(seed));

        worker.Start();
        var undone = await run.DecideAndKillAsync(actions, cancel);
        await run.SettleAsync(cancel);
        worker.Stop();

        var verdict = await ChaosVerdict.OfAsync(network, store, actions, cancel);
        Console.WriteLine($$"""
            {"actions":{{actions}},"seed":{{seed}},"effectsOnChain":{{verdict.Effects}},"effectsTwice":{{verdict.Twice}},"decisionsThatDisagreeWithTheChain":{{verdict.Disagreements}},"timersThatDidNotEndOnce":{{verdict.BadEnds}},"stillContained":{{verdict.StillContained}},"reconciled":{{verdict.Reconciled}},"undoneByPeople":{{undone}},"kills":{{worker.Kills}},"nodeRestarts":{{run.NodeRestarts}},"seconds":{{started.Elapsed.TotalSeconds:0}}}
            """);
        return verdict.IsClean(actions) ? 0 : 1;
    }

    private sealed class Run(AnvilNetwork network, CaseStore store, ChaosWorker worker, Random random)
    {
        public int NodeRestarts { get; private set; }

        public async Task<int> DecideAndKillAsync(int actions, CancellationToken cancel)
        {
            var (decided, undone) = (0, 0);
            using var people = new People(network, store);
            while (decided < actions)
            {
                var now = TimeProvider.System.GetUtcNow();
                var batch = Enumerable.Range(decided, Math.Min(BatchActions, actions - decided));
                await store.CommitAsync(ChaosPlan.Commit(batch.Select(number => ChaosPlan.Action(number, now))), cancel);
                decided += BatchActions;
                await Task.Delay(random.Next(300, 1_600), cancel);
                if (random.Next(3) > 0)
                    worker.KillAndStart();
                if (random.Next(12) == 0)
                    await RestartNodeAsync(cancel);
                if (random.Next(3) == 0)
                    undone += await people.UndoOneAsync(random, cancel);
            }
            return undone;
        }

        public async Task SettleAsync(CancellationToken cancel)
        {
            var started = Stopwatch.StartNew();
            while (await store.NextDueAsync(cancel) is not null && started.Elapsed < SettleLimit)
            {
                worker.CheckAlive();
                // The node makes blocks for transactions only, and an idle chain's clock stands still: containments would never end.
                await network.Node.MineAsync();
                await Task.Delay(500, cancel);
            }
        }

        private async Task RestartNodeAsync(CancellationToken cancel)
        {
            await network.Node.StopAsync();
            await Task.Delay(random.Next(0, 1_500), cancel);
            await network.Node.RestartAsync();
            NodeRestarts++;
        }
    }

    /// <summary>Somebody who undoes containments while all this goes on.</summary>
    private sealed class People : IDisposable
    {
        private readonly ResponseMetrics _metrics = new();
        private readonly global::SentinelHealth.Response.Ledgers.EvmLedger _ledger;
        private readonly ActionServices _services;
        private readonly ActionExecutor _idle;
        private readonly CaseStore _store;

        public People(AnvilNetwork network, CaseStore store)
        {
            _store = store;
            _ledger = ChaosPlan.Ledger(network.Deployment, network.Node.Endpoint);
            _services = new ActionServices(store, _ledger, TimeProvider.System, _metrics);
            _idle = new ActionExecutor(_services, ChaosPlan.Options, NullLogger<ActionExecutor>.Instance);
        }

        public async Task<int> UndoOneAsync(Random random, CancellationToken cancel)
        {
            var filter = new ActionFilter { States = [ActionState.Confirmed, ActionState.Reconciled] };
            var inForce = (await _store.ActionsAsync(filter, null, 50, cancel)).Items;
            if (inForce.Count == 0)
                return 0;
            var responder =
                await Responder.CreateAsync(_services, ChaosPlan.Options, _idle, NullLogger<Responder>.Instance, cancel);
            var chosen = inForce[random.Next(inForce.Count)];
            var outcome =
                await responder.UndoAsync(chosen.Key, new Approver("ada", TimeProvider.System.GetUtcNow()), "A drill.", cancel);
            return outcome.IsAccepted ? 1 : 0;
        }

        public void Dispose()
        {
            _idle.Dispose();
            _ledger.Dispose();
            _metrics.Dispose();
        }
    }
}
