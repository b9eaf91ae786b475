using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>A simulated hospital network through the real engine, the shipped playbooks and the ledger inside the process.</summary>
public sealed class WholePathTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attacks_on_a_simulated_network_are_contained_on_the_ledger()
    {
        using var folder = new TemporaryFolder();
        using var metrics = new ResponseMetrics();
        var clock = new ManualClock(SomeCase.At);
        var options = new ResponseOptions();
        var log = new PumpBench.MemoryLog();
        var simulator = new HospitalSimulator(new SimulationOptions { Seed = 7, Days = 2, EventsPerDay = 4_000 });
        foreach (var simulated in simulator.Events())
            log.Add(simulated.Json);
        using var store = SqliteCaseStore.Open(folder.File("cases.db"));
        using (var ledger = EmbeddedLedger.Open(folder.Path, Rules(simulator), clock))
        {
            using var status = new MonitorStatus(log, store, ledger, clock);
            using var executor = new ActionExecutor(
                new ActionServices(store, ledger, clock, metrics), options, NullLogger<ActionExecutor>.Instance);
            var services = new MonitorServices
            {
                Log = log,
                Decoder = new NativeEventDecoder(),
                DeadLetters = new PumpBench.LetterBox(),
                EngineFactory = state =>
                    state is null ? new DetectionEngine(new()) : DetectionEngine.Load(state, new DetectionOptions()),
                Store = store,
                Ledger = ledger,
                Executor = executor,
                Status = status,
                Clock = clock,
                Metrics = metrics,
            };
            var pump = new MonitorPump(services, Shipped(), options, new MonitorOptions(), NullLogger<MonitorPump>.Instance);

            var watch = Stopwatch.StartNew();
            await pump.StartAsync(Cancel);
            var events = await pump.DrainAsync(Cancel);
            await executor.DrainAsync(Cancel);

            output.WriteLine($"{events} events in {watch.Elapsed.TotalSeconds:F2} s, {await store.AlertCountAsync(new(), Cancel)} alerts.");
            Assert.Equal(0, (await status.NetworkAsync(Cancel)).Conservation.Imbalance);
            var actions = (await store.ActionsAsync(new(), null, 1_000, Cancel)).Items;
            output.WriteLine(string.Join(", ", actions.CountBy(action => $"{action.Kind} {action.State}")));
            var contained = actions.Where(action => action.State == ActionState.Confirmed).ToList();
            Assert.NotEmpty(contained);
            foreach (var action in contained)
            {
                Assert.True(await ledger.IsContainedAsync(action.Kind, action.Target, Cancel));
                Assert.NotNull(await store.DecisionEvidenceAsync(action.EvidenceHash, Cancel));
            }
        }
        EmbeddedLedger.Open(folder.Path, Rules(simulator), clock).Dispose();
    }

    private static EmbeddedLedgerRules Rules(HospitalSimulator simulator) => new() { Validators = simulator.ValidatorNodes };

    private static PlaybookSet Shipped() => new(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "playbooks"), "*.yaml")
            .SelectMany(path => PlaybookLoader.Load(File.ReadAllText(path), Path.GetFileName(path)).Playbooks));
}
