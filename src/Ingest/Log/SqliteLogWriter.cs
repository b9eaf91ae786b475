using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Ingest.Log;

/// <summary>An append waiting for the writer. Its keys are worked out by whoever appends: the writer is one, they are many.</summary>
internal sealed class PendingAppend(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
{
    private readonly TaskCompletionSource<AppendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<EventEnvelope> Batch => batch;

    public UInt128[] Keys { get; } = [.. batch.Select(envelope => DedupeWindow.KeyOf(envelope.Source, envelope.Id))];

    public Task<AppendResult> Done => _done.Task;

    public AppendResult Outcome { get; set; }

    /// <summary>Gives an append up that nobody waits for any more; false once it must be committed.</summary>
    public bool TryAbandon() => cancel.IsCancellationRequested && _done.TrySetCanceled(cancel);

    public void Complete() => _done.TrySetResult(Outcome);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}

/// <summary>The one task that writes: takes all waiting appends into one transaction, so that they share one flush to the disk.</summary>
internal sealed class SqliteLogWriter : IAsyncDisposable
{
    /// <summary>Entries between two looks at the retention, and the most it removes in one commit.</summary>
    private const int TrimEvery = 2_048, TrimEntriesMax = 8_192;

    private readonly SqliteLogStore _store;
    private readonly SqliteEventLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly Channel<PendingAppend> _waiting;
    private readonly DedupeWindow _window;
    private readonly Action<long> _committed;
    private readonly List<UInt128> _newKeys = [];
    private readonly Task _running;
    private long _endOffset;
    private long _releasedOffset = -1;
    private long _trimmedAtOffset;
    private bool _isStateDoubtful;

    public SqliteLogWriter(SqliteLogStore store, SqliteEventLogOptions options, TimeProvider clock, Action<long> committed)
    {
        _store = store;
        _options = options;
        _clock = clock;
        _committed = committed;
        _window = new DedupeWindow(options.DedupeIdsMax);
        _waiting = Channel.CreateBounded<PendingAppend>(
            new BoundedChannelOptions(options.WaitingAppendsMax) { SingleReader = true });
        Reload();
        committed(_endOffset);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel)
    {
        var pending = new PendingAppend(batch, cancel);
        try
        {
            await _waiting.Writer.WriteAsync(pending, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteEventLog));
        }
        // Not cancelled from here on: the writer alone knows whether the batch is durable.
        return await pending.Done;
    }

    /// <summary>Allows retention to remove entries up to and including an offset.</summary>
    public void Release(long offset) => Interlocked.Exchange(ref _releasedOffset, offset);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
        _store.Dispose();
    }

    private async Task RunAsync()
    {
        var group = new List<PendingAppend>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            for (var entries = 0; entries < _options.CommitEntriesMax && _waiting.Reader.TryRead(out var next);)
            {
                if (next.TryAbandon())
                    continue;
                group.Add(next);
                entries += next.Batch.Count;
            }
            if (group.Count > 0)
                CommitAndAnswer(group);
            group.Clear();
        }
    }

    private void CommitAndAnswer(List<PendingAppend> group)
    {
        try
        {
            if (_isStateDoubtful)
                Reload();
            Commit(group);
            _committed(_endOffset);
            group.ForEach(static pending => pending.Complete());
        }
        catch (Exception failure)
        {
            // Whatever it was, each caller is told. A commit that failed late may still be on the disk: it is asked before going on.
            _isStateDoubtful = true;
            group.ForEach(pending => pending.Fail(failure));
        }
    }

    private void Commit(List<PendingAppend> group)
    {
        var receivedAtMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var offset = _endOffset;
        _newKeys.Clear();
        using (var transaction = _store.Begin())
        {
            foreach (var pending in group)
            {
                var before = offset;
                for (var i = 0; i < pending.Keys.Length; i++)
                {
                    // Whatever fails from here on makes the state doubtful, and then the window is read again.
                    if (!_window.TryAdd(pending.Keys[i]))
                        continue;
                    _store.Insert(transaction, ++offset, receivedAtMs, pending.Batch[i]);
                    _newKeys.Add(pending.Keys[i]);
                }
                var appended = (int)(offset - before);
                pending.Outcome = new AppendResult(appended, pending.Keys.Length - appended);
            }
            if (_newKeys.Count > 0)
                _store.InsertKeys(transaction, offset, CollectionsMarshal.AsSpan(_newKeys));
            Trim(transaction, offset, receivedAtMs);
            transaction.Commit();
        }
        _endOffset = offset;
    }

    private void Trim(SqliteTransaction transaction, long endOffset, long nowMs)
    {
        if (endOffset - _trimmedAtOffset < TrimEvery)
            return;
        _trimmedAtOffset = endOffset;
        _store.TrimKeys(transaction, endOffset - _options.DedupeIdsMax);
        _store.TrimEntries(
            transaction,
            Interlocked.Read(ref _releasedOffset),
            endOffset - _options.RetainedEntriesMax,
            nowMs - (long)_options.RetainedAgeMax.TotalMilliseconds,
            TrimEntriesMax);
    }

    private void Reload()
    {
        _store.ForgetSources();
        _window.Clear();
        _store.LoadKeys(_window);
        _endOffset = _store.EndOffset();
        _isStateDoubtful = false;
    }
}
