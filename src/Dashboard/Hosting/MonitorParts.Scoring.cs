using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <content>What scores the log, and what reads it to show it.</content>
internal sealed partial class MonitorParts
{
    private PeerBaseline? _shared;

    private MonitorServices PumpServices(PlaybookShelf playbooks, EvidenceVersions versions) => new()
    {
        Log = Log,
        Decoder = new NativeEventDecoder(),
        DeadLetters = DeadLetters,
        EngineFactory = Engine,
        Store = Store,
        Ledger = Plan.Ledger,
        Executor = Executor,
        Status = Status,
        Clock = Plan.Clock,
        Metrics = Metrics,
        Access = Access,
        Playbooks = () => playbooks.Current,
        Tuning = () => Tuning.State.Tuning,
        Erased = Erased,
        WrittenRules = Plan.Rules is { } shelf ? () => shelf.Current : null,
        // Of a shared log this process scores a part; who shows all of it reads it for themselves.
        SourceWatch = Plan.SharedLog is null ? SourceWatch : null,
        TellsStatusOfTotals = !Plan.Storage.IsShared,
        BeforeCommit = Plan.SharedLog is not null ? null : (entries, _) =>
        {
            Index(entries);
            return ValueTask.CompletedTask;
        },
        Release = Release,
        Versions = versions.Current,
    };

    private ObserverServices ObserverOf(KafkaEventLog log) => new()
    {
        Log = log,
        Decoder = new NativeEventDecoder(),
        Status = Status,
        SourceWatch = SourceWatch,
        PositionOf = partition => Math.Max(Archive.PositionOf(partition), Erasures?.BeginAfter(partition) ?? -1),
        Take = entries => (Erasures ?? throw new InvalidOperationException("Not wired.")).Index(entries, Index),
        Remembered = File.Exists(PathOf(SourcesFile)) ? File.ReadAllBytes(PathOf(SourcesFile)) : ReadOnlyMemory<byte>.Empty,
        Remember = state => WholeFile.Replace(PathOf(SourcesFile), stream => stream.Write(state.Span)),
        Clock = Plan.Clock,
    };

    /// <summary>The archive last: its position is that of all three.</summary>
    private void Index(IReadOnlyList<LogEntry> entries)
    {
        Audits.Add(entries);
        Observed.Add(entries);
        Archive.Add(entries);
    }

    private void Release(int partition, long offset)
    {
        if (Log is KafkaEventLog shared)
            shared.Release(partition, offset);
        else
            ((SqliteEventLog)Log).Release(offset);
    }

    private DetectionEngine Engine(Stream? snapshot) => snapshot is null
        ? new DetectionEngine(EngineOptions, Shared, Plan.Rules?.Current)
        : DetectionEngine.Load(snapshot, EngineOptions, Shared, Plan.Rules?.Current);

    /// <summary>The partitions of a shared log share the budget of alerts.</summary>
    private DetectionOptions EngineOptions => Plan.SharedLog is { PartitionCount: > 1 } shared
        ? Plan.Detection with { ModelAlertsPerDay = Math.Max(0.01, Plan.Detection.ModelAlertsPerDay / shared.PartitionCount) }
        : Plan.Detection;

    /// <summary>What other sites find usual, as it was let in by <c>baseline merge</c>.</summary>
    private PeerBaseline Shared =>
        _shared ??= new BaselineStore(Plan.Documents ?? new FolderDocuments(Plan.DataFolder)).Baseline();
}
