using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Responding;

/// <summary>The product itself with accounts, a store and the embedded ledger: only the clock is the test's, and the executor moves when it says so.</summary>
internal sealed class ResponseHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private static readonly string[] People = ["ada", "ben"];

    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedLedger _ledger;
    private readonly ILoggerFactory _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error));
    private WebApplication _app = null!;
    private Uri? _address;
    private bool _hasPeople;

    private ResponseHost(EmbeddedLedgerRules rules) => _ledger = EmbeddedLedger.Open(_folder.Path, rules, Clock);

    public ManualClock Clock { get; } = new(SomeCase.At);

    public MonitorParts Parts { get; private set; } = null!;

    public ILedger Ledger => _ledger;

    /// <summary>Where it answers, also while it is down.</summary>
    public Uri Address => _address ??=
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Replaces parts of the host before it is built.</summary>
    private Action<IServiceCollection> Replace { get; init; } = _ => { };

    /// <param name="options">Guardrails.</param>
    /// <param name="rules">Rules of the ledger.</param>
    /// <param name="replace">Replaces parts of the host before it is built.</param>
    /// <param name="role">What both people are.</param>
    /// <param name="channels">Where people outside are told.</param>
    public static async Task<ResponseHost> StartAsync(
        ResponseOptions? options = null, EmbeddedLedgerRules? rules = null, Action<IServiceCollection>? replace = null,
        string role = Roles.Responder, IReadOnlyList<INoticeChannel>? channels = null)
    {
        var host = new ResponseHost(rules ?? new EmbeddedLedgerRules()) { Replace = replace ?? (_ => { }) };
        host.Parts = await MonitorParts.OpenAsync(
            new MonitorPlan
            {
                DataFolder = host._folder.Path,
                Clock = host.Clock,
                Ledger = host._ledger,
                Anchors = host._ledger,
                Playbooks = new PlaybookSet(
                    [SomeCase.Playbook(PlaybookMode.Approve, ActionKind.SuspendActor) with { Name = "suspend" }]),
                Response = options ?? new ResponseOptions(),
                Channels = channels ?? [],
                Logs = host._logs,
            },
            Cancel);
        await host.ServeAsync(role);
        return host;
    }

    /// <summary>With an incident and three alerts of it in the queue.</summary>
    public static async Task<ResponseHost> StartWithAlertsAsync()
    {
        var host = await StartAsync();
        await host.CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident()],
            Alerts = [SomeCase.Alert(), SomeCase.Alert("alert-2"), SomeCase.Alert("alert-3")],
        });
        return host;
    }

    /// <summary>A further account, with the password of all.</summary>
    public void Add(string name, string role) =>
        Assert.Equal("", Service<SignIns>().Create(name, Password, role));

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Makes a decision of the policy durable, with its incident.</summary>
    public async Task DecideAsync(params PlannedAction[] planned)
    {
        await CommitAsync(new CaseCommit
        {
            ScoredOffsets = new Dictionary<int, long>(),
            Incidents = [SomeCase.Incident()],
            Actions = planned,
        });
    }

    public async Task CommitAsync(CaseCommit commit)
    {
        await Parts.Store.CommitAsync(commit, Cancel);
        Parts.Status.NotifyChanged();
    }

    /// <summary>Takes all evidence into the log and anchors it.</summary>
    public async Task AnchorAsync()
    {
        await Parts.Evidence!.Recorder.DrainAsync(Cancel);
        await Parts.Evidence!.Recorder.AnchorAsync(_ledger, Cancel);
    }

    /// <summary>The bodies of everything of a kind that was entered into the evidence log.</summary>
    public async Task<IReadOnlyList<string>> EvidenceAsync(string kind)
    {
        await Parts.Evidence!.Recorder.DrainAsync(Cancel);
        var journal = new EvidenceJournal(Parts.Store, EvidenceParts.FolderOf(_folder.Path), Parts.Evidence!.Vault);
        var page = await journal.ReadAsync(
            new JournalQuery(new HashSet<string> { kind }, SomeCase.At.AddDays(-1), long.MaxValue), Cancel);
        return [.. page.Entries.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Body.Span))];
    }

    /// <summary>Ends the web host and starts it again at the same address: every open page loses its circuit.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Ends the web host: its pages cannot reach it any more.</summary>
    public async Task StopAsync()
    {
        _ = Address;
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    /// <summary>Starts the web host that was ended, at the same address.</summary>
    public Task StartAgainAsync() => ServeAsync(Roles.Responder);

    /// <summary>Lets the executor do what is due.</summary>
    public async Task ExecuteAsync()
    {
        await Parts.Executor.DrainAsync(Cancel);
        Parts.Status.NotifyChanged();
    }

    /// <summary>Time passes, and pages hear of it.</summary>
    public void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        Parts.Status.NotifyChanged();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Parts.DisposeAsync();
        _ledger.Dispose();
        _logs.Dispose();
        _folder.Dispose();
    }

    private async Task ServeAsync(string role)
    {
        var settings = new WebSettings(WebMode.Serve, [_address?.ToString() ?? "http://127.0.0.1:0"], _folder.Path) { RequestsPerSecondMax = 10_000 };
        var builder = WebHostSetup.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        builder.Services.Replace(ServiceDescriptor.Singleton(new DashboardClock(Clock)));
        // The test's days pass in a moment; people stay where they are.
        builder.Services.Replace(ServiceDescriptor.Singleton(
            services => new Sessions(services.GetRequiredService<IdentityStore>(), TimeProvider.System)));
        Parts.Register(builder.Services);
        Replace(builder.Services);
        _app = builder.Build().UseWeb(settings);
        var signIns = _app.Services.GetRequiredService<SignIns>();
        foreach (var person in _hasPeople ? [] : People)
            Assert.Equal("", signIns.Create(person, Password, role));
        _hasPeople = true;
        await _app.StartAsync(Cancel);
    }
}
