namespace SentinelHealth.Ingest.Evm;

/// <summary>Where a node is and how long and how much it may answer.</summary>
public sealed record JsonRpcOptions
{
    /// <summary>The node's HTTP endpoint. No default: pointing at the wrong ledger must be impossible.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>How long one request may take, connecting included. Default 10 s, 100 ms to 5 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer in bytes. Default 64 MiB, 64 KiB to 1 GiB: a full block of large receipts must fit.</summary>
    public int ReplyBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException("A node's endpoint is an absolute http or https address.");
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5))
            throw new ArgumentException("A node's time limit lies between 100 ms and 5 min.");
        if (ReplyBytesMax is < 64 * 1024 or > 1024 * 1024 * 1024)
            throw new ArgumentException("A node's answer limit lies between 64 KiB and 1 GiB.");
    }
}
