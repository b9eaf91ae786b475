namespace SentinelHealth.Ingest.Evm;

/// <summary>Whether a node is asked to say when it has a new block.</summary>
public enum EvmNoticeMode
{
    /// <summary>Asked at the WebSocket address, or at the node's own when none is given; polled while it does not answer there. Default.</summary>
    WhereOffered,

    /// <summary>Never asked, only polled.</summary>
    Never,
}

/// <summary>One node of a network.</summary>
public sealed record EvmEndpoint
{
    /// <summary>Where its JSON-RPC is.</summary>
    public required JsonRpcOptions Node { get; init; }

    /// <summary>Where it takes WebSocket connections; null for its JSON-RPC address, as some nodes have one port for both.</summary>
    public Uri? WebSocket { get; init; }

    /// <summary>Whether it is asked for notices. Default <see cref="EvmNoticeMode.WhereOffered"/>.</summary>
    public EvmNoticeMode Notices { get; init; } = EvmNoticeMode.WhereOffered;

    /// <summary>Where notices are asked for.</summary>
    internal Uri NoticeAddress => WebSocket
        ?? new UriBuilder(Node.Endpoint) { Scheme = Node.Endpoint.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        Node.Validate();
        if (WebSocket is not null && !(WebSocket.IsAbsoluteUri && WebSocket.Scheme is "ws" or "wss"))
            throw new ArgumentException("A node's WebSocket is an absolute ws or wss address.");
    }
}
