using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Telemetry;

/// <summary><c>/metrics</c>, for a collector with a token of the role <c>metrics</c>.</summary>
internal static class MetricsEndpoint
{
    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", TellAsync).RequireAuthorization(Policies.Measure).ExcludeFromDescription();

    private static async Task<ContentHttpResult> TellAsync(
        MetricsBook book, IMonitorStatus monitor, TimeProvider time, IServiceProvider services, CancellationToken cancel)
    {
        var now = Gauges(await monitor.NetworkAsync(cancel), time.GetUtcNow());
        return TypedResults.Text(book.Write(now.Concat(Lead(services.GetService<ILeadership>()))), MediaType);
    }

    /// <summary>Nothing for a process that never carries anything out.</summary>
    private static IEnumerable<(string Name, string Help, string Labels, double Value)> Lead(ILeadership? leadership)
    {
        if (leadership is not (null or NoLeadership))
            yield return ("sentinel_leads", "1 while this process carries decisions out, 0 while it stands by.", "",
                leadership.IsLeader ? 1 : 0);
    }

    /// <summary>What is true at this moment, rather than counted.</summary>
    private static IEnumerable<(string Name, string Help, string Labels, double Value)> Gauges(
        NetworkSnapshot network, DateTimeOffset now)
    {
        yield return ("sentinel_ingest_lag_events", "Events in the log that are not scored yet.", "",
            Math.Max(0, network.LogEndOffset - network.ScoredOffset));
        foreach (var partition in network.Partitions)
        {
            var label = MetricsBook.Label("partition", partition.Partition.ToString(CultureInfo.InvariantCulture));
            yield return ("sentinel_partition_lag_events", "Entries of a partition that are not scored yet.", label, partition.Lag);
            yield return ("sentinel_partition_up", "1 while a partition is read and scored without a fault.", label,
                partition.Fault.Length == 0 ? 1 : 0);
        }
        if (network.NewestEventAt is { } newest)
            yield return ("sentinel_ingest_lag_seconds", "Age of the newest event that was scored.", "", Math.Max(0, (now - newest).TotalSeconds));
        yield return ("sentinel_conservation_imbalance", "Records received and not accounted for; always 0.", "", network.Conservation.Imbalance);
        if (network.Ledger is { } head)
            yield return ("sentinel_ledger_head_block", "Newest block of the ledger.", MetricsBook.Label("ledger", head.Name), head.Block);
        foreach (var source in network.Sources)
        {
            yield return ("sentinel_source_up", "1 while a source has no fault.", MetricsBook.Label("source", source.Name), source.Fault.Length == 0 ? 1 : 0);
            if (source.Progress is { Unit: "blocks" } progress)
                yield return ("sentinel_ledger_head_lag_blocks", "Blocks that are not read yet.",
                    MetricsBook.Label("source", source.Name), Math.Max(0, progress.Total - progress.Done));
        }
        foreach (var node in network.Nodes.Where(node => node.IsSilent || node.IsQuarantined))
            yield return ("sentinel_node_standing", "Nodes that are silent or quarantined.",
                $"{MetricsBook.Label("node", node.Id)},{MetricsBook.Label("standing", node.IsQuarantined ? "quarantined" : "silent")}", 1);
    }
}
