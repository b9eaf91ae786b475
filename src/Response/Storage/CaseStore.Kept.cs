using System.Text.Json;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>How far the evidence log in a shared store has come.</summary>
/// <param name="Head">Its newest signed head; null before the first.</param>
/// <param name="Kept">Entries that are there, signed or not.</param>
/// <param name="Drained">The first number that still waits.</param>
/// <param name="Entered">The number the next entry will have.</param>
public sealed record KeptState(SignedTreeHead? Head, long Kept, long Drained, long Entered);

/// <summary>
/// The evidence log as processes share it: entries, newest signed head, anchors and public keys are rows, and the files of each process
/// are a beginning of them. Who takes the log further does so from exactly where it ends, or not at all.
/// </summary>
public sealed partial class CaseStore
{
    private static readonly JsonSerializerOptions KeptJson = new(JsonSerializerDefaults.Web);

    /// <summary>How far the log has come, as of one moment.</summary>
    public ValueTask<KeptState> KeptEvidenceAsync(CancellationToken cancel) => ReadAsync(KeptOf, cancel);

    /// <summary>Entries from a number on, in order, at most so many and about so many bytes.</summary>
    public ValueTask<IReadOnlyList<EvidenceRecord>> KeptEntriesAsync(
        long first, int entriesMax, long bytesMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<EvidenceRecord>>(
            session =>
            {
                using var command = session.Statement(
                    "SELECT number, leaf, payload FROM evidence_kept WHERE number >= @first ORDER BY number LIMIT @max",
                    ("@first", first), ("@max", entriesMax));
                var records = new List<EvidenceRecord>();
                using var row = command.ExecuteReader();
                for (var bytes = 0L; bytes < bytesMax && row.Read(); bytes += records[^1].Payload.Length)
                {
                    if (row.GetInt64(0) != first + records.Count)
                        throw new EvidenceTamperedException($"Entry {first + records.Count} of the evidence log is not in the database.");
                    records.Add(new EvidenceRecord(row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2)));
                }
                return records;
            },
            cancel);

    /// <summary>
    /// Takes a batch into the log, in one transaction with its signed head and with forgetting what waited: all of it, or nothing
    /// because somebody else has taken the log further.
    /// </summary>
    /// <param name="first">The number of the first of them, which must be where the log ends.</param>
    /// <param name="records">The batch.</param>
    /// <param name="head">The head over the log with the batch, by a key of the log.</param>
    /// <param name="cancel">Gives up before anything is written.</param>
    /// <returns>Whether it was taken.</returns>
    /// <exception cref="InvalidOperationException">The head is of another size, or its key is none of the log's.</exception>
    public async ValueTask<bool> TryKeepAsync(
        long first, IReadOnlyList<EvidenceRecord> records, SignedTreeHead head, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(head);
        if (head.Size != first + records.Count)
            throw new InvalidOperationException("The head is not of this batch.");
        return await WriteAsync(
            session =>
            {
                var state = KeptOf(session);
                if ((state.Head?.Size ?? 0) != first || state.Kept != first)
                    return false;
                if (KeysOf(session).All(key => key.Id != head.Signature.KeyId))
                    throw new InvalidOperationException("The head is signed by a key that the log does not know.");
                Keep(session, first, records);
                PutHead(session, head);
                return true;
            },
            cancel);
    }

    /// <summary>Takes entries of a log in files into an empty one here, bit by bit; the head comes last (<see cref="FinishMoveAsync"/>).</summary>
    /// <returns>False when the log here has a head, or does not end at the first of them.</returns>
    internal async ValueTask<bool> TryMoveAsync(long first, IReadOnlyList<EvidenceRecord> records, CancellationToken cancel) =>
        await WriteAsync(
            session =>
            {
                var state = KeptOf(session);
                if (state.Head is not null || state.Kept != first)
                    return false;
                Keep(session, first, records);
                return true;
            },
            cancel);

    /// <summary>Ends a move: from now on the log is here.</summary>
    internal async ValueTask FinishMoveAsync(
        SignedTreeHead head, IReadOnlyList<AnchoredHead> anchors, IReadOnlyList<EvidenceKey> keys, CancellationToken cancel) =>
        await WriteAsync(
            session =>
            {
                var state = KeptOf(session);
                if (state.Head is not null || state.Kept != head.Size || state.Drained < head.Size)
                    throw new EvidenceTamperedException("The evidence log was taken further while it was moved into the database.");
                foreach (var (key, number) in keys.Select((key, number) => (key, number)))
                    PutKey(session, number, key);
                foreach (var anchor in anchors)
                    PutAnchor(session, anchor);
                PutHead(session, head);
                return true;
            },
            cancel);

    /// <summary>The log's public keys, the first one first; empty before there is a log.</summary>
    public ValueTask<IReadOnlyList<EvidenceKey>> EvidenceKeysAsync(CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<EvidenceKey>>(KeysOf, cancel);

    /// <summary>Adds a public key, if the log has just so many by now.</summary>
    /// <param name="number">How many there are.</param>
    /// <param name="key">The key, introduced by one of them unless it is the first.</param>
    /// <param name="cancel">Gives up before anything is written.</param>
    /// <returns>Whether it was added.</returns>
    public async ValueTask<bool> TryAddEvidenceKeyAsync(int number, EvidenceKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        return await WriteAsync(
            session =>
            {
                if (KeysOf(session).Count != number)
                    return false;
                PutKey(session, number, key);
                return true;
            },
            cancel);
    }

    /// <summary>The anchored heads above a size, the smallest first; at most a thousand.</summary>
    public ValueTask<IReadOnlyList<AnchoredHead>> EvidenceAnchorsAsync(long above, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<AnchoredHead>>(
            session =>
            {
                using var command = session.Statement(
                    "SELECT body FROM evidence_anchor WHERE size > @above ORDER BY size LIMIT @max", ("@above", above), ("@max", PageMax));
                return command.Rows(row => Read<AnchoredHead>(row.GetString(0)));
            },
            cancel);

    /// <summary>Adds an anchored head; one of the same size is there once.</summary>
    public async ValueTask AddEvidenceAnchorAsync(AnchoredHead anchor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        await WriteAsync(
            session =>
            {
                PutAnchor(session, anchor);
                return true;
            },
            cancel);
    }

    private static KeptState KeptOf(StoreSession session)
    {
        // One statement, because each sees a moment of its own.
        using var command = session.Statement("""
            SELECT next, coalesce((SELECT min(number) FROM evidence_waiting), next), coalesce((SELECT max(number) + 1 FROM evidence_kept), 0),
                (SELECT body FROM evidence_head) FROM evidence_number
            """);
        return command.Rows(row => new KeptState(
            row.IsDBNull(3) ? null : Read<SignedTreeHead>(row.GetString(3)), row.GetInt64(2), row.GetInt64(1),
            row.GetInt64(0)))[0];
    }

    private static List<EvidenceKey> KeysOf(StoreSession session)
    {
        using var command = session.Statement("SELECT body FROM evidence_key ORDER BY number");
        return command.Rows(row => Read<EvidenceKey>(row.GetString(0)));
    }

    private static void Keep(StoreSession session, long first, IReadOnlyList<EvidenceRecord> records) => session.PostEach(
        "INSERT INTO evidence_kept VALUES (@number, @leaf, @payload)", records.Select((record, i) => (Number: first + i, Record: record)),
        ("@number", one => one.Number), ("@leaf", one => one.Record.Leaf.ToArray()), ("@payload", one => one.Record.Payload.ToArray()));

    private static void PutHead(StoreSession session, SignedTreeHead head)
    {
        session.Execute(
            "INSERT INTO evidence_head VALUES (1, @size, @body) ON CONFLICT (one) DO UPDATE SET size = excluded.size, body = excluded.body",
            ("@size", head.Size), ("@body", JsonSerializer.Serialize(head, KeptJson)));
        session.Execute("DELETE FROM evidence_waiting WHERE number < @below", ("@below", head.Size));
    }

    private static void PutKey(StoreSession session, int number, EvidenceKey key) => session.Execute(
        "INSERT INTO evidence_key VALUES (@number, @id, @body)",
        ("@number", (long)number), ("@id", key.Id), ("@body", JsonSerializer.Serialize(key, KeptJson)));

    private static void PutAnchor(StoreSession session, AnchoredHead anchor) => session.Execute(
        "INSERT INTO evidence_anchor VALUES (@size, @body) ON CONFLICT (size) DO NOTHING",
        ("@size", anchor.Head.Size), ("@body", JsonSerializer.Serialize(anchor, KeptJson)));

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, KeptJson)
        ?? throw new EvidenceTamperedException("What the database has of the evidence log is empty.");
}
