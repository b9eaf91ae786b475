using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Evidence;

/// <summary>A simulated hospital network, watched with the real engine, contained on the embedded ledger, its evidence logged and anchored.</summary>
public sealed class EvidenceBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ResponseMetrics _metrics = new();
    private readonly MemoryLog _log = new();

    private static readonly PlaybookSet Playbooks = new(
    [
        SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.QuarantineNode, ActionKind.RevokeGrant),
        SomeCase.Playbook(PlaybookMode.Approve, ActionKind.SuspendActor),
    ]);

    private EvidenceBench(int seed, int days, int eventsPerDay)
    {
        Simulator = new HospitalSimulator(new SimulationOptions { Seed = seed, Days = days, EventsPerDay = eventsPerDay });
        Vault = SubjectVault.Open(_folder.Path, null);
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
        Ledger = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules { Validators = Simulator.ValidatorNodes }, Clock);
        Intake = new EvidenceIntake(Vault, Clock);
        Signer = FileSigner.Open(Folder, SigningAlgorithm.EcdsaP256);
    }

    public ManualClock Clock { get; } = new(SomeCase.At);

    public HospitalSimulator Simulator { get; }

    public SubjectVault Vault { get; }

    public CaseStore Store { get; }

    public EmbeddedLedger Ledger { get; }

    public EvidenceIntake Intake { get; }

    public FileSigner Signer { get; }

    public EvidenceRecorder Recorder { get; private set; } = null!;

    /// <summary>Everything the run keeps.</summary>
    public string Data => _folder.Path;

    /// <summary>The evidence log's folder.</summary>
    public string Folder => _folder.File("evidence");

    /// <summary>Runs the network of a seed to its end: alerts, incidents, actions, approvals, receipts; then drains and anchors.</summary>
    public static async Task<EvidenceBench> RunAsync(int seed, int days = 2, int eventsPerDay = 4_000)
    {
        var bench = new EvidenceBench(seed, days, eventsPerDay);
        await bench.RunAsync();
        return bench;
    }

    /// <summary>The packs of all incidents that have alerts, newest first.</summary>
    public async Task<IReadOnlyList<byte[]>> PacksAsync(int packsMax)
    {
        var packs = new List<byte[]>();
        foreach (var incident in (await Store.IncidentsAsync(new(), null, packsMax, default)).Items)
            packs.Add((await PackAsync(incident.Id))!);
        return packs;
    }

    public async Task<byte[]?> PackAsync(string incidentId)
    {
        var collector = new EvidencePackCollector(Store, Recorder.Log.Reader, Folder, Vault);
        var origin = new PackOrigin(SomeCase.At, "compliance-1", "sentinel test", "Asked for by the authority.");
        var plan = await collector.CollectAsync(incidentId, Signer.Keys, origin, default);
        return plan is null ? null : EvidencePack.Write(plan with { Reports = Report }, Signer);
    }

    /// <summary>Whether a stored record is about a person, sealed or not.</summary>
    public bool IsOf(string subject, string stored) => Intake.IsOf(subject, stored);

    public async ValueTask DisposeAsync()
    {
        Recorder?.Dispose();
        Store.Dispose();
        Ledger.Dispose();
        Vault.Dispose();
        _metrics.Dispose();
        _folder.Dispose();
        await ValueTask.CompletedTask;
    }

    private static Dictionary<string, byte[]> Report { get; } = new() { ["report.json"] = "{\"title\":\"Report\"}"u8.ToArray() };

    private async Task RunAsync()
    {
        foreach (var simulated in Simulator.Events())
            _log.Add(simulated.Json);
        Store.KeepEvidence(Intake);
        using var status = new MonitorStatus(_log, Store, Ledger, Clock);
        var options = new ResponseOptions { HighImpactKinds = [] };
        var actions = new ActionServices(Store, Ledger, Clock, _metrics);
        using var executor = new ActionExecutor(actions, options, NullLogger<ActionExecutor>.Instance);
        var pump = new MonitorPump(
            ServicesOf(status, executor), Playbooks, options, new MonitorOptions(), NullLogger<MonitorPump>.Instance);
        await pump.StartAsync(default);
        await pump.DrainAsync(default);
        await executor.DrainAsync(default);
        await ApproveAsync(actions, options, executor);
        Recorder = await EvidenceRecorder.OpenAsync(Folder, Store, Signer, Clock, default);
        await Recorder.DrainAsync(default);
        await Recorder.AnchorAsync(Ledger, default);
    }

    private async Task ApproveAsync(ActionServices actions, ResponseOptions options, ActionExecutor executor)
    {
        var responder = await Responder.CreateAsync(actions, options, executor, NullLogger<Responder>.Instance, default);
        var proposed = await Store.ActionsAsync(new ActionFilter { States = [ActionState.Proposed] }, null, 1_000, default);
        foreach (var action in proposed.Items)
            await responder.ApproveAsync(action.Key, new Approver("responder-1", Clock.GetUtcNow()), default);
        await executor.DrainAsync(default);
        // One is kept longer and one is undone, so that packs hold people's agreement to each step.
        var inForce = await Store.ActionsAsync(
            new ActionFilter { States = [ActionState.Confirmed, ActionState.Reconciled] }, null, 1_000, default);
        foreach (var (action, number) in inForce.Items.Select((action, number) => (action, number)))
        {
            var approver = new Approver("responder-2", Clock.GetUtcNow());
            if (number % 3 == 0)
                await responder.RenewAsync(action.Key, approver, action.ExpiresAt!.Value.AddMinutes(10), "Still looking.", default);
            else if (number % 3 == 1)
                await responder.UndoAsync(action.Key, approver, "A false alarm.", default);
        }
    }

    private MonitorServices ServicesOf(MonitorStatus status, ActionExecutor executor) => new()
    {
        Log = _log,
        Decoder = new NativeEventDecoder(),
        DeadLetters = new NoLetters(),
        EngineFactory = state => state is null ? new DetectionEngine(new()) : DetectionEngine.Load(state, new DetectionOptions()),
        Store = Store,
        Ledger = Ledger,
        Executor = executor,
        Status = status,
        Clock = Clock,
        Metrics = _metrics,
        Versions = () => Versions,
    };

    private static readonly ReadOnlyMemory<byte> Versions = "{\"program\":\"test\"}"u8.ToArray();

    private sealed class MemoryLog : IEventLog
    {
        private readonly List<LogEntry> _entries = [];

        public IReadOnlyList<int> Partitions { get; } = [0];

        public void Add(byte[] payload) => _entries.Add(new LogEntry(0, _entries.Count, "simulated", SomeCase.At, payload));

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
        {
            foreach (var envelope in batch)
                Add(envelope.Payload.ToArray());
            return new(new AppendResult(batch.Count, 0));
        }

        public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
            int partition, long afterOffset, int entriesMax, CancellationToken cancel) =>
            new([.. _entries.Skip((int)afterOffset + 1).Take(entriesMax)]);

        public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
            new(Task.Delay(Timeout.InfiniteTimeSpan, cancel));

        public ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel) => new(_entries.Count - 1L);
    }

    private sealed class NoLetters : IDeadLetters
    {
        public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel) =>
            throw new InvalidOperationException("A simulated event could not be read.");

        public ValueTask<long> CountAsync(CancellationToken cancel) => new(0L);

        public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) => new([]);
    }
}
