using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Triage;

/// <summary>Which alerts somebody works on who is limited to organizations: those that touch a node of theirs. Immutable.</summary>
/// <remarks>A fence without nodes lets nothing through. It is made of ordinary conditions, so every store that reads queries keeps it.</remarks>
public sealed class TriageFence
{
    /// <summary>Most nodes a fence knows (I7); alerts of more are not shown.</summary>
    public const int NodesMax = 2_000;

    // Conditions joined in one level: a store's expressions may only be so deep.
    private const int JoinedMax = 64;

    private readonly QueryNode _touching, _beyond;

    /// <summary>A fence around organizations.</summary>
    /// <param name="organizations">Theirs.</param>
    /// <param name="nodeIds">The organizations' nodes as they are known now.</param>
    public TriageFence(IReadOnlyList<string> organizations, IReadOnlyList<string> nodeIds)
    {
        ArgumentNullException.ThrowIfNull(nodeIds);
        Organizations = organizations ?? throw new ArgumentNullException(nameof(organizations));
        NodeIds = [.. nodeIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(NodesMax)];
        var group = AlertFields.Schema.FindGroup("entities")!;
        var isNode = Is(group.Fields[0], PublishedName.Of(EntityType.Node));
        var isTheirs = AnyOf(group.Fields[1]);
        // An index knows who is in which alert; it does not know of what kind, and an actor may be named like a node.
        _touching = new QueryAnd([AnyOf(AlertFields.Schema.Find("entity")!), new QueryNested(group.Name, new QueryAnd([isNode, isTheirs]))]);
        _beyond = new QueryNested(group.Name, new QueryAnd([isNode, new QueryNot(isTheirs)]));
    }

    /// <summary>The organizations.</summary>
    public IReadOnlyList<string> Organizations { get; }

    /// <summary>Their nodes, in order.</summary>
    public IReadOnlyList<string> NodeIds { get; }

    /// <summary>What a query finds among alerts that touch a node of theirs.</summary>
    public QueryNode Around(QueryNode query) => new QueryAnd([_touching, query]);

    /// <summary>What a query finds among alerts that touch a node of theirs and of nobody else: what they may keep from everyone's queue.</summary>
    public QueryNode Inside(QueryNode query) => new QueryAnd([_touching, new QueryNot(_beyond), query]);

    /// <summary>Whether an order or suppression is of their organizations alone. One without organizations is of all.</summary>
    public bool Admits(IReadOnlyList<string> organizations)
    {
        ArgumentNullException.ThrowIfNull(organizations);
        return organizations.Count > 0 && organizations.All(name => Organizations.Contains(name, StringComparer.Ordinal));
    }

    private QueryNode AnyOf(QueryField field) =>
        Either([.. NodeIds.Chunk(JoinedMax).Select(ids => Either([.. ids.Select(QueryNode (id) => Is(field, id))]))]);

    private static QueryNode Either(IReadOnlyList<QueryNode> parts) => parts.Count switch
    {
        0 => new QueryNot(new QueryAll()),
        1 => parts[0],
        _ => new QueryOr(parts),
    };

    private static QueryIs Is(QueryField field, string value) => new QueryIs(field, new QueryPattern([value]));
}
