using System.Text.Json;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Opens the ledger that the settings name.</summary>
internal static class LedgerFactory
{
    /// <summary>The ledger; the caller disposes of it when it can be.</summary>
    public static ILedger Open(LedgerSection settings, string dataFolder, TimeProvider clock) =>
        settings is { Kind: LedgerKind.Evm, Evm: { } evm }
            ? new EvmLedger(OptionsOf(evm), clock)
            : EmbeddedLedger.Open(dataFolder, RulesOf(settings.Embedded), clock);

    /// <summary>Where the evidence log is anchored: the same ledger; null when its deployment has no such contract.</summary>
    public static IEvidenceAnchors? OpenAnchors(LedgerSection settings, ILedger ledger, TimeProvider clock)
    {
        if (settings is not { Kind: LedgerKind.Evm, Evm: { } evm })
            return ledger as IEvidenceAnchors;
        return ReadDeployment(evm.DeploymentFile).Contracts.TryGetValue("EvidenceAnchor", out var address)
            ? new EvmEvidenceAnchors(
                new EvmEvidenceAnchorsOptions
                {
                    Node = new JsonRpcOptions { Endpoint = evm.Endpoint! },
                    ContractAddress = address,
                    RecorderAccount = evm.AutomationAccount,
                    ReceiptTimeout = evm.ReceiptTimeout,
                    ConfirmationBlocks = evm.ConfirmationBlocks,
                },
                clock)
            : null;
    }

    /// <summary>Reads where the contracts are.</summary>
    public static EvmDeployment ReadDeployment(string file)
    {
        try
        {
            return EvmDeployment.FromJson(File.ReadAllText(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{file}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static EvmLedgerOptions OptionsOf(EvmLedgerSection evm) => new()
    {
        Node = new JsonRpcOptions { Endpoint = evm.Endpoint! },
        GuardAddress = ReadDeployment(evm.DeploymentFile).Guard.Text,
        AutomationAccount = evm.AutomationAccount,
        RestorerAccount = evm.RestorerAccount,
        SecondRestorerAccount = evm.SecondRestorerAccount,
        SecondSigner = evm.SecondSignerEndpoint is { } signer ? new JsonRpcOptions { Endpoint = signer } : null,
        ValidatorNodes = evm.ValidatorNodes,
        ReceiptTimeout = evm.ReceiptTimeout,
        ConfirmationBlocks = evm.ConfirmationBlocks,
    };

    private static EmbeddedLedgerRules RulesOf(EmbeddedLedgerSection embedded) => new()
    {
        Validators = embedded.Validators,
        Protected = [.. embedded.Protected.Select(TargetOf)],
        NodesPerWindowMax = embedded.NodesPerHourMax,
        GrantsPerWindowMax = embedded.GrantsPerHourMax,
        ActorsPerWindowMax = embedded.ActorsPerHourMax,
    };

    /// <summary>Identifiers say what they are: <c>node:…</c>, <c>did:…</c>, and everything else that can be contained is a grant.</summary>
    private static EntityRef TargetOf(string id) => new(
        id.StartsWith("node:", StringComparison.Ordinal) ? EntityType.Node
        : id.StartsWith("did:", StringComparison.Ordinal) ? EntityType.Actor
        : EntityType.Grant, id);
}
