using SentinelHealth.Dashboard.Access;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Search;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>A monitor, opened and wired, not yet running.</summary>
internal sealed partial class MonitorParts : IAsyncDisposable
{
    public const string LogFile = "events.db";
    public const string DeadLettersFile = "dead-letters.db";
    public const string CasesFile = "cases.db";
    private const string SourcesFile = "sources.state";
    private const int ModeChangesMax = 1_000;
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly Stack<object> _opened = new();

    private MonitorParts(MonitorPlan plan)
    {
        Plan = plan;
        Log = plan.SharedLog is { } shared
            ? Opened(shared)
            : Opened(SqliteEventLog.Open(new SqliteFile(PathOf(LogFile)), new SqliteEventLogOptions(), plan.Clock));
        DeadLetters = Opened(
            SqliteDeadLetters.Open(new SqliteFile(PathOf(DeadLettersFile)), new SqliteDeadLettersOptions(), plan.Clock));
        Store = Opened(plan.Storage.OpenCases(plan.DataFolder));
        var retention = AuditRetention.OfLog(new SqliteEventLogOptions());
        Audits = Opened(new AuditIndex(PathOf(AuditIndex.FileName), retention, plan.Clock));
        Acts = ActTrail.Of(Store, plan.Clock);
        Reads = Opened(plan.Storage.OpenReads(plan.DataFolder, Acts));
        Observed = Opened(new ObservedIndex(PathOf(ObservedIndex.FileName), plan.Clock));
        Archive = Opened(EventArchive.Open(PathOf(EventArchive.FileName), plan.Retention.Archive));
        if (plan.Search is { } search)
        {
            var engine = Opened(new SearchEngine(search, TimeProvider.System));
            Feed = Opened(new SearchFeed(engine, Archive, Store, TimeProvider.System, Random.Shared.NextDouble));
            Searched = new SearchedEngine(engine, Feed);
        }
        Hunts = Opened(new HuntDesk(Archive, Store, Reads, plan.Clock)
        {
            Engine = Searched,
            Logger = plan.Logs.CreateLogger<HuntDesk>(),
        });
        Intake = new EventIntake(Log, DeadLetters, new NativeEventDecoder(), plan.Clock)
        {
            OrderBy = plan.OrderBy,
            IsForAll = plan.SharedLog is null ? static _ => false : SharedFacts.Includes,
        };
        if (plan.ObservedLog is { } observed)
            Opened(observed);
        Metrics = Opened(new ResponseMetrics());
        if (plan.Rules is { } shelf)
            Opened(new RuleMetrics(shelf));
        Dossiers = new DossierCollector(Store, DossierSources, plan.Clock);
        Compliance = new ComplianceDesk(
            Store, Dossiers, Opened(plan.Storage.OpenCompliance(plan.DataFolder)), Reads,
                plan.Compliance.Plan(plan.Clock))
        {
            Acts = Acts,
            Notify = Store.AddNoticeAsync,
        };
        Executor = Opened(new ActionExecutor(Services, plan.Response, plan.Logs.CreateLogger<ActionExecutor>()));
    }

    public MonitorPlan Plan { get; }

    public IEventLog Log { get; }

    public SqliteDeadLetters DeadLetters { get; }

    public CaseStore Store { get; }

    /// <summary>Whether this process runs timers and daily jobs, of those that share the store.</summary>
    public ILeadership Leadership { get; private set; } = new NoLeadership();

    public AuditIndex Audits { get; }

    public ReadTrail Reads { get; }

    /// <summary>Enters what people do into the evidence log.</summary>
    public ActTrail Acts { get; }

    /// <summary>Disclosures and algorithms in what was scored.</summary>
    public ObservedIndex Observed { get; }

    /// <summary>Every event that was scored, to be searched.</summary>
    public EventArchive Archive { get; }

    /// <summary>Tells the search engine what is new; null without one.</summary>
    public SearchFeed? Feed { get; }

    /// <summary>The search engine as hunts see it; null without one.</summary>
    private SearchedEngine? Searched { get; }

    /// <summary>Where people search.</summary>
    public HuntDesk Hunts { get; }

    public EventIntake Intake { get; }

    public ActionExecutor Executor { get; }

    /// <summary>Puts together what is known about one incident.</summary>
    public DossierCollector Dossiers { get; }

    /// <summary>What compliance officers do.</summary>
    public ComplianceDesk Compliance { get; }

    /// <summary>Reports over periods.</summary>
    public ReportDesk Reports { get; private set; } = null!;

    public SourceWatch SourceWatch { get; } = new();

    public AccessView Access { get; } = new();

    public Responder Responder { get; private set; } = null!;

    public TaskDesk Tasks { get; private set; } = null!;

    public PlaybookDesk Playbooks { get; private set; } = null!;

    /// <summary>Tries policies on the past.</summary>
    public BacktestDesk Backtests { get; private set; } = null!;

    public TriageDesk Triage { get; private set; } = null!;

    public TuningDesk Tuning { get; private set; } = null!;

    public MonitorStatus Status { get; private set; } = null!;

    /// <summary>Null in a process that does not score.</summary>
    public MonitorPump? Pump { get; private set; }

    /// <summary>Reads all of a shared log for what this process shows; null where there is none, or nothing to show.</summary>
    private LogObserver? Observer { get; set; }

    /// <summary>Carries erasures out on this process's files, of several; null in a process that is alone.</summary>
    public FileErasures? Erasures { get; private set; }

    /// <summary>Whose records the pump forgets.</summary>
    public ErasedPersons Erased { get; } = new();

    /// <summary>Null in a process that does not keep the evidence log.</summary>
    public EvidenceParts? Evidence { get; private set; }

    private ResponseMetrics Metrics { get; }

    private ActionServices Services => new(Store, Plan.Ledger, Plan.Clock, Metrics);

    /// <summary>Opens every file and wires the parts. Throws when one cannot be opened, after closing the others.</summary>
    public static async Task<MonitorParts> OpenAsync(MonitorPlan plan, CancellationToken cancel)
    {
        var parts = new MonitorParts(plan);
        try
        {
            await parts.WireAsync(cancel);
            return parts;
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_opened.TryPop(out var part))
        {
            if (part is IAsyncDisposable later)
                await later.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
    }

    private async Task WireAsync(CancellationToken cancel)
    {
        if (Plan.Roles.Has(ProcessRoles.Respond))
        {
            Evidence = Opened(await EvidenceParts.OpenAsync(
                new EvidencePlan(Plan.DataFolder, Plan.MasterKeyFile, Plan.Storage), Store, Plan.Clock, cancel));
            // Not before the log is here: who cannot keep it must not lead.
            Leadership = Opened(Plan.Storage.OpenLeadership(Plan.Logs));
            Evidence.Leads = () => Leadership.IsLeader;
            if (Evidence.MasterKeyLeft is { } left)
                MasterKeyIsLeft(Plan.Logs.CreateLogger<MonitorParts>(), left);
        }
        else
        {
            Store.KeepEvidence(new EvidenceIntake(vault: null, Plan.Clock));
        }
        if (Plan.IsPublished)
            Store.KeepOutgoing();
        await Acts.CompleteAsync(Compliance.Store, cancel);
        Reports = new ReportDesk(Compliance, ReportSources);
        var versions = new EvidenceVersions(Plan);
        // A log of several processes is read by the observer, from its first entry on.
        if (!Audits.IsComplete)
            await Audits.CompleteAsync(
                Log, 0, Log is SqliteEventLog ? await Store.ScoredOffsetAsync(0, cancel) : -1, cancel);
        if (Log is SqliteEventLog)
            await Archive.CompleteAsync(Log, 0, await Store.ScoredOffsetAsync(0, cancel), cancel);
        var account = await ReceiptAccount.OpenAsync(Log, DeadLetters, Store, Intake, Plan.Storage.IsShared, cancel);
        Status = Opened(new MonitorStatus(Log, Store, Plan.Ledger, Plan.Clock, account.ReadAsync));
        Responder = await Responder.CreateAsync(Services, Plan.Response, Executor, Plan.Logs.CreateLogger<Responder>(), cancel);
        Executor.Changed += Status.NotifyChanged;
        var playbooks = new PlaybookShelf(Plan.Playbooks, (await Store.ModeChangesAsync(null, ModeChangesMax, cancel)).Reverse());
        Playbooks = Opened(new PlaybookDesk(playbooks, Store, Plan.Response, Plan.Clock));
        Playbooks.Changed += Status.NotifyChanged;
        Backtests = Opened(OpenBacktests(playbooks));
        foreach (var channel in Plan.Channels.OfType<IDisposable>())
            Opened(channel);
        Responder.Changed += Status.NotifyChanged;
        Tasks = new TaskDesk(Store, Plan.Clock);
        Tasks.Changed += Status.NotifyChanged;
        Triage = new TriageDesk(Store, Plan.Clock);
        Triage.Changed += Status.NotifyChanged;
        Tuning = Opened(await TuningDesk.OpenAsync(Store, Plan.Clock, cancel));
        Tuning.Changed += Status.NotifyChanged;
        if (Plan.SharedLog is not null && Plan.Storage.IsShared)
            Erasures = await FileErasures.OpenAsync(ErasurePlan, cancel);
        if (Plan.ObservedLog is { } observed)
            Observer = new LogObserver(ObserverOf(observed), Plan.Logs.CreateLogger<LogObserver>());
        if (Plan.Roles.Has(ProcessRoles.Detect))
            Pump = new MonitorPump(
                PumpServices(playbooks, versions), Plan.Playbooks, Plan.Response, Plan.Pump,
                Plan.Logs.CreateLogger<MonitorPump>());
    }

    /// <summary>Backtests read the embedded log; one that processes share is read by the pumps alone.</summary>
    private BacktestDesk OpenBacktests(PlaybookShelf playbooks) => new(
        new BacktestSurroundings
        {
            Log = Log as SqliteEventLog,
            Folder = PathOf("backtests"),
            Clock = Plan.Clock,
            Playbooks = () => playbooks.Current,
            Options = Plan.Response,
            Basis = async cancel => new BacktestBasis(
                (await Plan.Ledger.GetValidatorsAsync(cancel)).Validators, Plan.Detection, Shared, Plan.Rules?.Current),
        },
        Plan.Logs.CreateLogger<BacktestDesk>());

    private ReportSources ReportSources => new(
        new EvidenceJournal(Store, EvidenceParts.FolderOf(Plan.DataFolder), Evidence?.Vault), Observed, Reads,
        ControlFolder.Controls(ControlFolder.Shipped), ControlFolder.Algorithms(ControlFolder.Shipped))
    {
        Rules = Plan.Rules,
    };

    private DossierSources DossierSources => CaseSources.Of(Store, Reads) with
    {
        Versions = incident => VersionSheet.Of(Plan, incident),
    };

    private FileErasurePlan ErasurePlan => new(Store, Plan.DataFolder, Plan.Clock)
    {
        ReadTo = Plan.ObservedLog is null ? null : Archive.PositionOf,
        EraseSearched = EraseSearchedAsync,
        Forget = Erased.Add,
    };

    /// <summary>Who leads tells the search engine between two batches of events; the others see to it themselves, because they may lead next.</summary>
    private async Task<bool> EraseSearchedAsync(string subject, CancellationToken cancel)
    {
        if (Feed is not { } feed)
            return true;
        try
        {
            if (!Leadership.IsLeader)
                await feed.EraseWaitingAsync(cancel);
            return feed.IsErased(subject);
        }
        catch (Exception fault) when (fault is SearchUnavailableException or SearchRefusedException)
        {
            // It is shown, and the order stays open.
            feed.Note(fault.Message);
            return false;
        }
    }

    private async Task<IReadOnlyDictionary<int, long>> LogEndsAsync(CancellationToken cancel)
    {
        var ends = await Task.WhenAll(Log.AllPartitions.Select(async partition =>
            (partition, End: await Log.EndOffsetAsync(partition, cancel).AsTask().WaitAsync(EndPatience, cancel))));
        return ends.ToDictionary(end => end.partition, end => end.End);
    }

    private string PathOf(string file) => Path.Combine(Plan.DataFolder, file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Persons' keys are in the database now. {File} wrapped them until now and could not be destroyed: destroy it, and backups that it opens.")]
    private static partial void MasterKeyIsLeft(ILogger logger, string file);

    private T Opened<T>(T part) where T : class
    {
        _opened.Push(part);
        return part;
    }
}
