using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Ingest.Sources;

/// <summary>
/// Reads a ledger straight from a node: every block up to the confirmed head, with its receipts, so that reverted attempts are
/// seen as well as what contracts emit.
/// </summary>
/// <remarks>
/// The position moves only after the intake has made a range durable, so a crash repeats at most one range, and the intake's
/// deduplication on (source, id) removes the repeat. A chain that leaves a path already read becomes an event of its own and is
/// read again from the common ancestor. Whatever fails is retried with growing waits and shown in <see cref="Fault"/>.
/// </remarks>
public sealed class EvmLedgerSource : ISource, IDisposable
{
    private const int RecordsPerBatchMax = 1_000;

    private readonly EvmLedgerSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly JsonRpcClient _rpc;
    private readonly EvmBlockReader _blocks;
    private readonly EvmEventDecoder _decoder;
    private readonly EvmCursorFile _file;
    private EvmCursor? _cursor;

    /// <summary>Makes a source. Nothing is read until it runs.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public EvmLedgerSource(EvmLedgerSourceOptions options, TimeProvider clock, ILogger<EvmLedgerSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _clock = clock;
        _logger = logger;
        _rpc = new JsonRpcClient(options.Node);
        _blocks = new EvmBlockReader(_rpc);
        _decoder = new EvmEventDecoder(options.Chain, options.Contracts.Select(pair =>
            KeyValuePair.Create(EvmAddress.Parse(pair.Value), ContractAbi.Load(pair.Key))));
        _file = new EvmCursorFile(options.CursorPath);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>The last fault and its retry, for people; empty when well. Readable from any thread.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The last block whose events are durable; -1 before the first. Readable from any thread.</summary>
    public long LastBlock => Volatile.Read(ref _cursor)?.Last?.Number ?? -1;

    /// <summary>Confirmed blocks not read yet, as of the last look. Readable from any thread.</summary>
    public long LagBlocks { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        var backoff = new BackoffSchedule(_options.PollInterval, _options.RetryWaitMax);
        while (!cancel.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                // More may be waiting after a full range, so the head is looked at again at once.
                wait = await StepAsync(intake, cancel) ? TimeSpan.Zero : _options.PollInterval;
                if (Fault.Length > 0)
                    _logger.LedgerReadable(Name, LastBlock);
                Fault = "";
                backoff.Succeeded();
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested && fault is not OutOfMemoryException)
            {
                // The one place where this source's faults end: node, disk and intake alike are retried until stopped.
                wait = backoff.Failed();
                Fault = $"{fault.Message} Next attempt in {wait.TotalSeconds:0.#} s.";
                if (backoff.FailureCount == 1)
                    _logger.LedgerUnreadable(fault, Name, LastBlock);
            }
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancel.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();

    /// <summary>Reads at most one range. True when there may be more at once.</summary>
    private async Task<bool> StepAsync(IIntake intake, CancellationToken cancel)
    {
        var cursor = _cursor ?? await LoadAsync(cancel);
        long[] asked = cursor.Last is { } last ? [last.Number] : [];
        var (head, standing) = await _blocks.ReadHeadersAsync(asked, cancel);
        if (cursor.Last is { } expected && standing[0]?.Hash != expected.Hash
            && await FindForkAsync(cursor, head, cancel) is { } fork)
        {
            var told = EvmBlockRecords.Reorganization(_options.Chain, _options.ObserverNode, fork);
            await intake.AcceptAsync(Name, [told], cancel);
            _logger.LedgerReorganized(Name, expected.Number, fork.Depth);
            var genesis = await ReadGenesisAsync(cancel);
            Move(cursor.BackTo(fork.Ancestor) with { GenesisHash = genesis });
            return true;
        }
        var next = cursor.Last is { } read ? read.Number + 1 : _options.FirstBlock;
        var confirmed = head - _options.ConfirmationBlocks;
        LagBlocks = Math.Max(0, confirmed - next + 1);
        if (next > confirmed)
            return false;
        await ReadRangeAsync(intake, cursor, next, Math.Min(confirmed, next + _options.BlocksPerRangeMax - 1), cancel);
        return LagBlocks > 0;
    }

    private async Task ReadRangeAsync(IIntake intake, EvmCursor cursor, long from, long to, CancellationToken cancel)
    {
        var range = await _blocks.ReadAsync(from, to, cancel);
        if (cursor.Last is { } last && range[0].Block.ParentHash != last.Hash)
            throw new EvmFormatException("The chain changed while a range was read; the next look finds where.");
        foreach (var batch in range.SelectMany(content => EvmBlockRecords.Of(content, _decoder)).Chunk(RecordsPerBatchMax))
            await intake.AcceptAsync(Name, batch, cancel);
        Move(range.Aggregate(cursor, (at, content) => at.After(content.Block)));
        LagBlocks -= range.Count;
    }

    /// <summary>Where the chain left the path that was read; null when it did not and the node is merely behind.</summary>
    private async Task<EvmFork?> FindForkAsync(EvmCursor cursor, long head, CancellationToken cancel)
    {
        var last = cursor.Last!.Value;
        var numbers = cursor.Kept.Select(block => block.Number).Where(number => number <= head).ToArray();
        var asked = numbers.Append(Math.Min(head, last.Number)).ToArray();
        var (_, blocks) = await _blocks.ReadHeadersAsync(asked, cancel);
        var observed = blocks[^1] ?? throw new EvmFormatException("The node does not have its own newest block.");
        EvmBlockRef? ancestor = null;
        foreach (var block in blocks.OfType<EvmBlock>().Where(block => cursor.HashAt(block.Number) == block.Hash))
            ancestor = new(block.Number, block.Hash);
        var isBehind = head < last.Number
            && (ancestor?.Number == head
                || (numbers.Length == 0 && await ReadGenesisAsync(cancel) == cursor.GenesisHash));
        if (isBehind)
            throw new EvmFormatException($"The node is at block {head}, behind block {last.Number} that was read before.");
        var depth = last.Number - (ancestor?.Number ?? cursor.Kept[0].Number - 1);
        return depth == 0 ? null : new EvmFork(last, observed.Hash, observed.At, ancestor, depth);
    }

    private async Task<EvmCursor> LoadAsync(CancellationToken cancel)
    {
        var cursor = _file.Load() ?? new EvmCursor(await ReadGenesisAsync(cancel), []);
        Volatile.Write(ref _cursor, cursor);
        return cursor;
    }

    private async Task<string> ReadGenesisAsync(CancellationToken cancel)
    {
        var (_, blocks) = await _blocks.ReadHeadersAsync([0], cancel);
        return blocks[0]?.Hash ?? throw new EvmFormatException("The node has no block 0.");
    }

    private void Move(EvmCursor cursor)
    {
        _file.Save(cursor);
        Volatile.Write(ref _cursor, cursor);
    }
}
