using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>Which events somebody searches who is limited to organizations: those that a node of theirs reported. Immutable.</summary>
/// <remarks>A fence without nodes lets nothing through. It is an ordinary condition, so archive and search engine keep it alike.</remarks>
public sealed class HuntFence
{
    /// <summary>Most nodes a fence knows (I7); events of more are not shown.</summary>
    public const int NodesMax = 2_000;

    private readonly QueryNode _reported;

    /// <summary>A fence around nodes.</summary>
    /// <param name="nodeIds">The organizations' nodes as they are known now.</param>
    public HuntFence(IReadOnlyList<string> nodeIds)
    {
        ArgumentNullException.ThrowIfNull(nodeIds);
        NodeIds = [.. nodeIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(NodesMax)];
        var node = EventFields.Asking(TextField.Node);
        _reported = NodeIds.Count switch
        {
            0 => new QueryNot(new QueryAll()),
            1 => Is(node, NodeIds[0]),
            _ => new QueryOr([.. NodeIds.Select(QueryNode (id) => Is(node, id))]),
        };
    }

    /// <summary>The nodes, in order.</summary>
    public IReadOnlyList<string> NodeIds { get; }

    /// <summary>What a query finds among events of these nodes.</summary>
    public QueryNode Around(QueryNode query) => new QueryAnd([_reported, query]);

    private static QueryIs Is(QueryField field, string value) => new QueryIs(field, new QueryPattern([value]));
}
