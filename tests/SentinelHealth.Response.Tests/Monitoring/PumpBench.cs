using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>The pump between a log in memory, a real store and a fake ledger; it can be stopped and started like a process.</summary>
internal sealed class PumpBench : IDisposable
{
    private static readonly PlaybookSet Playbooks =
        new([SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.QuarantineNode) with { When = new() { AlertsMin = 2 } }]);

    private readonly TemporaryFolder _folder = new();
    private readonly ResponseMetrics _metrics = new();

    private readonly IEventLog _log;
    private readonly IDeadLetters _letters;
    private readonly Func<Stream?, IDetectionEngine> _engineFactory;

    /// <summary>Without a log, letters or an engine of the test's own: in memory, and a small engine that counts.</summary>
    public PumpBench(IEventLog? log = null, IDeadLetters? letters = null, Func<Stream?, IDetectionEngine>? engineFactory = null,
        MonitorOptions? options = null)
    {
        (_log, _letters) = (log ?? Log, letters ?? Letters);
        _engineFactory = engineFactory ?? (state => new CountingEngine(state));
        Options = options ?? Options;
        Ledger = new FakeLedger(new LedgerSetup(), Clock);
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
        Start();
    }

    public ManualClock Clock { get; } = new(SomeCase.At);

    public MemoryLog Log { get; } = new();

    public LetterBox Letters { get; } = new();

    public FakeLedger Ledger { get; }

    public CaseStore Store { get; private set; }

    public MonitorStatus Status { get; private set; } = null!;

    public ActionExecutor Executor { get; private set; } = null!;

    public MonitorPump Pump { get; private set; } = null!;

    public RecordingLogger<MonitorPump> Logger { get; } = new();

    public MonitorOptions Options { get; set; } = new() { BatchEntriesMax = 3, SnapshotEveryEvents = 10 };

    public ResponseOptions Response { get; set; } = new() { NodesPerWindowMax = 100, TotalPerWindowMax = 100, NodeShareMax = 1 };

    /// <summary>Counts from the next start on.</summary>
    public Func<IReadOnlyList<LogEntry>, CancellationToken, ValueTask>? BeforeCommit { get; set; }

    /// <summary>What people decided about detectors; counts from the next start on.</summary>
    public Func<DetectionTuning>? Tuning { get; set; }

    /// <summary>Persons who were erased.</summary>
    public ErasedPersons Erased { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Stop();
        _metrics.Dispose();
        _folder.Dispose();
    }

    /// <summary>The process ends wherever it is and another one starts on the same files.</summary>
    public void Restart()
    {
        Stop();
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
        Start();
    }

    public async Task RunAsync()
    {
        await Pump.StartAsync(Cancel);
        await Pump.DrainAsync(Cancel);
        await Executor.DrainAsync(Cancel);
    }

    /// <summary>Everything the run left behind, as text that two runs can be compared by.</summary>
    public async Task<string> OutcomeAsync()
    {
        var alerts = await Store.AlertsAsync(new AlertFilter(), null, 1_000, Cancel);
        var incidents = await Store.IncidentsAsync(new IncidentFilter(), null, 1_000, Cancel);
        var actions = await Store.ActionsAsync(new ActionFilter(), null, 1_000, Cancel);
        var decided = actions.Items.OrderBy(action => action.Key, StringComparer.Ordinal)
            .Select(action => new { action.Key, action.Kind, action.Target, action.EvidenceHash, action.State });
        return JsonSerializer.Serialize(new { alerts = alerts.Items, incidents = incidents.Items, decided }, AlertJson.Options);
    }

    private void Start()
    {
        Status = new MonitorStatus(_log, Store, Ledger, Clock);
        var actions = new ActionServices(Store, Ledger, Clock, _metrics);
        Executor = new ActionExecutor(actions, Response, NullLogger<ActionExecutor>.Instance);
        var services = new MonitorServices
        {
            Log = _log,
            Decoder = new NativeEventDecoder(),
            DeadLetters = _letters,
            EngineFactory = _engineFactory,
            Store = Store,
            Ledger = Ledger,
            Executor = Executor,
            Status = Status,
            Clock = Clock,
            Metrics = _metrics,
            BeforeCommit = BeforeCommit,
            Tuning = Tuning,
            Erased = Erased,
        };
        Pump = new MonitorPump(services, Playbooks, Response, Options, Logger);
    }

    private void Stop()
    {
        Status.Dispose();
        Executor.Dispose();
        Store.Dispose();
    }

    /// <summary>A log in memory that can be told to fail a read, which is where a process stops between two commits.</summary>
    internal sealed class MemoryLog : IEventLog
    {
        /// <summary>What reading a partition fails with, by partition.</summary>
        public Dictionary<int, Exception> Faults { get; } = [];

        /// <summary>Done once, during the next read.</summary>
        public Func<Task>? DuringRead { get; set; }

        /// <summary>Partitions whose brokers have no leader: whoever reads them waits, and nobody knows their end.</summary>
        public HashSet<int> Silent { get; } = [];

        private readonly List<LogEntry> _entries = [];

        public IReadOnlyList<int> Partitions { get; set; } = [0];

        public int Count => _entries.Count;

        /// <summary>Entries readable of a partition; more stay hidden, as if they had not arrived.</summary>
        public long VisibleMax { get; set; } = long.MaxValue;

        /// <summary>A partition of which one read finds nothing, as while it is another reader's for a moment; null for none.</summary>
        public (int Partition, int Read)? NothingAtRead { get; set; }

        /// <summary>Where each read began: the partition and the offset after which it read.</summary>
        public List<(int Partition, long AfterOffset)> Reads { get; } = [];

        public void Add(byte[] payload, int partition = 0, bool isCopy = false) => _entries.Add(
            new LogEntry(partition, Of(partition).Count(), "simulated", SomeCase.At, payload) { IsCopy = isCopy });

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
        {
            foreach (var envelope in batch)
                Add(envelope.Payload.ToArray());
            return new(new AppendResult(batch.Count, 0));
        }

        public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
            int partition, long afterOffset, int entriesMax, CancellationToken cancel)
        {
            Reads.Add((partition, afterOffset));
            if (DuringRead is { } once)
            {
                DuringRead = null;
                await once();
            }
            if (Faults.TryGetValue(partition, out var fault))
                throw fault;
            if (Silent.Contains(partition))
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            return Read(partition, afterOffset, entriesMax);
        }

        private List<LogEntry> Read(int partition, long afterOffset, int entriesMax)
        {
            if (NothingAtRead is { } gone && gone.Partition == partition
                && Reads.Count(read => read.Partition == partition) == gone.Read)
            {
                NothingAtRead = null;
                return [];
            }
            return [.. Of(partition).Where(entry => entry.Offset > afterOffset && entry.Offset < VisibleMax)
                .Take(entriesMax)];
        }

        public ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel) =>
            new(Task.Delay(Timeout.InfiniteTimeSpan, cancel));

        public async ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel)
        {
            if (Silent.Contains(partition))
                throw new IOException("No broker leads the partition.");
            return await ValueTask.FromResult(Of(partition).Count() - 1L);
        }

        private IEnumerable<LogEntry> Of(int partition) => _entries.Where(entry => entry.Partition == partition);
    }

    internal sealed class LetterBox : IDeadLetters
    {
        public List<DeadLetter> Letters { get; } = [];

        public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel)
        {
            Letters.AddRange(batch);
            return default;
        }

        public ValueTask<long> CountAsync(CancellationToken cancel) => new(Letters.Count);

        public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) =>
            new([.. Letters.AsEnumerable().Reverse().Take(lettersMax)
                .Select((letter, index) => new StoredDeadLetter(index, SomeCase.At, letter))]);
    }
}
