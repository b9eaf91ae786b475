using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// The evidence log of several processes: the database has all of it, and each process's files are a beginning. Whoever drains takes a batch
/// in by one transaction with its signed head, from exactly where the log ends; everybody else follows, and holds what comes against the head.
/// </summary>
/// <remarks>
/// A process that dies after that transaction has lost nothing: it follows like the others when it is back. One that was stopped and wakes
/// finds the log further than it knows, and its transaction changes nothing. One call at a time; the others wait.
/// </remarks>
public sealed class SharedRecorder : IEvidenceRecorder
{
    private readonly EvidenceFolder _folder;
    private readonly CaseStore _store;
    private readonly SharedSigner _signer;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _gate = new(1, 1);

    private SharedRecorder(EvidenceFolder folder, EvidenceLog log, CaseStore store, SharedSigner signer, TimeProvider clock)
    {
        (_folder, Log, _store, _signer, _clock) = (folder, log, store, signer, clock);
        Head = EvidenceRecorder.ReadHead(folder.Path);
        Anchored = EvidenceRecorder.ReadAnchors(folder.Path) is [.., var last] ? last : null;
    }

    /// <inheritdoc/>
    public EvidenceLog Log { get; }

    /// <inheritdoc/>
    public SignedTreeHead? Head { get; private set; }

    /// <inheritdoc/>
    public AnchoredHead? Anchored { get; private set; }

    /// <summary>Opens this process's files, reading every entry (I4), and takes over what they lack.</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="store">The store whose evidence it takes.</param>
    /// <param name="signer">This process's key.</param>
    /// <param name="clock">When heads are signed.</param>
    /// <param name="cancel">Stops the opening.</param>
    /// <exception cref="EvidenceTamperedException">The files are not what was written, or not the beginning of what the database has.</exception>
    public static async Task<SharedRecorder> OpenAsync(
        string folder, CaseStore store, SharedSigner signer, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(signer);
        var ahead = new List<TreeHead>();
        if ((await store.KeptEvidenceAsync(cancel)).Head is { } head)
            ahead.Add(head.Head);
        for (var anchors = await store.EvidenceAnchorsAsync(0, cancel); anchors.Count > 0;
            anchors = await store.EvidenceAnchorsAsync(anchors[^1].Head.Size, cancel))
            ahead.AddRange(anchors.Select(anchor => anchor.Head.Head));
        var log = EvidenceLog.Open(folder, new EvidenceLogOptions(), EvidenceRecorder.KnownHeads(folder), ahead);
        var recorder = new SharedRecorder(new EvidenceFolder(folder), log, store, signer, clock);
        try
        {
            await recorder.FollowAsync(cancel);
            return recorder;
        }
        catch
        {
            recorder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task FollowAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            await CatchUpAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            await CatchUpAsync(cancel);
            var total = 0L;
            while (await WaitingAsync(cancel) is { Count: > 0 } waiting)
            {
                if (await TryTakeAsync(waiting, cancel))
                    total += waiting.Count;
                else
                    await CatchUpAsync(cancel);
            }
            return total;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<AnchorReply?> AnchorAsync(IEvidenceAnchors anchors, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        await _gate.WaitAsync(cancel);
        try
        {
            await CatchUpAsync(cancel);
            if (Head is not { } head || EvidenceRecorder.AnchorOf(head, Anchored) is not { } due)
                return null;
            var reply = await anchors.AnchorAsync(due, cancel);
            if (reply is AnchorReply.Anchored done)
            {
                await _store.AddEvidenceAnchorAsync(new AnchoredHead(head, done.Receipt), cancel);
                await TakeAnchorsAsync(cancel);
            }
            return reply;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Log.Dispose();
        _gate.Dispose();
    }

    private ValueTask<IReadOnlyList<WaitingEvidence>> WaitingAsync(CancellationToken cancel) =>
        _store.WaitingEvidenceAsync(EvidenceRecorder.BatchEntriesMax, EvidenceRecorder.BatchBytesMax, cancel);

    /// <summary>False when somebody else has taken the log further than this process's files.</summary>
    private async Task<bool> TryTakeAsync(IReadOnlyList<WaitingEvidence> waiting, CancellationToken cancel)
    {
        if (waiting[0].Entry.Number > Log.Size)
            return await IsBehindAsync(waiting[0].Entry.Number, cancel);
        if (waiting[0].Entry.Number < Log.Size)
            throw new EvidenceTamperedException($"Entry {waiting[0].Entry.Number} waits for the evidence log, which has it.");
        if (waiting[^1].Entry.Number - waiting[0].Entry.Number != waiting.Count - 1)
            throw new EvidenceTamperedException("Of what waits for the evidence log an entry is missing.");
        var batch = _store.Records(waiting);
        var head = new TreeHead(
            _signer.Keys[0].Id, Log.Size + batch.Count, DecisionEvidence.Hex(Log.RootWith(batch)), _clock.GetUtcNow());
        var signed = new SignedTreeHead(head, _signer.Sign(head.ToMessage()));
        if (!await _store.TryKeepAsync(Log.Size, batch, signed, cancel))
            return false;
        // From here on it is in the log, whatever becomes of this process and its files.
        Append(batch, signed);
        return true;
    }

    /// <summary>What is missing between the files and what waits is in the database, or nowhere.</summary>
    private async Task<bool> IsBehindAsync(long first, CancellationToken cancel) =>
        (await _store.KeptEvidenceAsync(cancel)).Head is { } head && head.Size >= first ? false
            : throw new EvidenceTamperedException($"Entry {Log.Size} of the evidence log was never drained.");

    private async Task CatchUpAsync(CancellationToken cancel)
    {
        _signer.Adopt(await _store.EvidenceKeysAsync(cancel));
        var state = await _store.KeptEvidenceAsync(cancel);
        var size = state.Head?.Size ?? 0;
        if (Log.Size > size)
            throw new EvidenceTamperedException($"The evidence log in the data folder has {Log.Size} entries, and the database knows of {size}.");
        if (state.Head is { } head && size > Log.Size)
            await TakeAsync(head, cancel);
        else if (state.Head is { } same && (same.Head.Root != DecisionEvidence.Hex(Log.Root()) || !IsSigned(same)))
            throw new EvidenceTamperedException($"The evidence log in the data folder differs from what the database has signed of its first {size} entries.");
        else if (state.Head is { } missed && Head != missed)
            Put(missed);
        await TakeAnchorsAsync(cancel);
    }

    /// <summary>Nothing comes into the files that does not lead to the signed head: what is more than a batch is looked through first.</summary>
    private async Task TakeAsync(SignedTreeHead head, CancellationToken cancel)
    {
        if (!IsSigned(head))
            throw new EvidenceTamperedException($"The head of {head.Size} entries in the database is not signed by a key of the log.");
        var batch = await ReadAsync(Log.Size, head.Size, cancel);
        var edge = Log.Edge();
        EvidenceLog.Extend(edge, batch);
        while (edge.Size < head.Size)
            EvidenceLog.Extend(edge, await ReadAsync(edge.Size, head.Size, cancel));
        if (DecisionEvidence.Hex(edge.Root()) != head.Head.Root)
            throw new EvidenceTamperedException($"Of the first {head.Size} entries of the evidence log the database has others than were signed.");
        while (Log.Size + batch.Count < head.Size)
        {
            Log.Append(batch);
            batch = await ReadAsync(Log.Size, head.Size, cancel);
        }
        if (DecisionEvidence.Hex(Log.RootWith(batch)) != head.Head.Root)
            throw new EvidenceTamperedException("The evidence log in the database changed while it was read.");
        Append(batch, head);
    }

    private async Task<IReadOnlyList<EvidenceRecord>> ReadAsync(long first, long end, CancellationToken cancel)
    {
        var count = (int)Math.Min(EvidenceRecorder.BatchEntriesMax, end - first);
        var batch = await _store.KeptEntriesAsync(first, count, EvidenceRecorder.BatchBytesMax, cancel);
        return batch.Count > 0 ? batch : throw new EvidenceTamperedException($"Entry {first} of the evidence log is not in the database.");
    }

    private void Append(IReadOnlyList<EvidenceRecord> batch, SignedTreeHead head)
    {
        Log.Append(batch);
        Put(head);
    }

    private void Put(SignedTreeHead head)
    {
        EvidenceRecorder.Write(_folder, head);
        Head = head;
    }

    private async Task TakeAnchorsAsync(CancellationToken cancel)
    {
        foreach (var anchor in await _store.EvidenceAnchorsAsync(Anchored?.Head.Size ?? 0, cancel))
        {
            // One of a size that is not here yet comes with the next look.
            if (anchor.Head.Size > Log.Size)
                return;
            if (!IsSigned(anchor.Head) || DecisionEvidence.Hex(Log.Reader.Root(anchor.Head.Size)) != anchor.Head.Head.Root)
                throw new EvidenceTamperedException($"The anchor of {anchor.Head.Size} entries in the database is not of this log.");
            EvidenceRecorder.Write(_folder, anchor);
            Anchored = anchor;
        }
    }

    private bool IsSigned(SignedTreeHead head) => head.Head.Log == _signer.Keys[0].Id
        && _signer.Keys.FirstOrDefault(key => key.Id == head.Signature.KeyId) is { } by
        && SharedSigner.IsSigned(by, head.Signature, head.Head.ToMessage());
}
