using System.CommandLine;
using System.Globalization;
using SentinelHealth.Dashboard.Components;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>demo</c>: a simulated hospital network under attack and the monitor that watches it, for one visitor at this machine.</summary>
internal static class DemoCommand
{
    /// <summary>Ends the demonstration when its standard input does: for whoever starts it as a part of itself.</summary>
    public const string EndsWithInput = "--ends-with-input";

    private const string UrlDefault = "http://127.0.0.1:5080";

    public static Command Create(CommandSurroundings surroundings)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Addresses of this machine to listen on, with semicolons.",
            DefaultValueFactory = _ => UrlDefault,
        };
        var seed = new Option<int>("--seed") { Description = "Chooses the network. Default 1.", DefaultValueFactory = _ => 1 };
        var speed = new Option<double>("--speed")
        {
            Description = "Simulated seconds per second, 1 to 10000. Default 60.",
            DefaultValueFactory = _ => DemoNetwork.SpeedDefault,
        };
        var data = new Option<string?>("--data") { Description = "Folder to keep; without it a temporary one is removed at the end." };
        var endsWithInput = new Option<bool>(EndsWithInput) { Hidden = true };
        var command = new Command("demo", "Watch SentinelHealth catch attacks on a simulated network. Loopback only.")
        {
            urls, seed, speed, data, endsWithInput,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (parsed.GetValue(endsWithInput))
                CancelAtEndOf(surroundings.OpenInput(), ending);
            return await RunAsync(
                surroundings, parsed.GetRequiredValue(urls), parsed.GetValue(seed),
                parsed.GetValue(speed), parsed.GetValue(data), ending.Token);
        });
        return command;
    }

    /// <summary>A starter that is killed says nothing; that its end of the pipe is closed is all there is to notice.</summary>
    private static void CancelAtEndOf(Stream input, CancellationTokenSource ending) => new Thread(() =>
    {
        var passedOver = new byte[256];
        while (input.Read(passedOver) > 0)
        {
        }
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    })
    {
        IsBackground = true,
        Name = "end of input",
    }.Start();

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, string urls, int seed, double speed, string? data, CancellationToken cancel)
    {
        var addresses = Addresses(urls);
        if (speed is not (>= 1 and <= 10_000))
            throw new UsageException("--speed must lie between 1 and 10000.");
        var (playbooks, problems) = PlaybookFolder.Load(PlaybookFolder.Shipped);
        if (problems.Count > 0)
            throw new UsageException(problems[0]);
        using var folder = WorkFolder.Open(data);
        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, LogLevel.Warning));
        await using var network = await DemoNetwork.OpenAsync(
            new DemoPlan(folder.Path, seed, speed, playbooks, surroundings.Clock, logs), cancel);
        var settings = new WebSettings(WebMode.Demo, addresses, folder.Path);
        await using var app = Build(network, settings);
        await WebRun.StartAsync(app, settings);
        await GreetAsync(surroundings, app, network, cancel);
        await WebRun.UntilStoppedAsync(app, cancel);
        return ExitCode.Done;
    }

    private static WebApplication Build(DemoNetwork network, WebSettings settings)
    {
        var builder = WebHostSetup.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        network.Monitor.Register(builder.Services);
        builder.Services.AddSingleton(network);
        builder.Services.AddSingleton(new DashboardClock(network.Clock));
        builder.Services.AddSingleton(new DashboardMode(true, string.Create(CultureInfo.InvariantCulture,
            $"Demonstration: a simulated network at {network.Clock.Speed:0.#} times the speed of life. You are signed in as a responder because you sit at this machine.")));
        builder.Services.AddSingleton(new MonitorFeed([network.Source], network.Live));
        builder.Services.AddHostedService<GateJob>();
        builder.Services.AddHostedService<MonitorJob>();
        return builder.Build().UseWeb(settings);
    }

    private static async Task GreetAsync(
        CommandSurroundings surroundings, WebApplication app, DemoNetwork network, CancellationToken cancel)
    {
        var output = surroundings.Output;
        await output.WriteLineAsync($"SentinelHealth demonstration: open {app.Urls.First()} in a browser.");
        await output.WriteLineAsync($"Learning {DemoNetwork.WarmUpDays} days of a hospital network's habits first.");
        var readiness = app.Services.GetRequiredService<Readiness>();
        await Progress.ShowAsync(surroundings, "Learning", 1_000, () => (long)(network.WarmUpShare * 1_000), async () =>
        {
            while (readiness.Stage != MonitorStage.Running && !app.Lifetime.ApplicationStopping.IsCancellationRequested)
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
        });
        await output.WriteLineAsync("Live. The first attack begins in a few seconds; watch it appear, be explained and be contained.");
        await output.WriteLineAsync("Further attacks of other kinds follow. Ctrl+C ends the demonstration.");
        await output.FlushAsync(cancel);
    }

    private static List<string> Addresses(string urls)
    {
        var addresses = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        if (addresses.Count == 0)
            throw new UsageException("--urls needs an address.");
        return addresses.Find(address => !Loopback.IsLoopback(address)) is { } foreign
            ? throw new UsageException($"--urls {foreign}: the demonstration signs its visitor in, so it listens on this machine only.")
            : addresses;
    }
}
