using System.Text.Json;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Opens the ledger that the settings name.</summary>
internal static class LedgerFactory
{
    private const int MembersMax = 100_000;
    private const string ContractPrefix = "contract:";

    /// <summary>The ledger; the caller disposes of it when it can be.</summary>
    public static ILedger Open(LedgerSection settings, string dataFolder, TimeProvider clock) =>
        settings is { Kind: LedgerKind.Evm, Evm: { } evm }
            ? new EvmLedger(OptionsOf(evm), clock)
            : EmbeddedLedger.Open(
                dataFolder, RulesOf(settings.Embedded), clock,
                settings.Embedded.SecondRestorerKey is { Length: > 0 } path ? path : null);

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
                clock, ledger as EvmLedger)
            : null;
    }

    /// <summary>The validators' permissioning that follows the guard; null when the settings leave it alone.</summary>
    public static ValidatorAllowlists? OpenAllowlists(LedgerSection settings, ILedger ledger, string dataFolder) =>
        settings is { Kind: LedgerKind.Evm, Evm.Permissioning: { } permissioning }
            ? new ValidatorAllowlists(
                new ValidatorAllowlistOptions
                {
                    Validators = [.. permissioning.Validators.Select(endpoint => new JsonRpcOptions { Endpoint = endpoint })],
                    Nodes = permissioning.Nodes.ToDictionary(node => node.Id, node => node.Enode, StringComparer.Ordinal),
                    CoversAccounts = permissioning.CoversAccounts,
                },
                ledger, Path.Combine(dataFolder, "permissioning.json"))
            : null;

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
        Web3Signer = evm.Web3SignerEndpoint,
        SecondWeb3Signer = evm.SecondWeb3SignerEndpoint,
        GasPriceWei = evm.GasPriceWei,
        GasPriceMaxWei = evm.GasPriceMaxWei,
        StuckAfter = evm.StuckAfter,
    };

    private static EmbeddedLedgerRules RulesOf(EmbeddedLedgerSection embedded) => new()
    {
        Validators = embedded.Validators,
        Protected = [.. embedded.Protected.Select(TargetOf)],
        Members = embedded.MembersFile.Length > 0 ? MembersOf(embedded.MembersFile) : [],
        StaffShareMax = embedded.StaffShareMax,
        NodeShareMax = embedded.NodeShareMax,
        NodesPerWindowMax = embedded.NodesPerHourMax,
        GrantsPerWindowMax = embedded.GrantsPerHourMax,
        ActorsPerWindowMax = embedded.ActorsPerHourMax,
        ContractsPerWindowMax = embedded.ContractsPerHourMax,
        TotalLiveMax = embedded.TotalLiveMax,
        Cooldown = embedded.Cooldown,
    };

    /// <summary>Reads who belongs to which organization; a fault is told with its line, and nothing is used.</summary>
    internal static IReadOnlyList<LedgerMember> MembersOf(string file)
    {
        var members = new Dictionary<EntityRef, LedgerMember>();
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                var member = MemberOf(line);
                if (members.Count >= MembersMax || !members.TryAdd(member.Member, member))
                    throw new JsonException($"{member.Member.Id} is here twice, or there are more than {MembersMax} members.");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{file}:{number}: {fault.Message.ReplaceLineEndings(" ")}");
        }
        return [.. members.Values];
    }

    private static LedgerMember MemberOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return TextOf(json.RootElement, "id") is { Length: > 0 } id && TextOf(json.RootElement, "organization") is { Length: > 0 } organization
            && TargetOf(id) is { Type: EntityType.Node or EntityType.Actor } member
            ? new LedgerMember(member, organization)
            : throw new JsonException("A line is {\"id\":…,\"organization\":…} about a node or an actor.");
    }

    private static string? TextOf(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// Identifiers say what they are: <c>node:…</c>, <c>did:…</c>, <c>contract:NAME</c> for the contract of that name, and
    /// everything else that can be contained is a grant.
    /// </summary>
    private static EntityRef TargetOf(string id) =>
        id.StartsWith(ContractPrefix, StringComparison.Ordinal) ? new(EntityType.Contract, id[ContractPrefix.Length..])
        : new(
            id.StartsWith("node:", StringComparison.Ordinal) ? EntityType.Node
            : id.StartsWith("did:", StringComparison.Ordinal) ? EntityType.Actor
            : EntityType.Grant, id);
}
