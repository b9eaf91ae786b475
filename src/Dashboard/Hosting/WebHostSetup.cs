using Microsoft.AspNetCore.Http.Features;
using SentinelHealth.Dashboard.Api;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Dashboard.Onboarding;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Telemetry;
using SentinelHealth.Ingest.Intake;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>
/// The web host: pages, API, sign-in and health. What they show comes from outside: register ICaseReader, IMonitorStatus,
/// IResponder, IIntake, IEventLog and ILedger before building.
/// </summary>
internal static class WebHostSetup
{
    /// <summary>Longest body with events. The intake has the same bound; this one also holds for what it has not read yet.</summary>
    public const long EventBytesMax = 33L * 1024 * 1024;

    private const long RequestBytesMax = 1 << 20;
    private const int ConnectionsMax = 2_000;
    private static readonly TimeSpan HeadersPatience = TimeSpan.FromSeconds(15);

    /// <summary>A builder that already listens, logs and guards as it should.</summary>
    public static WebApplicationBuilder CreateBuilder(WebSettings settings, IConfiguration? configuration = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Assets and the settings file lie beside the program, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = "sentinel",
            // No developer pages, whatever the surroundings say.
            EnvironmentName = Environments.Production,
        });
        Configure(builder.Configuration, settings, configuration);
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBytesMax;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersPatience;
        });
        HostLogging.Configure(builder.Logging);
        AddServices(builder.Services, settings);
        return builder;
    }

    /// <summary>The pipeline and every route.</summary>
    public static WebApplication UseWeb(this WebApplication app, WebSettings settings)
    {
        // It counts from the moment it exists.
        _ = app.Services.GetRequiredService<MetricsBook>();
        app.UseResponseHeaders();
        app.UseExceptionHandler();
        if (settings.IsHttps)
            app.UseHsts();
        app.UseProblemAnswers();
        app.UseSameOrigin();
        app.UseLanguages();
        if (settings.Roles.Has(ProcessRoles.Detect))
        {
            app.UseAccessRequestIds();
            app.UseAccessShortcut();
        }
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseWhen(Idempotency.Concerns, orders => orders.Use((context, next) =>
            context.RequestServices.GetRequiredService<Idempotency>().AnswerAsync(context, next)));
        app.MapHealth();
        app.MapMetrics();
        var api = app.MapGroup("/api/v1");
        if (settings.Roles.Has(ProcessRoles.Ingest))
        {
            api.MapEvents();
            app.MapFhirIntake();
        }
        if (settings.Roles.Has(ProcessRoles.Detect))
            app.MapAccess();
        if (settings.Roles.Has(ProcessRoles.Dashboard))
            app.MapEverythingPeopleUse(api);
        return app;
    }

    private static void MapEverythingPeopleUse(this WebApplication app, RouteGroupBuilder api)
    {
        app.MapSignIn();
        app.MapLanguage();
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(Policies.View);
        api.MapCases();
        api.MapOrders();
        api.MapTriage();
        api.MapIncidentWork();
        api.MapViews();
        api.MapDetection();
        api.MapHunts();
        api.MapTasks();
        api.MapPolicy();
        api.MapBacktests();
        api.MapChanges();
        api.MapReads();
        api.MapEvidence();
        api.MapRules();
        api.MapCompliance();
        api.MapReports();
        api.MapAccounts();
        api.MapTokens();
        api.MapMe();
        app.MapFhirSearch();
        app.MapDashboardPages();
    }

    /// <summary>Only what was read on purpose: a stray variable must not make the demonstration listen elsewhere.</summary>
    private static void Configure(ConfigurationManager target, WebSettings settings, IConfiguration? read)
    {
        target.Sources.Clear();
        if (settings.Mode == WebMode.Serve && read is not null)
            target.AddConfiguration(read);
        var hosts = settings.Mode == WebMode.Demo ? Loopback.HostNames : settings.AllowedHosts;
        target.AddInMemoryCollection([new("AllowedHosts", hosts.Count == 0 ? "*" : string.Join(';', hosts))]);
    }

    private static void AddServices(IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Readiness>();
        services.AddSingleton(new HttpIntakeOptions());
        services.AddSingleton<HttpIntake>();
        services.AddIdentities(settings);
        services.AddSingleton(_ => settings.Storage.OpenAnswers(settings.DataFolder));
        services.AddSingleton<Idempotency>();
        services.AddSingleton<ChangeCount>();
        services.AddPolicies();
        services.AddRateLimits(settings);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = settings.CookieName("sentinel-form");
            options.Cookie.SecurePolicy = settings.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            // The page's own policy is stricter, and one header is enough.
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddProblemDetails();
        services.AddExceptionHandler(options =>
            (options.StatusCodeSelector, options.ExceptionHandler) = (StatusOf, ProblemAnswers.WriteFaultAsync));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer<ApiDocument>());
        services.AddSingleton<MetricsBook>();
        services.AddSingleton(settings.Telemetry);
        services.AddHostedService<TelemetryExport>();
        services.AddSingleton<WelcomeStore>(provider => new WelcomeStore(provider.GetRequiredService<IDocuments>()));
        services.AddSingleton<DemoBeside>();
        services.AddDashboardPages();
        services.Configure<FormOptions>(options => options.ValueLengthLimit = 4096);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
    }

    private static int StatusOf(Exception fault) =>
        fault is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
}
