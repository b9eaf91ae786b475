using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>What the run under kills and its worker must agree on.</summary>
internal static class ChaosPlan
{
    public const string StoreFile = "cases.db";

    /// <summary>Far above what the run does: it is about once and only once, not about caps.</summary>
    public static ResponseOptions Options { get; } = new()
    {
        NodesPerWindowMax = 1_000_000,
        GrantsPerWindowMax = 1_000_000,
        ActorsPerWindowMax = 1_000_000,
        TotalPerWindowMax = 1_000_000,
        StaffShareMax = 1,
        NodeShareMax = 1,
        HighImpactKinds = [],
        OrderLifetime = TimeSpan.FromSeconds(10),
    };

    public static EvmLedger Ledger(EvmDeployment deployment, Uri endpoint) => new(
        new EvmLedgerOptions
        {
            Node = new JsonRpcOptions { Endpoint = endpoint, Timeout = TimeSpan.FromSeconds(5) },
            GuardAddress = deployment.Guard.Text,
            AutomationAccount = deployment.AutomationAccount,
            RestorerAccount = deployment.RestorerAccount,
            SecondRestorerAccount = deployment.SecondRestorerAccount,
            ReceiptTimeout = TimeSpan.FromSeconds(5),
        },
        TimeProvider.System);

    /// <summary>The action of a number: kinds take turns, each target is contained once.</summary>
    public static PlannedAction Action(int number, DateTimeOffset now)
    {
        var kind = (ActionKind)(number % 3);
        var target = kind switch
        {
            ActionKind.QuarantineNode => SomeCase.Node($"node:{number}"),
            ActionKind.RevokeGrant => SomeCase.Grant(number),
            _ => SomeCase.Actor(number + 1),
        };
        var incident = $"inc-{number}";
        var planned = SomeCase.Planned(kind, target) with { OrganizationSize = new OrganizationSize(1_000_000, 1_000_000) };
        return planned with
        {
            Action = planned.Action with
            {
                Key = ActionKey.Of(incident, kind, target),
                IncidentId = incident,
                Ttl = TimeSpan.FromSeconds(20 + (number % 20)),
                DecidedAt = now,
                ChangedAt = now,
            },
        };
    }

    public static CaseCommit Commit(IEnumerable<PlannedAction> planned) =>
        new() { ScoredOffsets = new Dictionary<int, long>(), Actions = [.. planned] };
}
