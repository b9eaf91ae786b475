using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Monitoring;

/// <summary>The nodes seen in events. Bounded: beyond the limit new nodes are counted but not listed. Not thread-safe.</summary>
internal sealed class NodeTable(int nodesMax)
{
    // A node is silent when it says nothing for twenty of its usual gaps, and never before five minutes.
    private const double SilentGaps = 20;
    private const double GapWeight = 0.05;
    private static readonly TimeSpan SilentMin = TimeSpan.FromMinutes(5);

    private readonly Dictionary<ulong, Node> _nodes = [];

    public DateTimeOffset? NewestEventAt { get; private set; }

    /// <summary>Events of nodes that were not listed because the table was full.</summary>
    public long Unlisted { get; private set; }

    public void Observe(SentinelEvent observed)
    {
        if (NewestEventAt is not { } newest || observed.OccurredAt > newest)
            NewestEventAt = observed.OccurredAt;
        var key = observed.Key(TextField.Node);
        if (!_nodes.TryGetValue(key, out var node))
        {
            if (_nodes.Count >= nodesMax)
            {
                Unlisted++;
                return;
            }
            _nodes.Add(key, node = new Node(observed.TextOf(TextField.Node)));
        }
        node.Observe(observed);
    }

    public IEnumerable<NodeStatus> Read(IReadOnlySet<string> validators, IReadOnlySet<string> quarantined) =>
        _nodes.Values.OrderBy(node => node.Id, StringComparer.Ordinal).Select(node => new NodeStatus(
            node.Id, node.Organization, node.LastSeenAt, node.Events, validators.Contains(node.Id), quarantined.Contains(node.Id),
            node.IsSilentAt(NewestEventAt!.Value)));

    private sealed class Node(string id)
    {
        private ulong _organizationKey;
        private double _gapSeconds;

        public string Id { get; } = id;

        public string Organization { get; private set; } = "";

        public DateTimeOffset LastSeenAt { get; private set; }

        public long Events { get; private set; }

        public void Observe(SentinelEvent observed)
        {
            var organization = observed.Key(TextField.Organization);
            if (organization != 0 && organization != _organizationKey)
                (_organizationKey, Organization) = (organization, observed.TextOf(TextField.Organization));
            if (Events++ == 0)
            {
                LastSeenAt = observed.OccurredAt;
            }
            else if (observed.OccurredAt > LastSeenAt)
            {
                var gap = (observed.OccurredAt - LastSeenAt).TotalSeconds;
                _gapSeconds = Events == 2 ? gap : _gapSeconds + (GapWeight * (gap - _gapSeconds));
                LastSeenAt = observed.OccurredAt;
            }
        }

        /// <summary>One event makes no habit, so such a node is never silent.</summary>
        public bool IsSilentAt(DateTimeOffset now) =>
            Events > 1 && now - LastSeenAt > SilentMin && (now - LastSeenAt).TotalSeconds > SilentGaps * _gapSeconds;
    }
}
