using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody;

/// <summary>
/// Takes what waits in the case store into the evidence log, signs the log's head after each batch, and anchors signed heads on the ledger.
/// </summary>
/// <remarks>
/// An entry's number is its place in the log, given by the store: what is there already is passed over and a gap is a fault, so entries
/// are neither lost nor doubled wherever the process dies. One at a time.
/// </remarks>
public sealed class EvidenceRecorder : IEvidenceRecorder
{
    /// <summary>Most entries of a batch.</summary>
    internal const int BatchEntriesMax = 5_000;

    /// <summary>About so many bytes a batch has.</summary>
    internal const long BatchBytesMax = 16L * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly EvidenceFolder _folder;
    private readonly CaseStore _store;
    private readonly IEvidenceSigner _signer;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<AnchoredHead> _anchored;

    private EvidenceRecorder(
        EvidenceFolder folder, EvidenceLog log, CaseStore store, IEvidenceSigner signer, TimeProvider clock)
    {
        (_folder, Log, _store, _signer, _clock) = (folder, log, store, signer, clock);
        _anchored = [.. ReadAnchors(folder.Path)];
        Head = ReadHead(folder.Path);
    }

    /// <inheritdoc/>
    public EvidenceLog Log { get; }

    /// <inheritdoc/>
    public SignedTreeHead? Head { get; private set; }

    /// <inheritdoc/>
    public AnchoredHead? Anchored => _anchored.Count == 0 ? null : _anchored[^1];

    /// <summary>Opens the log of a store, reading every entry (I4).</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="store">The store whose evidence it takes.</param>
    /// <param name="signer">Signs heads.</param>
    /// <param name="clock">When heads are signed.</param>
    /// <param name="cancel">Stops the opening.</param>
    /// <exception cref="EvidenceTamperedException">The log is not what was written, or lacks what was drained into it.</exception>
    public static async Task<EvidenceRecorder> OpenAsync(
        string folder, CaseStore store, IEvidenceSigner signer, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(signer);
        var log = EvidenceLog.Open(folder, new EvidenceLogOptions(), KnownHeads(folder));
        try
        {
            var (drained, entered) = await store.EvidenceCountAsync(cancel);
            if (log.Size < drained)
                throw new EvidenceTamperedException($"The evidence log ends at entry {log.Size}, and {drained} were entered.");
            if (log.Size > entered)
                throw new EvidenceTamperedException($"The evidence log has {log.Size} entries, and the case store knows of {entered}.");
            return new EvidenceRecorder(new EvidenceFolder(folder), log, store, signer, clock);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Every head that a log is held against: the newest signed one, and those anchored.</summary>
    /// <exception cref="EvidenceTamperedException">A file of them is not what was written.</exception>
    public static IReadOnlyList<TreeHead> KnownHeads(string folder) =>
    [
        .. ReadAnchors(folder).Select(anchored => anchored.Head.Head),
        .. ReadHead(folder) is { } head ? new[] { head.Head } : [],
    ];

    /// <summary>The newest signed head of a log; null when there is none.</summary>
    public static SignedTreeHead? ReadHead(string folder)
    {
        var path = new EvidenceFolder(folder).Head;
        return File.Exists(path) ? Read<SignedTreeHead>(path, File.ReadAllText(path)) : null;
    }

    /// <summary>The anchored heads of a log, oldest first.</summary>
    public static IReadOnlyList<AnchoredHead> ReadAnchors(string folder)
    {
        var path = new EvidenceFolder(folder).Anchors;
        if (!File.Exists(path))
            return [];
        // A crash may leave half a line at the end: the ledger still has that anchor, and it is asked again.
        var text = File.ReadAllText(path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        return [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Read<AnchoredHead>(path, line))];
    }

    /// <summary>The name a log is anchored under: SHA-256 over the identifier of its first key.</summary>
    public static string LedgerNameOf(string log) =>
        "0x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sentinel-log-v1\n" + log)));

    /// <inheritdoc/>
    public Task FollowAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<long> DrainAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var total = 0L;
            while (await _store.WaitingEvidenceAsync(BatchEntriesMax, BatchBytesMax, cancel) is { Count: > 0 } waiting)
            {
                var news = waiting.SkipWhile(item => item.Entry.Number < Log.Size).ToList();
                if (news.Count > 0 && news[0].Entry.Number != Log.Size)
                    throw new EvidenceTamperedException($"Entry {Log.Size} of the evidence log was never drained.");
                Log.Append(_store.Records(news));
                SignHead();
                await _store.ForgetEvidenceAsync(waiting[^1].Entry.Number + 1, cancel);
                total += news.Count;
            }
            return total;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What to anchor of a head; null when the ledger has one of its size already.</summary>
    internal static EvidenceAnchor? AnchorOf(SignedTreeHead head, AnchoredHead? last) =>
        last?.Head.Size == head.Size ? null : new EvidenceAnchor(LedgerNameOf(head.Head.Log), head.Size, head.Head.Root);

    /// <inheritdoc/>
    public async Task<AnchorReply?> AnchorAsync(IEvidenceAnchors anchors, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        await _gate.WaitAsync(cancel);
        try
        {
            if (Head is not { } head || AnchorOf(head, Anchored) is not { } due)
                return null;
            var reply = await anchors.AnchorAsync(due, cancel);
            if (reply is AnchorReply.Anchored done)
                Keep(new AnchoredHead(head, done.Receipt));
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

    private void SignHead()
    {
        var head = new TreeHead(_signer.Keys[0].Id, Log.Size, DecisionEvidence.Hex(Log.Root()), _clock.GetUtcNow());
        var signed = new SignedTreeHead(head, _signer.Sign(head.ToMessage()));
        Write(_folder, signed);
        Head = signed;
    }

    private void Keep(AnchoredHead anchored)
    {
        Write(_folder, anchored);
        _anchored.Add(anchored);
    }

    /// <summary>Puts a signed head in place of the one before, whole or not at all.</summary>
    internal static void Write(EvidenceFolder folder, SignedTreeHead head) =>
        OwnerFile.Replace(folder.Head, JsonSerializer.SerializeToUtf8Bytes(head, Json));

    /// <summary>Adds an anchored head to those that are there.</summary>
    internal static void Write(EvidenceFolder folder, AnchoredHead anchored)
    {
        var kept = ReadAnchors(folder.Path).Count;
        using var file = new FileStream(folder.Anchors, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        // Over half a line, should a crash have left one.
        file.SetLength(WholeLines(file, kept));
        file.Seek(0, SeekOrigin.End);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(anchored, Json));
        file.WriteByte((byte)'\n');
        file.Flush(flushToDisk: true);
    }

    private static long WholeLines(FileStream file, int lines)
    {
        for (var i = 0; i < lines; i++)
        {
            int read;
            while ((read = file.ReadByte()) is not '\n' and not -1)
                continue;
        }
        return file.Position;
    }

    private static T Read<T>(string path, string text) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new EvidenceTamperedException($"{path} is empty.");
        }
        catch (JsonException fault)
        {
            throw new EvidenceTamperedException($"{path} is not what was written.", fault);
        }
    }
}

/// <summary>A signed head and where it is anchored.</summary>
/// <param name="Head">The head.</param>
/// <param name="Receipt">The ledger's receipt.</param>
public sealed record AnchoredHead(SignedTreeHead Head, AnchorReceipt Receipt);
