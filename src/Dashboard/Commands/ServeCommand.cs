using System.CommandLine;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Kafka;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>serve</c>: the real thing.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var config = SharedOptions.Config();
        var data = SharedOptions.Data();
        var roles = new Option<string>("--roles")
        {
            Description = $"Which parts run here, of {ProcessRolesText.AllText}. All of them unless the log is in Kafka and cases are in PostgreSQL.",
            DefaultValueFactory = _ => ProcessRolesText.AllText,
        };
        var command = new Command("serve", "Watches the network of the settings until it is stopped.") { config, data, roles };
        command.SetAction((parsed, cancel) => RunAsync(
            surroundings, parsed.GetValue(config), parsed.GetRequiredValue(data), parsed.GetRequiredValue(roles), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, string? config, string data, string roles, CancellationToken cancel)
    {
        var configuration = SettingsFile.Read(config);
        var settings = SettingsFile.ReadValid(configuration);
        var asked = RolesOf(roles, settings);
        var folder = DataFolder.OpenOrCreate(data);
        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging));
        await using var served = await ServedNetwork.OpenAsync(settings, asked, folder, surroundings.Clock, logs, cancel);
        var web = WebSettingsOf(settings, folder) with { Roles = asked };
        var builder = WebHostSetup.CreateBuilder(web, configuration);
        served.Monitor.Register(builder.Services);
        builder.Services.AddSingleton(new MonitorFeed(served.Sources));
        builder.Services.AddHostedService<MonitorJob>();
        AddPublishing(builder.Services, settings);
        await using var app = builder.Build().UseWeb(web);
        await WebRun.StartAsync(app, web);
        await GreetAsync(surroundings, app, settings.Web, asked);
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

    private static async Task GreetAsync(CommandSurroundings surroundings, WebApplication app, WebSection web, ProcessRoles roles)
    {
        var address = web.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? app.Urls.First().TrimEnd('/');
        await surroundings.Output.WriteLineAsync($"SentinelHealth answers at {address}.");
        if (roles.Has(ProcessRoles.Dashboard) && app.Services.GetRequiredService<SetupLink>().Issue() is { } secret)
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

    /// <summary>Roles in processes of their own meet in the log and the store, which must be such as several can share.</summary>
    private static ProcessRoles RolesOf(string text, SentinelSettings settings)
    {
        try
        {
            var roles = ProcessRolesText.Parse(text);
            if (roles != ProcessRoles.All && (settings.Log.Kind != LogKind.Kafka || !settings.Storage.IsShared))
                throw new UsageException(
                    $"--roles {text}: some roles only take a log and a store that processes share: set Log:Kind to Kafka and Storage:Engine to Postgres.");
            if (roles != ProcessRoles.All && settings.Ledger.Kind == LedgerKind.Embedded)
                throw new UsageException(
                    $"--roles {text}: the embedded ledger belongs to one process: set Ledger:Kind to Evm.");
            return roles;
        }
        catch (FormatException fault)
        {
            throw new UsageException(fault.Message);
        }
    }
}
