using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>The simulated network of the demonstration and the monitor that watches it.</summary>
internal sealed class DemoNetwork : IAsyncDisposable
{
    public const double SpeedDefault = 60;
    public const int WarmUpDays = 6;
    private const int EventsPerDay = 9_000;

    /// <summary>When the live part begins: in the middle of a working morning, so that there is something to see.</summary>
    private static readonly TimeSpan LiveTimeOfDay = TimeSpan.FromHours(9);

    private static readonly TimeSpan AttackEvery = TimeSpan.FromSeconds(75);

    private static readonly LiveAttack[] FirstAttacks =
    [
        new(TimeSpan.FromSeconds(4), "no-consent-access"),
        new(TimeSpan.FromSeconds(45), "rogue-node"),
        new(TimeSpan.FromSeconds(100), "stolen-credential"),
    ];

    private readonly EmbeddedLedger _ledger;
    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContainmentGate? _gate;

    private DemoNetwork(DemoPlan plan)
    {
        var liveAt = LastWorkday(plan.Wall.GetUtcNow()) + LiveTimeOfDay;
        var warmUp = TimeSpan.FromDays(WarmUpDays) + LiveTimeOfDay;
        Clock = new ScaledClock(plan.Wall, liveAt, plan.Speed);
        Source = new SimulatedSource(
            new SimulatedSourceOptions
            {
                Simulation = new() { Seed = plan.Seed, StartAt = liveAt - warmUp, Days = 365, EventsPerDay = EventsPerDay, Attacks = ["none"] },
                WarmUp = warmUp,
                Speed = plan.Speed,
                LiveAttacks = FirstAttacks,
                AttackEvery = AttackEvery,
            },
            plan.Wall, attempt => _gate?.IsContained(attempt) ?? false, new Progress(this));
        _ledger = EmbeddedLedger.Open(
            plan.DataFolder, new EmbeddedLedgerRules { Validators = Source.Simulator.ValidatorNodes }, Clock);
    }

    /// <summary>The network's clock.</summary>
    public ScaledClock Clock { get; }

    public SimulatedSource Source { get; }

    public MonitorParts Monitor { get; private set; } = null!;

    /// <summary>Completes when the history has been handed over and the network goes live.</summary>
    public Task Live => _live.Task;

    /// <summary>How much of the history has been handed over, 0 to 1.</summary>
    public double WarmUpShare { get; private set; }

    public static async Task<DemoNetwork> OpenAsync(DemoPlan plan, CancellationToken cancel)
    {
        var network = new DemoNetwork(plan);
        try
        {
            network.Monitor = await MonitorParts.OpenAsync(network.PlanOf(plan), cancel);
            network._gate = new ContainmentGate(network.Monitor.Store, network.Clock);
            network.Monitor.Executor.Changed += network._gate.Refresh;
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keeps the simulated attackers out once they are contained, until cancelled.</summary>
    public Task RunGateAsync(CancellationToken cancel) => _gate!.RunAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (Monitor is { } monitor)
            await monitor.DisposeAsync();
        _ledger.Dispose();
    }

    private MonitorPlan PlanOf(DemoPlan plan) => new()
    {
        Compliance = new ComplianceSection
        {
            Organization = "Simulated hospital network",
            Contact = "privacy@hospital.example",
            TimeZone = "Europe/Amsterdam",
        },
        DataFolder = plan.DataFolder,
        Clock = Clock,
        Ledger = _ledger,
        Anchors = _ledger,
        Playbooks = plan.Playbooks,
        // The demo knows one visitor, who never signed in; nothing there can take two people.
        Response = new ResponseOptions { HighImpactKinds = [] },
        Rules = RuleShelf.Open(RuleFolder.Shipped, new RuleStageStore(plan.DataFolder), plan.Wall),
        Logs = plan.Logs,
        // The history is there to learn from: models only learn in it, so that no habit is called strange before it is one.
        Detection = new DetectionOptions { WarmUpSpan = TimeSpan.FromDays(WarmUpDays) },
        // The pump measures by the network's clock; a batch is to last as long as anywhere else by the wall's.
        Pump = new MonitorOptions { BatchTimeMax = new MonitorOptions().BatchTimeMax * plan.Speed },
    };

    private static DateTimeOffset LastWorkday(DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            day -= TimeSpan.FromDays(1);
        return day;
    }

    /// <summary>The network's time starts to pass in the moment in which its events do.</summary>
    private sealed class Progress(DemoNetwork network) : IProgress<SimulationProgress>
    {
        public void Report(SimulationProgress value)
        {
            network.WarmUpShare = value.WarmUpShare;
            if (!value.IsLive || !network._live.TrySetResult())
                return;
            network.Clock.Start();
        }
    }
}
