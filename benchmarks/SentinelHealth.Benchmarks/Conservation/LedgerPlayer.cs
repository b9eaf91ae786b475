using System.Globalization;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>Acts on the node: sends transactions, restarts it, lets it lose its newest blocks, and rewrites its history.</summary>
internal sealed class LedgerPlayer(AnvilNetwork network, Random random)
{
    private const int TransactionsPerStepMax = 8, RewritesMax = 12;
    private static readonly EvmAddress Doctor = EvmAddress.Parse("0x00000000000000000000000000000000000d0c70");

    private readonly HashSet<string> _sent = [];
    private int _next;
    private long _heightMax;
    private long _startedAt;

    /// <summary>Hashes of all transactions ever sent, of whichever history.</summary>
    public IReadOnlyCollection<string> Sent => _sent;

    /// <summary>Transactions that were sent, lost with their history, and sent again as the same transaction.</summary>
    public int SentAgain { get; private set; }

    public JsonRpcClient Rpc => network.Node.Rpc;

    /// <summary>Sends a few transactions, one block each; gives back the last one's hash.</summary>
    public async Task<string> ActAsync()
    {
        var hash = "";
        for (var i = random.Next(1, TransactionsPerStepMax + 1); i > 0; i--)
            hash = await SendAsync(_next++);
        return hash;
    }

    /// <summary>Asked to end, it writes its state down, and takes it up again.</summary>
    public async Task RestartAsync()
    {
        await network.Node.StopAsync();
        await Task.Delay(random.Next(400), CancellationToken.None);
        await network.Node.RestartAsync();
        _startedAt = await HeightAsync();
    }

    /// <summary>Killed, it comes back as it was when it last wrote its state down: the blocks since are gone, and others take their place.</summary>
    public async Task CrashAsync()
    {
        await NoteHeightAsync();
        await network.Node.KillAsync();
        await Task.Delay(random.Next(400), CancellationToken.None);
        await network.Node.RestartAsync();
        _startedAt = await HeightAsync();
    }

    /// <summary>History since a moment ago is replaced: some of its transactions come again, others do not.</summary>
    /// <param name="seen">Awaited with the newest transaction before the history changes.</param>
    public async Task RevertAsync(Func<string, Task> seen)
    {
        var snapshot = (await Rpc.CallAsync("evm_snapshot", CancellationToken.None)).GetString();
        var first = _next;
        await seen(await ActAsync());
        await NoteHeightAsync();
        await Rpc.CallAsync("evm_revert", CancellationToken.None, snapshot);
        // A later time makes other blocks of the same transactions; otherwise nothing would have changed.
        await Rpc.CallAsync("evm_increaseTime", CancellationToken.None, 7L);
        // The same sender, number and content are the same transaction, in another block.
        for (var number = first; number < _next && random.Next(3) > 0; number++)
            await SendAsync(number);
        await ActAsync();
    }

    /// <summary>The node replaces its newest blocks by empty ones.</summary>
    /// <param name="seen">Awaited with the newest transaction before the history changes.</param>
    public async Task ReorganizeAsync(Func<string, Task> seen)
    {
        await seen(await ActAsync());
        await NoteHeightAsync();
        // The node can take back only what it mined since it was started.
        var depth = Math.Min(random.Next(1, RewritesMax), await HeightAsync() - _startedAt);
        await Rpc.CallAsync("anvil_reorg", CancellationToken.None, depth, Array.Empty<object>());
        await ActAsync();
    }

    /// <summary>The ledger ends higher than any history before it: until then a monitor cannot tell one that is behind from another one.</summary>
    public async Task<string> EndAsync()
    {
        await RiseAsync();
        return await ActAsync();
    }

    /// <summary>Mines until the ledger is higher than it ever was.</summary>
    public async Task RiseAsync()
    {
        if (await HeightAsync() is var height && height <= _heightMax)
            await network.Node.MineAsync((int)(_heightMax - height) + 1);
    }

    public async Task<long> HeightAsync() =>
        Hex.ToLong((await Rpc.CallAsync("eth_blockNumber", CancellationToken.None)).GetString());

    private async Task NoteHeightAsync() => _heightMax = Math.Max(_heightMax, await HeightAsync());

    private async Task<string> SendAsync(int number)
    {
        var receipt = await network.SendAnywayAsync(
            Doctor, "AccessRegistry", "recordAccess", "node:hospital-a-1", "patient:9f3c", "TREAT", null, null,
            string.Create(CultureInfo.InvariantCulture, $"r-{number}"), "imaging", null);
        if (!receipt.IsSuccess)
            throw new InvalidOperationException("A transaction of the run was reverted.");
        SentAgain += _sent.Add(receipt.TransactionHash) ? 0 : 1;
        return receipt.TransactionHash;
    }
}
