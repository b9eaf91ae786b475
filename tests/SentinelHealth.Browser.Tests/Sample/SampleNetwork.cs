using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>Six organizations, their nodes and what feeds the monitor.</summary>
internal static class SampleNetwork
{
    private static readonly (string Organization, int Nodes, int Validators)[] Members =
        [("hospital-a", 4, 2), ("hospital-b", 3, 2), ("lab-c", 3, 1), ("insurer-d", 2, 1), ("clinic-e", 5, 1),
            ("university-f", 2, 0)];

    public static IReadOnlyList<NodeStatus> Nodes(DateTimeOffset now, IReadOnlyList<ContainmentAction> actions)
    {
        var contained = actions.Where(action => action.State == ActionState.Confirmed).Select(action => action.Target.Id)
            .ToHashSet();
        var nodes = new List<NodeStatus>();
        foreach (var (organization, count, validators) in Members)
        {
            for (var i = 1; i <= count; i++)
            {
                var id = $"node:{organization}-{i}";
                var isSilent = id == "node:university-f-2";
                nodes.Add(new NodeStatus(id, organization, now.AddSeconds(isSilent ? -2_900 : -3 * i), 61_000 / (i + 1)
                    + organization.Length * 811,
                    i <= validators, contained.Contains(id), isSilent));
            }
        }
        return nodes;
    }

    public static IReadOnlyList<SourceStatus> Sources(DateTimeOffset now, long scored) =>
    [
        new("ledger consortium-1", now.AddSeconds(-2), scored * 2 / 3, ""),
        new("biometric queries", now.AddSeconds(-1), scored / 3, ""),
        new("fhir audit", now.AddMinutes(-14), 8_120, "The server answered 503; trying again in 30 seconds."),
    ];

    public static Incident Incident(string id, List<Alert> alerts)
    {
        var worst = alerts.MaxBy(alert => alert.Severity)!;
        return new Incident
        {
            Id = id,
            Version = alerts.Count,
            OpenedAt = alerts[0].At,
            LastAlertAt = alerts[^1].At,
            Severity = worst.Severity,
            Score = alerts.Max(alert => alert.Score),
            SourceCount = alerts.Select(alert => alert.Source).Distinct().Count(),
            Principal = worst.Entity,
            Entities = [.. alerts.SelectMany(alert => alert.RelatedEntities.Prepend(alert.Entity)).Prepend(worst.Entity)
                .Distinct().Take(24)],
            AlertIds = [.. alerts.Select(alert => alert.Id)],
            AlertCount = alerts.Count,
            Title = Title(id),
            Sources = [.. alerts.Select(alert => alert.Source).Distinct()],
            Tags = [.. alerts.SelectMany(alert => alert.Tags).Distinct()],
            IsBreakGlass = alerts.Any(alert => alert.IsBreakGlass),
        };
    }

    private static string Title(string id) => id switch
    {
        "inc-harvest" => "A nurse reads many patients without consent at night",
        "inc-probe" => "A matcher is being probed step by step",
        "inc-sybil" => "Four new nodes act as one",
        "inc-burst" => "A node answers three times its usual queries",
        "inc-clerk" => "A clerk works from a new country",
        _ => "Incident " + id,
    };
}
