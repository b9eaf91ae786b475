using System.CommandLine;
using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>The executor in a process of its own, to be killed. Started by <see cref="ResponseChaosCommand"/>.</summary>
internal static class ResponseChaosWorkerCommand
{
    public const string Name = "response-chaos-worker";

    public static Command Create()
    {
        Option<string> data = new("--data") { Required = true, Description = "Folder of the store and the deployment." };
        Option<string> endpoint = new("--endpoint") { Required = true, Description = "The node." };
        Command command = new(Name, "Used by response-chaos.") { data, endpoint };
        command.Hidden = true;
        command.SetAction(async (parsed, cancel) =>
        {
            await RunAsync(parsed.GetRequiredValue(data), new Uri(parsed.GetRequiredValue(endpoint)), cancel);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string data, Uri endpoint, CancellationToken cancel)
    {
        var deployment = EvmDeployment.FromJson(await File.ReadAllTextAsync(Path.Combine(data, "deployment.json"), cancel));
        using var store = SqliteCaseStore.Open(Path.Combine(data, ChaosPlan.StoreFile));
        using var ledger = ChaosPlan.Ledger(deployment, endpoint);
        using var metrics = new ResponseMetrics();
        using var executor = new ActionExecutor(
            new ActionServices(store, ledger, TimeProvider.System, metrics), ChaosPlan.Options,
            new StandardErrorLogger<ActionExecutor>());
        // Decisions come from another process, which cannot signal this one.
        using var timer = new Timer(_ => executor.Signal(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        await executor.RunAsync(cancel);
    }
}
