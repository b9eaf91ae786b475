using System.CommandLine;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Kafka;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>serve</c>: the real thing.</summary>
internal static class ServeCommand
{
    private static readonly string[] RolesKnown = ["ingest", "detect", "respond", "dashboard"];

    public static Command Create(CommandSurroundings surroundings)
    {
        var config = SharedOptions.Config();
        var data = SharedOptions.Data();
        var roles = new Option<string>("--roles")
        {
            Description = $"Which parts run here. With the embedded log they are one process: {string.Join(',', RolesKnown)}.",
            DefaultValueFactory = _ => string.Join(',', RolesKnown),
        };
        var command = new Command("serve", "Watches the network of the settings until it is stopped.") { config, data, roles };
        command.SetAction((parsed, cancel) => RunAsync(
            surroundings, parsed.GetValue(config), parsed.GetRequiredValue(data), parsed.GetRequiredValue(roles), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, string? config, string data, string roles, CancellationToken cancel)
    {
        CheckRoles(roles);
        var configuration = SettingsFile.Read(config);
        var settings = SettingsFile.ReadValid(configuration);
        var folder = DataFolder.OpenOrCreate(data);
        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging));
        await using var served = await ServedNetwork.OpenAsync(settings, folder, surroundings.Clock, logs, cancel);
        var web = WebSettingsOf(settings, folder);
        var builder = WebHostSetup.CreateBuilder(web, configuration);
        served.Monitor.Register(builder.Services);
        builder.Services.AddSingleton(new MonitorFeed(served.Sources));
        builder.Services.AddHostedService<MonitorJob>();
        builder.Services.AddHostedService<SilenceJob>();
        AddPublishing(builder.Services, settings);
        await using var app = builder.Build().UseWeb(web);
        await WebRun.StartAsync(app, web);
        await GreetAsync(surroundings, app, settings.Web);
        var filling = BackFillProgress.ShowAsync(surroundings, served.Sources, app.Lifetime.ApplicationStopping);
        await WebRun.UntilStoppedAsync(app, cancel);
        await filling;
        return ExitCode.Done;
    }

    private static void AddPublishing(IServiceCollection services, SentinelSettings settings)
    {
        if (!settings.Publish.IsUsed)
            return;
        services.AddSingleton(settings.Publish);
        services.AddSingleton(provider =>
            new KafkaPublisher(settings.Kafka!, provider.GetRequiredService<ILogger<KafkaPublisher>>()));
        services.AddHostedService<PublishJob>();
    }

    private static async Task GreetAsync(CommandSurroundings surroundings, WebApplication app, WebSection web)
    {
        var address = web.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? app.Urls.First().TrimEnd('/');
        await surroundings.Output.WriteLineAsync($"SentinelHealth answers at {address}.");
        if (app.Services.GetRequiredService<SetupLink>().Issue() is { } secret)
        {
            await surroundings.Output.WriteLineAsync(
                "There is no account yet. This link makes the first administrator, once, within an hour:");
            await surroundings.Output.WriteLineAsync($"{address}{FirstForms.SetupPath}?token={secret}");
        }
        await surroundings.Output.FlushAsync();
    }

    private static WebSettings WebSettingsOf(SentinelSettings settings, string folder)
    {
        var web = settings.Web;
        return new WebSettings(WebMode.Serve, web.Urls.Count > 0 ? web.Urls : WebSection.UrlsDefault, folder)
        {
            AllowedHosts = web.AllowedHosts,
            RequestsPerSecondMax = web.RequestsPerSecondMax,
            PublicUrl = web.PublicUrl,
            Provider = settings.Provider,
            Telemetry = settings.Telemetry,
            Storage = settings.Storage,
        };
    }

    /// <summary>Splitting roles over processes needs a shared log, which the embedded one is not.</summary>
    private static void CheckRoles(string roles)
    {
        var asked = roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(asked, role => !RolesKnown.Contains(role)) is { } unknown)
            throw new UsageException($"--roles {unknown}: Known roles are {string.Join(", ", RolesKnown)}.");
        if (RolesKnown.Except(asked).ToList() is { Count: > 0 } missing)
            throw new UsageException($"--roles lacks {string.Join(", ", missing)}: with the embedded log all roles run in one process.");
    }
}
