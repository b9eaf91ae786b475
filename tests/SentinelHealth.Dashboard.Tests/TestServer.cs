using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Access;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Security.Providers;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests;

/// <summary>The real web host on a free port, over a monitor made of fakes and a data folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const int BodyBytesMax = 64 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private readonly ObservedIndex _observed;

    private TestServer(WebMode mode, int requestsPerSecondMax, ProviderSection? provider)
    {
        var settings = new WebSettings(mode, ["http://127.0.0.1:0"], _folder.Path)
        {
            RequestsPerSecondMax = requestsPerSecondMax,
            Provider = provider,
        };
        var builder = WebHostSetup.CreateBuilder(settings);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        builder.Services.AddSingleton<ICaseReader>(Cases);
        builder.Services.AddSingleton<IResponder>(Responder);
        builder.Services.AddSingleton(new TaskDesk(Tasks, Clock));
        builder.Services.AddSingleton<IPolicyStore>(Policy);
        builder.Services.AddSingleton<INoticeStore>(Policy);
        builder.Services.AddSingleton(new PlaybookDesk(
            new PlaybookShelf(InForce, []),
            Policy, new ResponseOptions(), Clock));
        builder.Services.AddSingleton(Backtests = new BacktestDesk(
            new BacktestSurroundings
            {
                Log = Log,
                Folder = _folder.File("backtests"),
                Clock = Clock,
                Playbooks = () => InForce,
                Options = new ResponseOptions(),
                Basis = _ => Task.FromResult(new BacktestBasis([], new DetectionOptions(), null, null)),
            },
            NullLogger<BacktestDesk>.Instance));
        Store = SqliteCaseStore.Open(_folder.File("cases.db"));
        builder.Services.AddSingleton(new TriageDesk(Store, Clock));
        builder.Services.AddSingleton(TuningDesk.OpenAsync(Store, Clock, CancellationToken.None).GetAwaiter().GetResult());
        builder.Services.AddSingleton<IMonitorStatus>(Monitor);
        builder.Services.AddSingleton<ILedger>(Ledger);
        builder.Services.AddSingleton<IEventLog>(Log);
        builder.Services.AddSingleton<IIntake>(Intake);
        builder.Services.AddAccess(Access, new AccessOptions(), Clock);
        Audits = new AuditIndex(_folder.File(AuditIndex.FileName), new(1_000, TimeSpan.FromDays(3650)), Clock);
        builder.Services.AddSingleton(Audits);
        builder.Services.AddSingleton(Reads = new ReadTrail(_folder.File(ReadTrail.FileName)));
        Archive = EventArchive.Open(_folder.File(EventArchive.FileName), new EventArchiveOptions());
        builder.Services.AddSingleton(new HuntDesk(Archive, Store, Reads, Clock));
        Compliance = new ComplianceDesk(Cases, new DossierCollector(Cases, Dossiers, Clock),
            new ComplianceStore(_folder.File(ComplianceStore.FileName)), Reads, new ComplianceSection().Plan(Clock));
        builder.Services.AddSingleton(Compliance);
        builder.Services.AddSingleton(new ReportDesk(Compliance, new ReportSources(
            new EvidenceJournal(Store, _folder.File("evidence"), vault: null),
            _observed = new ObservedIndex(_folder.File(ObservedIndex.FileName), Clock), Reads,
            ControlFolder.Controls(ControlFolder.Shipped), ControlFolder.Algorithms(ControlFolder.Shipped))));
        builder.Services.AddSingleton(Rules = OpenRules());
        builder.Services.AddSingleton(new HttpIntakeOptions { BodyBytesMax = BodyBytesMax });
        _app = builder.Build().UseWeb(settings);
    }

    private static readonly PlaybookSet InForce =
        new([SomeCase.Playbook(PlaybookMode.Recommend, ActionKind.SuspendActor) with { Name = "x" }]);

    /// <summary>A clock that stands still at the beginning of every server's own, for what lives beside a server.</summary>
    public static ManualClock SharedClock { get; } = new();

    public ManualClock Clock { get; } = new();

    public BacktestDesk Backtests { get; }

    public FakeCases Cases { get; } = new();

    public FakeResponder Responder { get; } = new();

    public MemoryPolicyStore Policy { get; } = new();

    public MemoryTasks Tasks { get; } = new();

    /// <summary>Where the queue of alerts is.</summary>
    public CaseStore Store { get; }

    public FakeMonitor Monitor { get; } = new();

    public ReadableLedger Ledger { get; } = new();

    public FakeIntake Intake { get; } = new();

    public FakeLog Log { get; } = new();

    public AccessView Access { get; } = new();

    public AuditIndex Audits { get; }

    public ReadTrail Reads { get; }

    public EventArchive Archive { get; }

    public ComplianceDesk Compliance { get; }

    public RuleShelf Rules { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<TestServer> StartAsync(
        WebMode mode = WebMode.Serve, int requestsPerSecondMax = 10_000, ProviderSection? provider = null)
    {
        var server = new TestServer(mode, requestsPerSecondMax, provider);
        await server._app.StartAsync();
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>A caller with a token of a role; without one, nobody. Redirects are shown, not followed.</summary>
    public HttpClient Client(string? role = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (role is not null)
        {
            var token = Services.GetRequiredService<ApiTokens>().Create("test", role);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        return client;
    }

    /// <summary>The files of the data folder and of the folder it is in.</summary>
    public IReadOnlyList<string> FilesAround() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder.Path)!),
        .. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories),
    ];

    private static DossierSources Dossiers { get; } = new()
    {
        Actions = (_, _) => ValueTask.FromResult<IReadOnlyList<StoredAction>>([]),
        Versions = _ => DossierVersions.Of("0.1.0"),
    };

    /// <summary>One rule that is enforced, one in shadow, and a file that is none.</summary>
    private RuleShelf OpenRules()
    {
        var folder = Directory.CreateDirectory(_folder.File("rules")).FullName;
        foreach (var (name, status) in new[] { ("payment", "test"), ("refund", "experimental") })
            File.WriteAllText(Path.Combine(folder, name + ".yml"), $$"""
                title: A {{name}}
                name: {{name}}
                status: {{status}}
                level: low
                author: A. Author
                license: DRL 1.1
                tags: [attack.t1562.001]
                logsource: {product: sentinelhealth, category: ledger_tx}
                detection: {s: {method: {{name}}}, condition: s}
                """);
        File.WriteAllText(Path.Combine(folder, "bad.yml"), "title: Nothing");
        return RuleShelf.Open(folder, new RuleStageStore(_folder.Path), Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Backtests.DisposeAsync();
        Audits.Dispose();
        Store.Dispose();
        Compliance.Store.Dispose();
        Reads.Dispose();
        Archive.Dispose();
        _observed.Dispose();
        _folder.Dispose();
    }
}
