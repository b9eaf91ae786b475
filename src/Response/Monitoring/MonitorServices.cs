using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What the pump connects.</summary>
public sealed record MonitorServices
{
    /// <summary>Where events come from.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>Reads them; used by the pump's thread alone.</summary>
    public required IEventDecoder Decoder { get; init; }

    /// <summary>Where entries that cannot be read go.</summary>
    public required IDeadLetters DeadLetters { get; init; }

    /// <summary>Makes an engine, from a snapshot when one is given. Throws <see cref="InvalidDataException"/> for a snapshot it cannot take.</summary>
    public required Func<Stream?, IDetectionEngine> EngineFactory { get; init; }

    /// <summary>Where everything becomes durable.</summary>
    public required CaseStore Store { get; init; }

    /// <summary>Whether <see cref="Status"/> is told of how many were scored; false where that is read from a shared store, for all processes.</summary>
    public bool TellsStatusOfTotals { get; init; } = true;

    /// <summary>Asked for the validator set when deciding.</summary>
    public required ILedger Ledger { get; init; }

    /// <summary>Told when there is something to contain.</summary>
    public required ActionExecutor Executor { get; init; }

    /// <summary>Told what happens.</summary>
    public required MonitorStatus Status { get; init; }

    /// <summary>The monitor's clock: when decisions are made, not when events happened.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What is counted.</summary>
    public required ResponseMetrics Metrics { get; init; }

    /// <summary>
    /// Told when sources deliver; kept across restarts with the detectors. Null where the pump sees a part of the log only: whether a source
    /// is silent is then judged by who sees all of it.
    /// </summary>
    public SourceWatch? SourceWatch { get; init; } = new();

    /// <summary>Whether the pump reads all of the log, and so tells <see cref="Status"/> of single events; else an observer does.</summary>
    internal bool SeesWholeLog => SourceWatch is not null;

    /// <summary>Told what accesses are judged by; null when nobody asks.</summary>
    public Access.AccessView? Access { get; init; }

    /// <summary>The playbooks to be in force now; asked before each decision. Null for those the pump was made with.</summary>
    public Func<Policy.PlaybookSet>? Playbooks { get; init; }

    /// <summary>The written rules to be in use now; asked before each batch, so it must answer at once. Null for none.</summary>
    public Func<StagedRules>? WrittenRules { get; init; }

    /// <summary>What people decided about detectors; asked before each batch, so it must answer at once. Null for nothing.</summary>
    public Func<DetectionTuning>? Tuning { get; init; }

    /// <summary>Persons erased meanwhile: heeded before each batch. Null where nobody is.</summary>
    public ErasedPersons? Erased { get; init; }

    /// <summary>
    /// Given every entry of a batch before the position behind it is committed: what it makes durable lacks nothing that was scored. After
    /// a crash the same entries come again. What it throws is a fault of the batch. Optional.
    /// </summary>
    public Func<IReadOnlyList<LogEntry>, CancellationToken, ValueTask>? BeforeCommit { get; init; }

    /// <summary>The versions in force, as canonical JSON; asked once a batch, so it must answer at once. Null to keep none as evidence.</summary>
    public Func<ReadOnlyMemory<byte>>? Versions { get; init; }

    /// <summary>Told, after a snapshot is durable, that entries up to an offset of a partition are not needed again. Optional.</summary>
    public Action<int, long>? Release { get; init; }
}
