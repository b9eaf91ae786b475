using System.Reflection;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Browser.Tests.Sample;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Browser.Tests.Hosting;

/// <summary>The real pages on a real server at a free loopback port, over the sample monitor.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    /// <summary>
    /// The policy a careful host sends: no inline scripts; inline style attributes only, which the component library needs.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'";

    private readonly WebApplication _app;

    private SampleHost(WebApplication app) => _app = app;

    public SampleMonitor Monitor { get; private init; } = default!;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<SampleHost> StartAsync()
    {
        var monitor = new SampleMonitor();
        var app = Build(monitor);
        app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            return next(context);
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapDashboardPages();
        await app.StartAsync();
        return new SampleHost(app) { Monitor = monitor };
    }

    public async ValueTask DisposeAsync()
    {
        // Stopping first lets open circuits end in order, instead of losing their services under them.
        await _app.StopAsync();
        await _app.DisposeAsync();
        Monitor.Dispose();
    }

    private static WebApplication Build(SampleMonitor monitor)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Pages and styles are found by the name of the assembly they belong to.
            ApplicationName = typeof(DashboardPages).Assembly.GetName().Name,
            ContentRootPath = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location),
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<ICaseReader>(monitor).AddSingleton<IMonitorStatus>(monitor)
            .AddSingleton<IResponder>(monitor);
        builder.Services.AddSingleton(new TaskDesk(monitor.Tasks, monitor.Clock));
        builder.Services.AddSingleton(monitor.Triage).AddSingleton(monitor.Tuning).AddSingleton(monitor.Hunts);
        builder.Services.AddHostedService<TriageWork>();
        var store = new MemoryPolicyStore();
        builder.Services.AddSingleton<INoticeStore>(store);
        builder.Services.AddSingleton(new PlaybookDesk(
            new PlaybookShelf(SamplePlaybooks.All, []), store, new ResponseOptions(), monitor.Clock));
        builder.Services.AddSingleton(new BacktestDesk(
            new BacktestSurroundings
            {
                Log = null,
                Folder = Path.Combine(Path.GetTempPath(), "no-backtests-are-kept-here"),
                Clock = monitor.Clock,
                Playbooks = () => SamplePlaybooks.All,
                Options = new ResponseOptions(),
                Basis = _ => throw new NotSupportedException("The sample has no events."),
            },
            NullLogger<BacktestDesk>.Instance));
        builder.Services.AddSingleton<IDeadLetters>(new SampleDeadLetters(monitor.Clock.GetUtcNow()));
        builder.Services.AddSingleton(new DashboardClock(monitor.Clock));
        builder.Services.AddSingleton(new DashboardMode(IsDemo: true,
            "Demonstration: every person, patient and hospital here is simulated."));
        builder.Services.AddAuthentication("Sample").AddScheme<AuthenticationSchemeOptions, SignedInHandler>("Sample", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(DashboardPolicies.View, policy => policy.RequireRole("viewer"))
            .AddPolicy(DashboardPolicies.Respond, policy => policy.RequireRole("responder"))
            .AddPolicy(DashboardPolicies.Triage, policy => policy.RequireRole("responder"))
            .AddPolicy(DashboardPolicies.Engineer, policy => policy.RequireRole("responder"))
            .AddPolicy(DashboardPolicies.Review, policy => policy.RequireRole("responder"))
            .AddPolicy(DashboardPolicies.Oversee, policy => policy.RequireRole("compliance"))
            .AddPolicy(DashboardPolicies.Administer, policy => policy.RequireRole("administrator"));
        builder.Services.AddDashboardPages();
        return builder.Build();
    }

    /// <summary>Works off orders over many alerts, as the program's own job does.</summary>
    private sealed class TriageWork(TriageDesk desk) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stopping)
        {
            await Task.Yield();
            await desk.RunAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
