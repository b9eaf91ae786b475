using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>A call that is to be on the chain once.</summary>
/// <param name="To">The contract.</param>
/// <param name="Data">Calldata.</param>
/// <param name="Key">What it is known by: 32 bytes that are part of the calldata.</param>
internal sealed record EvmCall(EvmAddress To, byte[] Data, byte[] Key);

/// <summary>A call on its way to a block, under one number of its account; sent again under the same number when it sticks.</summary>
/// <remarks>Changed by its outbox alone, under the outbox's lock.</remarks>
internal sealed class EvmTransit(EvmCall call, long nonce, long gasPriceWei, long sentAt)
{
    /// <summary>Sent so often at most; the price has long reached its limit by then.</summary>
    public const int HashesMax = 16;

    public EvmCall Call { get; } = call;

    public long Nonce { get; } = nonce;

    public long GasPriceWei { get; set; } = gasPriceWei;

    /// <summary>When it was sent last, as the clock's timestamp.</summary>
    public long SentAt { get; set; } = sentAt;

    /// <summary>Every transaction it was sent as; the number lets one of them into a block.</summary>
    public IReadOnlyList<string> Hashes { get; private set; } = [];

    public void Add(string hash)
    {
        if (!Hashes.Contains(hash) && Hashes.Count < HashesMax)
            Hashes = [.. Hashes, hash];
    }
}
