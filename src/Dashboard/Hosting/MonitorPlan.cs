using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Search;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What a monitor is made of.</summary>
internal sealed record MonitorPlan
{
    /// <summary>Folder of the log, the dead letters and the cases.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where cases are kept.</summary>
    public StorageSection Storage { get; init; } = new();

    /// <summary>Small documents that processes share; null for files of the data folder. Disposed with the network.</summary>
    public IDocuments? Documents { get; init; }

    /// <summary>The search engine beside the archive; null for none.</summary>
    public SearchOptions? Search { get; init; }

    /// <summary>The event log of several processes; null for an embedded one in the data folder.</summary>
    public KafkaEventLog? SharedLog { get; init; }

    /// <summary>The same log for one who reads all of it, whoever scores it; null where nobody needs that.</summary>
    public KafkaEventLog? ObservedLog { get; init; }

    /// <summary>What this process does.</summary>
    public ProcessRoles Roles { get; init; } = ProcessRoles.All;

    /// <summary>Whether alerts and actions are told to others outside, so that what changes is to be kept for that.</summary>
    public bool IsPublished { get; init; }

    /// <summary>The field whose equal values keep their order in a shared log.</summary>
    public TextField OrderBy { get; init; } = TextField.Organization;

    /// <summary>The validators' own permissioning, kept in step with the guard; null to leave it alone.</summary>
    public ValidatorAllowlists? Allowlists { get; init; }

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

    /// <summary>Connections of the monitor, whose protection is looked at.</summary>
    public IReadOnlyList<Connection> Connections { get; init; } = [];

    /// <summary>How long what is about persons is kept.</summary>
    public RetentionPlan Retention { get; init; } = new RetentionSection().ToPlan();

    /// <summary>The key that persons' keys are wrapped under; null for a file in the data folder.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>Monitors of other members, watched by what they anchor.</summary>
    public IReadOnlyList<PeerSection> Peers { get; init; } = [];

    /// <summary>Who is answerable; by default somebody to whom every law that is known may apply.</summary>
    public ComplianceSection Compliance { get; init; } = new();

    public AccessOptions Access { get; init; } = new();

    public required ILoggerFactory Logs { get; init; }
}
