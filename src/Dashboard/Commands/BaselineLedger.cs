using System.CommandLine;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>The ledger's register of contributions, as the <c>baseline</c> commands reach it.</summary>
internal sealed class BaselineLedger
{
    private const string Model = "peer-baseline";

    public Option<string?> Endpoint { get; } = new("--ledger") { Description = "JSON-RPC address of a ledger node." };

    public Option<string?> Deployment { get; } = new("--deployment") { Description = "The file that ledger deploy wrote." };

    public Option<string?> Account { get; } = new("--account") { Description = "The account the node signs the registration with, 0x…." };

    /// <summary>Registers a digest; returns the transaction's hash, or null when no ledger was named.</summary>
    public async Task<string?> RegisterAsync(
        ParseResult parsed, SignedContribution signed, CommandSurroundings surroundings, CancellationToken cancel)
    {
        if (parsed.GetValue(Endpoint) is not { } endpoint)
            return null;
        var from = parsed.GetValue(Account) ?? throw new UsageException("--ledger needs --account, the account to sign with.");
        return await AskAsync(parsed, endpoint, surroundings, register => register.RegisterAsync(
            EvmAddress.Parse(from), signed.Contribution.Site, Model, signed.Contribution.Round, signed.Digest, cancel));
    }

    /// <summary>Whether a contribution's digest stands on the ledger; null when no ledger was named.</summary>
    public async Task<bool?> IsRegisteredAsync(
        ParseResult parsed, SignedContribution signed, CommandSurroundings surroundings, CancellationToken cancel) =>
        parsed.GetValue(Endpoint) is not { } endpoint ? null
            : await AskAsync(parsed, endpoint, surroundings, register => register.IsRegisteredAsync(
                signed.Contribution.Site, Model, signed.Contribution.Round, signed.Digest, cancel));

    private async Task<T> AskAsync<T>(
        ParseResult parsed, string endpoint, CommandSurroundings surroundings, Func<ModelUpdateRegister, Task<T>> ask)
    {
        var path = parsed.GetValue(Deployment) ?? throw new UsageException("--ledger needs --deployment, the contracts' addresses.");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            throw new UsageException($"--ledger {endpoint}: Not an address.");
        using var file = new StreamReader(new CommandFiles(surroundings).OpenInput(path));
        try
        {
            var options = new JsonRpcOptions { Endpoint = address };
            options.Validate();
            using var rpc = new JsonRpcClient(options);
            var deployment = EvmDeployment.FromJson(await file.ReadToEndAsync());
            return await ask(new ModelUpdateRegister(rpc, deployment, surroundings.Clock));
        }
        catch (Exception fault) when (fault is ArgumentException or EvmFormatException or JsonRpcErrorException
            or JsonRpcTransportException or System.Text.Json.JsonException or KeyNotFoundException)
        {
            throw new UsageException($"{endpoint}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
