using System.ComponentModel.DataAnnotations;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Security.Providers;
using SentinelHealth.Dashboard.Telemetry;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Everything that can be configured, section <c>SentinelHealth</c> of the settings.</summary>
internal sealed record SentinelSettings : IValidatableObject
{
    public const string Section = "SentinelHealth";

    /// <summary>Where people and programs reach it.</summary>
    public WebSection Web { get; init; } = new();

    /// <summary>The identity provider people may sign in through; without it they have accounts here alone.</summary>
    public ProviderSection? Provider { get; init; }

    /// <summary>Where measurements are sent.</summary>
    public TelemetrySection Telemetry { get; init; } = new();

    /// <summary>The Kafka cluster; needed by every part of the settings that names a topic.</summary>
    public KafkaConnection? Kafka { get; init; }

    /// <summary>Where cases, actions, timers and positions are kept.</summary>
    public StorageSection Storage { get; init; } = new();

    /// <summary>The search engine beside the archive, if there is one.</summary>
    public SearchSection Search { get; init; } = new();

    /// <summary>Where events wait to be scored.</summary>
    public LogSection Log { get; init; } = new();

    /// <summary>What is told to others through Kafka.</summary>
    public PublishSection Publish { get; init; } = new();

    /// <summary>Where events come from, beside <c>POST /api/v1/events</c>, which is always open to whoever holds a token for it.</summary>
    public SourcesSection Sources { get; init; } = new();

    /// <summary>The ledger that contains.</summary>
    public LedgerSection Ledger { get; init; } = new();

    /// <summary>How late and how far ahead events may be.</summary>
    public OrderedScoringOptions Time { get; init; } = new();

    /// <summary>What is strange enough to say.</summary>
    public DetectionOptions Detection { get; init; } = new();

    /// <summary>How far automation may go.</summary>
    public ResponseSection Response { get; init; } = new();

    /// <summary>How strictly accesses are judged before they happen.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Where people outside are told.</summary>
    public NotifySection Notify { get; init; } = new();

    /// <summary>Response policies.</summary>
    public PlaybooksSection Playbooks { get; init; } = new();

    /// <summary>Written rules.</summary>
    public RulesSection Rules { get; init; } = new();

    /// <summary>Who is answerable for breaches, and under which laws.</summary>
    public ComplianceSection Compliance { get; init; } = new();

    /// <summary>How long what is about persons is kept.</summary>
    public RetentionSection Retention { get; init; } = new();

    /// <summary>Which rules and playbooks are let in.</summary>
    public ContentSection Content { get; init; } = new();

    /// <summary>Keys of the evidence log.</summary>
    public EvidenceSection Evidence { get; init; } = new();

    /// <summary>Monitors of other members, watched by the heartbeats they anchor on the ledger.</summary>
    [MaxLength(64)]
    public IReadOnlyList<PeerSection> Peers { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kafka is null && (Log.Kind == LogKind.Kafka || Sources.Kafka.Count > 0 || Publish.IsUsed))
            yield return new("Topics are named elsewhere, but not the cluster they are in.", [nameof(Kafka)]);
    }
}

/// <summary>Which event log.</summary>
internal enum LogKind
{
    /// <summary>A file of this process.</summary>
    Embedded,

    /// <summary>A topic that several processes share.</summary>
    Kafka,
}

/// <summary>Where events wait to be scored.</summary>
internal sealed record LogSection
{
    public LogKind Kind { get; init; }

    /// <summary>The field whose equal values share a partition of a shared log, and so an order and detectors. Events that lack it go by their node.</summary>
    public TextField OrderBy { get; init; } = TextField.Organization;

    public KafkaEventLogOptions Kafka { get; init; } = new();
}

/// <summary>Topics for what others want to know; empty for what is not told. They must exist.</summary>
internal sealed record PublishSection
{
    private const string TopicName = "[A-Za-z0-9._-]{0,249}";

    /// <summary>Alerts, new and changed, in the shape of <c>score --alerts</c>, keyed by their entity.</summary>
    [RegularExpression(TopicName)]
    public string AlertsTopic { get; init; } = "";

    /// <summary>Actions, each time they enter a state, in the shape of the API, keyed by their target.</summary>
    [RegularExpression(TopicName)]
    public string ActionsTopic { get; init; } = "";

    /// <summary>Refused records as they came, with the cause in the headers.</summary>
    [RegularExpression(TopicName)]
    public string DeadLettersTopic { get; init; } = "";

    /// <summary>Whether anything is told.</summary>
    public bool IsUsed => AlertsTopic.Length + ActionsTopic.Length + DeadLettersTopic.Length > 0;
}

/// <summary>Addresses and limits of the web host.</summary>
internal sealed record WebSection : IValidatableObject
{
    /// <summary>Addresses to listen on. Default: this machine only.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>The address people use when a proxy stands in front; decides whether cookies are for https only.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Host names a request may name; empty for any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>API requests a second from one address before it is told to wait. A higher value costs protection against floods.</summary>
    [Range(1, 100_000)]
    public int RequestsPerSecondMax { get; init; } = 100;

    public static IReadOnlyList<string> UrlsDefault { get; } = ["http://127.0.0.1:8080"];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Urls.Any(url => !WebAddress.IsValid(url)))
            yield return new("Each must be http://host:port or https://host:port.", [nameof(Urls)]);
        if (PublicUrl is { } address && !WebAddress.IsValid(address.OriginalString))
            yield return new("Must be http://host or https://host.", [nameof(PublicUrl)]);
    }
}

/// <summary>Sources that are tailed.</summary>
internal sealed record SourcesSection : IValidatableObject
{
    /// <summary>NDJSON files that grow.</summary>
    [MaxLength(64)]
    public IReadOnlyList<FileSourceSection> Files { get; init; } = [];

    /// <summary>EVM networks that are read block by block.</summary>
    [MaxLength(16)]
    public IReadOnlyList<EvmSourceSection> Evm { get; init; } = [];

    /// <summary>Ports where syslog is listened for.</summary>
    [MaxLength(8)]
    public IReadOnlyList<SyslogSourceSection> Syslog { get; init; } = [];

    /// <summary>Kafka topics.</summary>
    [MaxLength(16)]
    public IReadOnlyList<KafkaSourceOptions> Kafka { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var names = Files.Select(source => source.Name).Concat(Evm.Select(source => source.Name))
            .Concat(Syslog.Select(source => source.Name)).Concat(Kafka.Select(source => source.Name)).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            yield return new("Source names must differ: they are part of every event's identity.", [nameof(Files)]);
    }
}

/// <summary>An NDJSON file that grows.</summary>
internal sealed record FileSourceSection
{
    /// <summary>Part of every event's identity; never change it for the same file.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    [Required]
    public string Path { get; init; } = "";
}

/// <summary>An EVM network, read through one or more of its nodes.</summary>
internal sealed record EvmSourceSection
{
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    /// <summary>JSON-RPC endpoint of the preferred node. No default: watching the wrong ledger must be impossible.</summary>
    [Required]
    public Uri? Endpoint { get; init; }

    /// <summary>WebSocket endpoint of that node; empty to try the JSON-RPC address.</summary>
    public Uri? WebSocket { get; init; }

    /// <summary>Further nodes of the same network: they are held against the first and stand in for it.</summary>
    [MaxLength(15)]
    public IReadOnlyList<EvmEndpointSection> Others { get; init; } = [];

    /// <summary>Whether nodes are asked to say when they have a new block.</summary>
    public EvmNoticeMode Notices { get; init; }

    /// <summary>File with the addresses of the deployed contracts.</summary>
    [Required]
    public string DeploymentFile { get; init; } = "";

    /// <summary>The first block to read when there is no position yet; empty for the contracts' first.</summary>
    [Range(0, long.MaxValue)]
    public long? StartBlock { get; init; }

    /// <summary>Blocks on top of an event before it is read. More cost delay, fewer cost safety when the chain reorganizes.</summary>
    [Range(0, 1_000)]
    public int ConfirmationBlocks { get; init; }

    /// <summary>Blocks asked for at once at most; fewer while a node cannot answer so many.</summary>
    [Range(1, 1_000)]
    public int BlocksPerRangeMax { get; init; } = 32;

    /// <summary>The chain's name in the events; empty for its number.</summary>
    [StringLength(64)]
    public string Chain { get; init; } = "";

    /// <summary>Wait between looks at a head that has not moved, at nodes that send no notices.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "01:00:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Blocks a node may be behind the furthest one before that raises an alert.</summary>
    [Range(1, 1_000_000)]
    public long EndpointLagBlocksMax { get; init; } = 16;
}

/// <summary>A further node of a network.</summary>
internal sealed record EvmEndpointSection
{
    /// <summary>JSON-RPC endpoint.</summary>
    [Required]
    public Uri? Endpoint { get; init; }

    /// <summary>WebSocket endpoint; empty to try the JSON-RPC address.</summary>
    public Uri? WebSocket { get; init; }
}

/// <summary>Where the response policies are.</summary>
internal sealed record PlaybooksSection
{
    /// <summary>Folder of YAML files; empty for those shipped with the program.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The folder that is read.</summary>
    public string FolderOrShipped => Folder.Length > 0 ? Folder : PlaybookFolder.Shipped;
}

/// <summary>Where the written rules are.</summary>
internal sealed record RulesSection
{
    /// <summary>Folder of Sigma rules; empty for those shipped with the program.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The folder that is read and watched.</summary>
    public string FolderOrShipped => Folder.Length > 0 ? Folder : RuleFolder.Shipped;
}

/// <summary>How far automation may go, whatever the playbooks ask for.</summary>
internal sealed record ResponseSection
{
    /// <summary>Decide and record, never contain.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Quarantines of nodes an hour.</summary>
    [Range(0, 1_000)]
    public int NodesPerHourMax { get; init; } = new ResponseOptions().NodesPerWindowMax;

    /// <summary>Withdrawals of grants an hour.</summary>
    [Range(0, 10_000)]
    public int GrantsPerHourMax { get; init; } = new ResponseOptions().GrantsPerWindowMax;

    /// <summary>Suspensions of actors an hour.</summary>
    [Range(0, 10_000)]
    public int ActorsPerHourMax { get; init; } = new ResponseOptions().ActorsPerWindowMax;

    /// <summary>Pauses of contracts an hour.</summary>
    [Range(0, 1_000)]
    public int ContractsPerHourMax { get; init; } = new ResponseOptions().ContractsPerWindowMax;

    /// <summary>The part of an organization's active staff that may be suspended at once.</summary>
    [Range(0.0, 1.0)]
    public double StaffShareMax { get; init; } = new ResponseOptions().StaffShareMax;

    /// <summary>Identifiers that start like this are never contained.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<string> ProtectedPrefixes { get; init; } = [];

    /// <summary>Actors in these roles are never contained.</summary>
    [MaxLength(1_000)]
    public IReadOnlyList<string> ProtectedRoles { get; init; } = [];

    /// <summary>Planned work: automation leaves what it covers alone, people still may act.</summary>
    [MaxLength(256)]
    public IReadOnlyList<MaintenanceSection> MaintenanceWindows { get; init; } = [];

    public ResponseOptions ToOptions() => new()
    {
        MaintenanceWindows = [.. MaintenanceWindows.Select(window => window.ToWindow())],
        IsDryRun = IsDryRun,
        NodesPerWindowMax = NodesPerHourMax,
        GrantsPerWindowMax = GrantsPerHourMax,
        ActorsPerWindowMax = ActorsPerHourMax,
        ContractsPerWindowMax = ContractsPerHourMax,
        StaffShareMax = StaffShareMax,
        ProtectedPrefixes = ProtectedPrefixes,
        ProtectedRoles = ProtectedRoles,
    };
}
