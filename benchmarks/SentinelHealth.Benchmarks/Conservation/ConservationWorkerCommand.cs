using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>
/// <c>conservation-worker</c>: the process that is killed. It says <c>ready</c> (and where it listens) once it takes events, and lives
/// as long as its standard input.
/// </summary>
internal static class ConservationWorkerCommand
{
    public const string Ready = "ready";

    /// <summary>As http, with nothing that reads the log.</summary>
    public const string Unread = "http-unread";

    public static Command Create()
    {
        Option<string> source = new("--source") { Required = true, Description = "http, http-unread, file or ledger." };
        Option<string> data = new("--data") { Required = true, Description = "The folder of the stores." };
        Option<string> from = new("--from") { DefaultValueFactory = _ => "", Description = "The file, or the ledger's endpoint." };
        Option<string> deployment = new("--deployment") { DefaultValueFactory = _ => "", Description = "The ledger's contracts." };
        Command command = new("conservation-worker", "The process that conservation kills.") { source, data, from, deployment };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(source), parsed.GetRequiredValue(data), parsed.GetRequiredValue(from),
            parsed.GetRequiredValue(deployment), cancel));
        return command;
    }

    private static async Task RunAsync(string source, string data, string from, string deployment, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var monitor = new WitnessMonitor(data);
        var pumping = source == Unread ? Task.CompletedTask : monitor.PumpAsync(stop.Token);
        var feeding = source switch
        {
            "http" or Unread => ListenAsync(monitor.Intake, stop.Token),
            "file" => monitor.FeedAsync(FileOf(data, from), stop.Token),
            _ => monitor.FeedAsync(await LedgerOfAsync(data, from, deployment, stop.Token), stop.Token),
        };
        if (source is "file" or "ledger")
            Console.WriteLine(Ready);
        // Whoever kills it holds the other end: when that is gone, so is the worker.
        await Task.Run(Console.In.ReadToEnd, CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll(pumping, feeding);
    }

    private static async Task ListenAsync(EventIntake intake, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        var http = new HttpIntake(intake, new HttpIntakeOptions(), TimeProvider.System);
        app.Run(async context =>
        {
            var result = await http.AcceptAsync(context.Request.Body, context.Request.ContentType, "feeder", context.RequestAborted);
            await context.Response.WriteAsync($"{result.Received} {result.Duplicates} {result.DeadLettered}");
        });
        await app.StartAsync(stop);
        Console.WriteLine($"{Ready} {app.Urls.First()}");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static FileSource FileOf(string data, string path) => new(
        new FileSourceOptions
        {
            Name = "file",
            Path = path,
            PositionPath = Path.Combine(data, "position.json"),
            // Small, so that there are many moments between a batch and its position.
            BatchRecordsMax = 100,
            PollInterval = TimeSpan.FromMilliseconds(10),
        },
        TimeProvider.System, new StandardErrorLogger<FileSource>());

    private static async Task<LedgerSource> LedgerOfAsync(string data, string endpoint, string deployment, CancellationToken stop)
    {
        var network = EvmDeployment.FromJson(await File.ReadAllTextAsync(deployment, stop));
        var options = new EvmLedgerSourceOptions
        {
            Ledger = new LedgerSourceOptions
            {
                Name = "ledger",
                Chain = "test",
                CheckpointPath = Path.Combine(data, "cursor.json"),
                PollInterval = TimeSpan.FromMilliseconds(20),
                RetryWaitMax = TimeSpan.FromMilliseconds(200),
                // Small, so that catching up has many moments between a range and its position.
                BlocksPerRangeMax = 4,
            },
            Endpoints = [new() { Node = new JsonRpcOptions { Endpoint = new Uri(endpoint) } }],
            Contracts = network.Contracts,
        };
        return EvmLedgerSource.Create(options, TimeProvider.System, new StandardErrorLogger<LedgerSource>());
    }
}
