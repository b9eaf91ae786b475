using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What a monitor is made of.</summary>
internal sealed record MonitorPlan
{
    /// <summary>Folder of the log, the dead letters and the cases.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The event log of several processes; null for an embedded one in the data folder.</summary>
    public KafkaEventLog? SharedLog { get; init; }

    /// <summary>The field whose equal values keep their order in a shared log.</summary>
    public TextField OrderBy { get; init; } = TextField.Actor;

    /// <summary>The clock of the network being watched.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The ledger that contains.</summary>
    public required ILedger Ledger { get; init; }

    /// <summary>Where the evidence log is anchored; null for nowhere.</summary>
    public IEvidenceAnchors? Anchors { get; init; }

    /// <summary>Response policies.</summary>
    public required PlaybookSet Playbooks { get; init; }

    /// <summary>The written rules; null for none.</summary>
    public RuleShelf? Rules { get; init; }

    /// <summary>Channels that notices go through; disposed with the monitor.</summary>
    public IReadOnlyList<INoticeChannel> Channels { get; init; } = [];

    public DetectionOptions Detection { get; init; } = new();

    public ResponseOptions Response { get; init; } = new();

    public MonitorOptions Pump { get; init; } = new();

    /// <summary>Who is answerable; by default somebody to whom every law that is known may apply.</summary>
    public ComplianceSection Compliance { get; init; } = new();

    public AccessOptions Access { get; init; } = new();

    public required ILoggerFactory Logs { get; init; }
}
