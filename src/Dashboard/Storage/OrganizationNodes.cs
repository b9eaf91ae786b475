using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Which nodes are whose. What somebody limited to organizations sees is told by the nodes it touches.</summary>
internal static class OrganizationNodes
{
    /// <summary>The nodes of organizations as the network names them now.</summary>
    public static async ValueTask<HashSet<string>> OfAsync(
        IMonitorStatus monitor, IReadOnlyList<string> organizations, CancellationToken cancel) =>
        [.. (await monitor.NetworkAsync(cancel)).Nodes
            .Where(node => organizations.Contains(node.Organization, StringComparer.Ordinal)).Select(node => node.Id)];
}
