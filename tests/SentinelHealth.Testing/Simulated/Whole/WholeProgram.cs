using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>One life of the whole program: real intake, pump, detectors, policy, executor, store and evidence log, behind doors to the world.</summary>
internal sealed class WholeProgram : IDisposable
{
    private static readonly ResponseMetrics Metrics = new();
    private static readonly ReadOnlyMemory<byte> Versions = "{\"program\":\"simulated\"}"u8.ToArray();

    private readonly WholeWorld _world;
    private readonly SubjectVault _vault;
    private readonly MonitorStatus _status;
    private readonly ActionExecutor _executor;
    private readonly EventIntake _intake;
    private readonly MonitorPump _pump;
    private readonly EvidenceRecorder _recorder;
    private IReadOnlyList<LogEntry> _pending = [];
    private bool _isStarted;

    private WholeProgram(WholeWorld world, Lifeline life, CaseStore store, SubjectVault vault, EvidenceRecorder recorder)
    {
        (_world, Life, Store, _vault, _recorder) = (world, life, store, vault, recorder);
        var log = new WholeLogDoor(world.Log, life, world.Choices, world.IsStormy ? world.Weather.LogFaultOneIn : 0)
        {
            Breakage = world.Breakage,
            LastCommitted = world.Oracle.LastCommitted,
        };
        var ledger = new WholeLedgerDoor(world.Ledger, life, world.Breakage);
        // What pages ask for is asked on timers of its own: it must not use up the run's chance.
        var unwatched = new WholeLedgerDoor(world.Ledger, new Lifeline(new NoChoices(), 0), WholeBreakage.None);
        _status = new MonitorStatus(log, store, unwatched, world.Clock);
        Actions = new ActionServices(new WholeStoreDoor(store, life), ledger, world.Clock, Metrics);
        _executor = new ActionExecutor(Actions, world.Response, NullLogger<ActionExecutor>.Instance);
        var letters = new WholeLettersDoor(world.Letters, life);
        _intake = new EventIntake(log, letters, new NativeEventDecoder(), world.Clock);
        _pump = new MonitorPump(
            new MonitorServices
            {
                Log = log,
                Decoder = new NativeEventDecoder(),
                DeadLetters = letters,
                EngineFactory = world.EngineOf,
                Store = store,
                Ledger = ledger,
                Executor = _executor,
                Status = _status,
                Clock = world.Clock,
                Metrics = Metrics,
                Versions = () => Versions,
                BeforeCommit = BeforeCommitAsync,
            },
            WholeWorld.Playbooks, world.Response,
            world.Breakage == WholeBreakage.ForgetsNothing ? world.Options with { RecentEventsMax = 1_000_000 } : world.Options,
            NullLogger<MonitorPump>.Instance);
    }

    public Lifeline Life { get; }

    public CaseStore Store { get; }

    public ActionServices Actions { get; }

    /// <summary>Starts as the program does: the evidence log is read from its first entry (I4), then everything else is wired.</summary>
    public static async Task<WholeProgram> StartAsync(WholeWorld world, Lifeline life)
    {
        var vault = SubjectVault.Open(world.Folder.Path, null);
        var store = SqliteCaseStore.Open(world.Folder.File("cases.db"));
        try
        {
            if (world.Breakage != WholeBreakage.KeepsNoEvidence)
                store.KeepEvidence(new EvidenceIntake(vault, world.Clock));
            var signer = new WholeSigner(world.Signer, life);
            var recorder = await EvidenceRecorder.OpenAsync(world.EvidenceFolder, store, signer, world.Clock, default);
            return new WholeProgram(world, life, store, vault, recorder);
        }
        catch
        {
            store.Dispose();
            vault.Dispose();
            throw;
        }
    }

    /// <summary>Takes a batch of a source in; returns when all of it is durable.</summary>
    public async Task AcceptAsync(string source, IReadOnlyList<SourceRecord> batch) =>
        await _intake.AcceptAsync(source, batch, default);

    /// <summary>Scores what can be seen of the log. A fault of the log drops what was not committed, as in production.</summary>
    public async Task PumpAsync()
    {
        try
        {
            if (!_isStarted)
                await _pump.StartAsync(default);
            _isStarted = true;
            await _pump.DrainAsync(default);
        }
        catch (IOException)
        {
            _isStarted = false;
        }
        finally
        {
            await SettlePendingAsync();
        }
    }

    /// <summary>Does what is due on the ledger.</summary>
    public async Task ExecuteAsync() => await _executor.DrainAsync(default);

    /// <summary>Takes what waits into the evidence log.</summary>
    public async Task RecordAsync() => await _recorder.DrainAsync(default);

    /// <summary>A person approves a proposal.</summary>
    public async Task ApproveAsync(string key, string person)
    {
        var responder = await Responder.CreateAsync(Actions, _world.Response, _executor, NullLogger<Responder>.Instance, default);
        await responder.ApproveAsync(key, new Approver(person, _world.Clock.GetUtcNow()), default);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        _executor.Dispose();
        _status.Dispose();
        Store.Dispose();
        _vault.Dispose();
    }

    private async ValueTask BeforeCommitAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancel)
    {
        Life.At("before a commit");
        await SettlePendingAsync();
        _pending = entries;
    }

    /// <summary>A batch was committed when the store is behind it: the program may have died on the way.</summary>
    private async Task SettlePendingAsync()
    {
        if (_pending is [.., var last] && await Store.ScoredOffsetAsync(last.Partition, default) >= last.Offset)
            _world.Oracle.Committed(_pending);
        _pending = [];
    }
}
