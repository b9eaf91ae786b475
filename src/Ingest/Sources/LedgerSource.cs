using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using SentinelHealth.Ingest.Ledgers;

namespace SentinelHealth.Ingest.Sources;

/// <summary>
/// Follows a ledger of any kind: every block up to the confirmed head, from any of its endpoints, with forks, gaps and
/// disagreeing endpoints as events of their own.
/// </summary>
/// <remarks>
/// The position moves only after the intake has made a range durable, so a crash repeats at most one range, and the intake's
/// deduplication on (source, id) removes the repeat. Whatever fails is tried at the next endpoint at once, and when all have
/// failed again after growing, jittered waits, for as long as it takes; <see cref="Health"/> shows it.
/// </remarks>
public sealed class LedgerSource : ISource, IDisposable
{
    private const int RecordsPerBatchMax = 1_000;
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(250);

    private readonly LedgerSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LedgerEndpoints _endpoints;
    private readonly EndpointAgreement _agreement;
    private readonly LedgerFinding _findings;
    private readonly LedgerRange _range;
    private readonly LedgerProgress _progress;
    private readonly LedgerCheckpointFile _file;
    private readonly ResiliencePipeline _retry;
    private LedgerCheckpoint? _checkpoint;
    private DateTimeOffset _comparedAt = DateTimeOffset.MinValue;
    private int _gapsInARow;
    private string _fault = "";

    /// <summary>Makes a source. Nothing is read until it runs.</summary>
    /// <param name="options">How to follow the ledger.</param>
    /// <param name="endpoints">Its endpoints, the preferred one first; disposed of with the source.</param>
    /// <param name="clock">Times waits and stamps findings.</param>
    /// <param name="logger">Told of faults, forks and failovers.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there is no endpoint.</exception>
    public LedgerSource(
        LedgerSourceOptions options, IReadOnlyList<ILedgerReader> endpoints, TimeProvider clock, ILogger<LedgerSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentOutOfRangeException.ThrowIfZero(endpoints.Count, nameof(endpoints));
        options.Validate();
        (_options, _clock, _logger) = (options, clock, logger);
        _endpoints = new LedgerEndpoints(endpoints);
        _agreement = new EndpointAgreement(options.EndpointLagBlocksMax);
        _findings = new LedgerFinding(options.Chain, options.ObserverNode);
        _range = new LedgerRange(options.BlocksPerRangeMax);
        _progress = new LedgerProgress(clock);
        _file = new LedgerCheckpointFile(options.CheckpointPath);
        _retry = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(RetryOptions()).Build();
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public SourceHealth Health => new(Volatile.Read(ref _fault), _progress.Read());

    /// <summary>The last block whose events are durable; -1 before the first. Readable from any thread.</summary>
    public long LastBlock => Volatile.Read(ref _checkpoint)?.Last?.Number ?? -1;

    /// <summary>Confirmed blocks not read yet, as of the last look. Readable from any thread.</summary>
    public long LagBlocks => _progress.LagBlocks;

    /// <inheritdoc/>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        while (true)
        {
            var hasMore = await _retry.ExecuteAsync(async token => await StepAsync(intake, token), cancel);
            if (_fault.Length > 0)
                _logger.LedgerReadable(Name, LastBlock, _endpoints.Current.Endpoint);
            Volatile.Write(ref _fault, "");
            // More may be waiting after a full range, so the head is looked at again at once.
            if (!hasMore)
                await _endpoints.Current.WaitForNewsAsync(_options.PollInterval, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _endpoints.Dispose();

    /// <summary>The one place where this source's faults end: endpoint, disk and intake alike are retried until stopped.</summary>
    private RetryStrategyOptions RetryOptions() => new()
    {
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is { } fault and not OutOfMemoryException
            && !(fault is OperationCanceledException && args.Context.CancellationToken.IsCancellationRequested)),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = RetryFirst < _options.RetryWaitMax ? RetryFirst : _options.RetryWaitMax,
        MaxDelay = _options.RetryWaitMax,
        // The other endpoints are asked before anybody waits.
        DelayGenerator = args => ValueTask.FromResult(
            args.AttemptNumber + 1 < _endpoints.Count ? TimeSpan.Zero : (TimeSpan?)null),
        OnRetry = args =>
        {
            var fault = args.Outcome.Exception!;
            var failed = _endpoints.Current.Endpoint;
            if (args.AttemptNumber == 0)
                _logger.LedgerUnreadable(fault, Name, LastBlock, failed);
            _endpoints.MoveOn();
            Volatile.Write(ref _fault, $"{failed}: {fault.Message} Next attempt at {_endpoints.Current.Endpoint} in {args.RetryDelay.TotalSeconds:0.#} s.");
            return ValueTask.CompletedTask;
        },
    };

    /// <summary>Reads at most one range. True when there may be more at once.</summary>
    private async ValueTask<bool> StepAsync(IIntake intake, CancellationToken cancel)
    {
        var checkpoint = _checkpoint ?? await LoadAsync(cancel);
        // What was being handed over when a process died may have been: if the ledger has left it since, that is to be told as well.
        var shown = checkpoint.AsShown();
        long[] asked = shown.Last is { } last ? [last.Number] : [];
        var (head, standing) = await _endpoints.Current.LookAsync(asked, cancel);
        if (shown.Last is { } expected)
        {
            if (standing[0]?.Hash != expected.Hash
                && await LedgerFork.FindAsync(_endpoints.Current, shown, head, cancel) is { } fork)
            {
                await FollowForkAsync(intake, checkpoint, fork, cancel);
                return true;
            }
            if (_endpoints.Count > 1 && _clock.GetUtcNow() - _comparedAt >= _options.AgreementInterval)
                await CompareAsync(intake, expected, cancel);
        }
        var next = checkpoint.Last is { } read ? read.Number + 1 : _options.FirstBlock;
        var confirmed = head - _options.ConfirmationBlocks;
        _progress.Looked(next - _options.FirstBlock, confirmed - _options.FirstBlock + 1);
        if (next > confirmed)
            return false;
        await ReadRangeAsync(intake, checkpoint, next, confirmed, cancel);
        return LagBlocks > 0;
    }

    private async Task ReadRangeAsync(
        IIntake intake, LedgerCheckpoint checkpoint, long from, long confirmed, CancellationToken cancel)
    {
        var range = await FetchAsync(intake, checkpoint, from, confirmed, cancel);
        if (checkpoint.Last is { } last && range[0].Header.ParentHash != last.Hash)
            throw new LedgerAnswerException("The chain changed while a range was read; the next look finds where.");
        var transactions = range.SelectMany(block => block.Transactions).ToList();
        if (transactions.Exists(transaction => transaction.Records.Count > 0))
            Move(checkpoint = checkpoint.HandingOver([.. range.Select(block => block.Header)]));
        foreach (var batch in transactions.SelectMany(transaction => transaction.Records).Chunk(RecordsPerBatchMax))
            await intake.AcceptAsync(Name, batch, cancel);
        Move(checkpoint.After([.. range.Select(block => block.Header)]));
        LedgerMetrics.Read(Name, range.Count, transactions);
        _progress.Read(range.Count);
    }

    /// <summary>Asks for as many blocks as the endpoint can answer at once.</summary>
    private async Task<IReadOnlyList<LedgerBlock>> FetchAsync(
        IIntake intake, LedgerCheckpoint checkpoint, long from, long confirmed, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var range = await _endpoints.Current.ReadAsync(from, Math.Min(confirmed, from + _range.Blocks - 1), cancel);
                _range.Succeeded();
                _gapsInARow = 0;
                return range;
            }
            catch (LedgerGapException gap) when (gap.Block == from && ++_gapsInARow >= _endpoints.Count)
            {
                // Told once: the intake knows the identifier. Reading waits here, because skipping would lose blocks in silence.
                _logger.LedgerHasGap(Name, from);
                await intake.AcceptAsync(Name, [_findings.Gap(checkpoint.Last, from, confirmed, _clock.GetUtcNow())], cancel);
                throw;
            }
            catch (Exception fault) when (
                fault is not OutOfMemoryException && !cancel.IsCancellationRequested
                && !(fault is LedgerGapException gap && gap.Block == from) && _range.TryShrink())
            {
                // The same blocks again, fewer at once; a range of one that fails goes to the retry.
            }
        }
    }

    /// <summary>Another endpoint may still be on the path that was read: then this one left it, not the ledger.</summary>
    private async Task FollowForkAsync(IIntake intake, LedgerCheckpoint checkpoint, LedgerFork fork, CancellationToken cancel)
    {
        if (_endpoints.Count > 1)
        {
            var opinions = await CompareAsync(intake, fork.Expected, cancel);
            if (EndpointAgreement.Better(fork.Expected, opinions) is { } other)
            {
                _endpoints.Use(other);
                return;
            }
            if (!EndpointAgreement.IsMajority(opinions))
                throw new LedgerAnswerException(
                    $"It has another block {fork.Expected.Number} than the one read, and too few others answer to say which is the ledger's.");
        }
        await intake.AcceptAsync(Name, [_findings.Reorganization(fork)], cancel);
        _logger.LedgerReorganized(Name, fork.Expected.Number, fork.Depth);
        var genesis = await LedgerFork.ReadGenesisAsync(_endpoints.Current, cancel);
        Move(checkpoint.BackTo(fork.Ancestor) with { GenesisHash = genesis });
        _agreement.Restart();
    }

    private async Task<IReadOnlyList<LedgerOpinion>> CompareAsync(IIntake intake, LedgerBlockRef read, CancellationToken cancel)
    {
        var opinions = await _endpoints.AskAsync(read.Number, cancel);
        _comparedAt = _clock.GetUtcNow();
        var isReadSomewhere = EndpointAgreement.Better(read, opinions) is not null;
        // When nobody has the block the ledger itself moved, and no endpoint is to blame.
        foreach (var change in isReadSomewhere ? _agreement.Compare(read, opinions) : [])
            await TellAsync(intake, read, change, cancel);
        if (_agreement.IsInTrouble(_endpoints.Current) && EndpointAgreement.Better(read, opinions) is { } better)
            _endpoints.Use(better);
        return opinions;
    }

    private async Task TellAsync(IIntake intake, LedgerBlockRef read, EndpointChange change, CancellationToken cancel)
    {
        var name = change.Endpoint.Endpoint;
        if (change.Other is { } other)
            _logger.EndpointForked(Name, name, other.Number);
        else
            _logger.EndpointLags(Name, name, change.LagBlocks);
        await intake.AcceptAsync(Name, [change.Other is { } block
            ? _findings.EndpointFork(name, read, block.Hash, block.At)
            : _findings.EndpointLag(name, change.Head, change.LagBlocks, _clock.GetUtcNow())], cancel);
    }

    private async Task<LedgerCheckpoint> LoadAsync(CancellationToken cancel)
    {
        var checkpoint = _file.Load() ?? new LedgerCheckpoint(await LedgerFork.ReadGenesisAsync(_endpoints.Current, cancel), []);
        Volatile.Write(ref _checkpoint, checkpoint);
        return checkpoint;
    }

    private void Move(LedgerCheckpoint checkpoint)
    {
        _file.Save(checkpoint);
        Volatile.Write(ref _checkpoint, checkpoint);
    }
}
