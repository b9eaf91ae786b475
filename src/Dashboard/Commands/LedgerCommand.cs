using System.CommandLine;
using System.Text;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>ledger deploy</c>: puts the reference contracts on a development node.</summary>
internal static class LedgerCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var endpoint = new Option<string>("--endpoint") { Description = "JSON-RPC address of a node with unlocked accounts.", Required = true };
        var output = new Option<string>("--out") { Description = "Where the addresses go (JSON); - is standard output.", Required = true };
        var deploy = new Command("deploy", "Puts the reference contracts on a development node and writes their addresses.") { endpoint, output };
        deploy.SetAction((parsed, cancel) =>
            DeployAsync(surroundings, parsed.GetRequiredValue(endpoint), parsed.GetRequiredValue(output), cancel));
        return new Command("ledger", "The contracts of a ledger.") { deploy };
    }

    private static async Task<int> DeployAsync(
        CommandSurroundings surroundings, string endpoint, string path, CancellationToken cancel)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            throw new UsageException($"--endpoint {endpoint}: Not an address.");
        var options = new JsonRpcOptions { Endpoint = address };
        try
        {
            options.Validate();
            using var rpc = new JsonRpcClient(options);
            var deployment = await EvmNetworkDeployer.DeployAsync(rpc, surroundings.Clock, cancel);
            await using var output = new CommandFiles(surroundings).OpenOutput(path)!;
            await output.WriteAsync(Encoding.UTF8.GetBytes(deployment.ToJson() + "\n"), cancel);
            return ExitCode.Done;
        }
        catch (Exception fault) when (
            fault is ArgumentException or EvmFormatException or JsonRpcErrorException or JsonRpcTransportException)
        {
            throw new UsageException($"{endpoint}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
