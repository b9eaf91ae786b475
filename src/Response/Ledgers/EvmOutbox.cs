using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>
/// The transactions of one account. Each takes the account's next number, so several can wait for one block; one that sticks or was
/// dropped is sent again under its own number and at a higher price, so that it cannot come twice (I2).
/// </summary>
/// <remarks>
/// Safe from many threads. Nothing is kept over a restart: what the node still shows as waiting is taken over from it, and what a
/// number was used for is on the chain.
/// </remarks>
internal sealed class EvmOutbox(
    JsonRpcClient node, IEvmSigner signer, EvmAddress account, EvmLedgerOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>More waiting transactions than nodes keep for one account.</summary>
    public const int OpenMax = 64;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SortedDictionary<long, EvmTransit> _open = [];

    public EvmAddress Account => account;

    public void Dispose() => _gate.Dispose();

    /// <summary>Sends a call under the next number.</summary>
    /// <exception cref="LedgerUnavailableException">Too many are waiting.</exception>
    public async Task<EvmTransit> SendAsync(EvmCall call, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var (_, next) = await LookAsync(cancel);
            await TendAsync(cancel);
            if (_open.Count >= OpenMax)
                throw new LedgerUnavailableException($"{_open.Count} transactions of {account.Text} are waiting to be mined.");
            // A number of ours that the node has forgotten is still taken: its call goes out again under it.
            var nonce = _open.Count > 0 ? Math.Max(next, _open.Keys.Last() + 1) : next;
            var transit = new EvmTransit(call, nonce, options.GasPriceWei, clock.GetTimestamp());
            _open[nonce] = transit;
            await HandOverAsync(transit, cancel);
            return transit;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits for the receipt of a call, under whichever price it was mined; null when it has none in time or its number was used otherwise.</summary>
    public async Task<EvmReceipt?> WaitAsync(EvmTransit transit, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var isPassedBy = false;
        while (true)
        {
            var hashes = transit.Hashes;
            var replies = await node.BatchAsync(
                [.. hashes.Select(hash => new JsonRpcCall("eth_getTransactionReceipt", hash)), Count("latest")], cancel);
            foreach (var reply in replies.Take(hashes.Count).Where(reply => reply.Error is null))
            {
                if (EvmReceipt.Read(reply.Result) is { } receipt)
                    return receipt;
            }
            // Asked once more, because the number may have been used between the two questions.
            if (isPassedBy || clock.GetElapsedTime(started) >= options.ReceiptTimeout)
                return null;
            isPassedBy = Number(replies[^1]) > transit.Nonce;
            if (!isPassedBy && IsStuck(transit))
                await ReplaceAsync(transit, cancel);
            await Task.Delay(PollInterval, clock, cancel);
        }
    }

    /// <summary>
    /// Whether a call known by a key may still be mined. Answers yes when the node does not show what is waiting, because "no" would
    /// allow a second order. What sticks is sent again on the way.
    /// </summary>
    public async Task<bool> MayBePendingAsync(byte[] key, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var (mined, next) = await LookAsync(cancel);
            await TendAsync(cancel);
            var isOurs = _open.Values.Any(transit => transit.Call.Key.AsSpan().SequenceEqual(key)
                || transit.Call.Data.AsSpan().IndexOf(key) >= 0);
            // As many as wait are known by number, so nothing else is.
            return isOurs || next - mined > _open.Keys.Count(nonce => nonce < next);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task ReplaceAsync(EvmTransit transit, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            await LookAsync(cancel);
            if (_open.ContainsKey(transit.Nonce) && IsStuck(transit))
                await SendAgainAsync(transit, cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets what was mined and takes over what a process before this one left waiting; how many were mined and the next number.</summary>
    private async Task<(long Mined, long Next)> LookAsync(CancellationToken cancel)
    {
        var replies = await node.BatchAsync([Count("latest"), Count("pending"), new("eth_getBlockByNumber", "pending", true)], cancel);
        var (mined, next) = (Number(replies[0]), Number(replies[1]));
        foreach (var nonce in _open.Keys.Where(nonce => nonce < mined).ToList())
            _open.Remove(nonce);
        if (replies[2].Error is not null || EvmBlock.Read(replies[2].Result) is not { } pending)
            return (mined, next);
        foreach (var left in pending.Transactions.Where(left => left.From == account && left.To is not null))
        {
            if (left.Nonce is { } nonce && nonce >= mined && !_open.ContainsKey(nonce) && _open.Count < OpenMax)
            {
                var call = new EvmCall(left.To!.Value, left.Input, []);
                _open[nonce] = new EvmTransit(call, nonce, left.GasPriceWei ?? 0, clock.GetTimestamp());
                _open[nonce].Add(left.Hash);
            }
        }
        return (mined, next);
    }

    /// <summary>What sticks holds up every later number, so it is looked after whoever asks.</summary>
    private async Task TendAsync(CancellationToken cancel)
    {
        foreach (var transit in _open.Values.Where(IsStuck).ToList())
            await SendAgainAsync(transit, cancel);
    }

    private async Task SendAgainAsync(EvmTransit transit, CancellationToken cancel)
    {
        transit.GasPriceWei = HigherPrice(transit.GasPriceWei);
        try
        {
            await HandOverAsync(transit, cancel, isRepeated: true);
        }
        catch (JsonRpcErrorException)
        {
            // "Known already", "underpriced" or "number too low": the node has one under this number, which is all that is wanted.
            transit.SentAt = clock.GetTimestamp();
        }
    }

    private async Task HandOverAsync(EvmTransit transit, CancellationToken cancel, bool isRepeated = false)
    {
        transit.SentAt = clock.GetTimestamp();
        try
        {
            transit.Add(await signer.SendAsync(
                new(account, transit.Call.To, transit.Call.Data, transit.Nonce, options.GasMax, transit.GasPriceWei), cancel));
        }
        catch (JsonRpcErrorException) when (!isRepeated)
        {
            // Not taken, so its number is free. Without an answer it may have been taken, and stays.
            _open.Remove(transit.Nonce);
            throw;
        }
    }

    /// <summary>Twice as much, which is more than any node demands of a replacement, from a sixteenth of the limit up to the limit.</summary>
    private long HigherPrice(long priceWei)
    {
        const int firstOf = 16;
        var limit = options.GasPriceLimitWei;
        if (priceWei >= limit / 2)
            return Math.Max(priceWei, limit);
        return priceWei == 0 ? (limit / firstOf) + 1 : 2 * priceWei;
    }

    private bool IsStuck(EvmTransit transit) => clock.GetElapsedTime(transit.SentAt) >= options.StuckAfter;

    private JsonRpcCall Count(string block) => new("eth_getTransactionCount", account.Text, block);

    private static long Number(JsonRpcReply reply) => Hex.ToLong(reply.Value().GetString());
}
