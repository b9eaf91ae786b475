using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
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

    private ResponseHost(EmbeddedLedgerRules rules) => _ledger = EmbeddedLedger.Open(_folder.Path, rules, Clock);

    public ManualClock Clock { get; } = new(SomeCase.At);

    public MonitorParts Parts { get; private set; } = null!;

    public ILedger Ledger => _ledger;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ResponseHost> StartAsync(ResponseOptions? options = null, EmbeddedLedgerRules? rules = null)
    {
        var host = new ResponseHost(rules ?? new EmbeddedLedgerRules());
        host.Parts = await MonitorParts.OpenAsync(
            new MonitorPlan
            {
                DataFolder = host._folder.Path,
                Clock = host.Clock,
                Ledger = host._ledger,
                Playbooks = new PlaybookSet([SomeCase.Playbook(PlaybookMode.Approve, ActionKind.SuspendActor) with { Name = "suspend" }]),
                Response = options ?? new ResponseOptions(),
                Logs = host._logs,
            },
            Cancel);
        await host.ServeAsync();
        return host;
    }

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

    private async Task ServeAsync()
    {
        var settings = new WebSettings(WebMode.Serve, ["http://127.0.0.1:0"], _folder.Path) { RequestsPerSecondMax = 10_000 };
        var builder = WebHostSetup.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        builder.Services.Replace(ServiceDescriptor.Singleton(new DashboardClock(Clock)));
        Parts.Register(builder.Services);
        _app = builder.Build().UseWeb(settings);
        var signIns = _app.Services.GetRequiredService<SignIns>();
        foreach (var person in People)
            Assert.Equal("", signIns.Create(person, Password, Roles.Responder));
        await _app.StartAsync(Cancel);
    }
}
