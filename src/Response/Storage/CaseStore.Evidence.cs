using System.Globalization;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>An entry that waits for the evidence log, with the number it will have there.</summary>
/// <param name="Entry">The leaf.</param>
/// <param name="Payload">What it commits to, sealed when it is about a person.</param>
public sealed record WaitingEvidence(EvidenceEntry Entry, byte[] Payload);

/// <summary>Where an entry is.</summary>
/// <param name="Number">Its place in the evidence log.</param>
/// <param name="Kind">One of <see cref="EvidenceKind"/>.</param>
/// <param name="Key">What it is about.</param>
public readonly record struct EvidencePlace(long Number, string Kind, string Key);

/// <summary>
/// What is to be entered into the evidence log: written by the same transaction as what it is about, numbered without gaps, and drained
/// by number. So an entry is neither lost nor entered twice, wherever the process dies.
/// </summary>
public sealed partial class CaseStore
{
    /// <summary>Entries that may wait. Beyond it commits fail rather than lose evidence: the log cannot be written for a long time then.</summary>
    public const int WaitingEvidenceMax = 5_000_000;

    private const int EventsAtOnce = 1000;

    private EvidenceIntake? _evidence;

    /// <summary>Whether what happens here is entered into an evidence log.</summary>
    public bool KeepsEvidence => _evidence is not null;

    /// <summary>Raised after something was entered; on the writer's thread.</summary>
    public event Action? EvidenceEntered;

    /// <summary>From now on everything that happens here is entered.</summary>
    public void KeepEvidence(EvidenceIntake intake)
    {
        ArgumentNullException.ThrowIfNull(intake);
        _evidence = intake;
    }

    /// <summary>Enters what happened elsewhere: what people did, readings, heartbeats.</summary>
    /// <returns>The number of the first.</returns>
    /// <exception cref="InvalidOperationException">No evidence is kept here.</exception>
    public async ValueTask<long> EnterEvidenceAsync(IReadOnlyList<EvidenceDraft> drafts, CancellationToken cancel)
    {
        var intake = _evidence ?? throw new InvalidOperationException("No evidence is kept here.");
        var sealedDrafts = intake.Seal(drafts);
        var first = await WriteAsync(transaction => Enter(transaction, sealedDrafts), cancel);
        EvidenceEntered?.Invoke();
        return first;
    }

    /// <summary>The oldest entries that wait for the log, in order, at most so many and about so many bytes.</summary>
    public ValueTask<IReadOnlyList<WaitingEvidence>> WaitingEvidenceAsync(
        int entriesMax, long bytesMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<WaitingEvidence>>(
            connection =>
            {
                using var command = connection.Statement("""
                    SELECT w.number, p.kind, p.key, p.incident, w.at, w.commitment, w.payload
                    FROM evidence_waiting w JOIN evidence_place p ON p.number = w.number ORDER BY w.number LIMIT @max
                    """,
                    ("@max", entriesMax));
                var waiting = new List<WaitingEvidence>();
                using var row = command.ExecuteReader();
                for (var bytes = 0L; bytes < bytesMax && row.Read(); bytes += waiting[^1].Payload.Length)
                    waiting.Add(new WaitingEvidence(
                        new EvidenceEntry(
                            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3),
                            new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero), row.GetFieldValue<byte[]>(5)),
                        row.GetFieldValue<byte[]>(6)));
                return waiting;
            },
            cancel);

    /// <summary>What waits as it may enter the log.</summary>
    internal IReadOnlyList<EvidenceRecord> Records(IReadOnlyList<WaitingEvidence> waiting)
    {
        var payloads = _evidence?.Close([.. waiting.Select(item => item.Payload)]);
        return [.. waiting.Select((item, i) => new EvidenceRecord(item.Entry.ToLeaf(), payloads?[i] ?? item.Payload))];
    }

    /// <summary>Seals records of events that processes without persons' keys have stored; at most so many at once.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> SealEventsAsync(int recordsMax, CancellationToken cancel)
    {
        if (_evidence is not { } intake)
            return 0;
        var open = await ReadAsync(
            session =>
            {
                using var command = session.Statement(
                    $"SELECT event_id, body FROM event_evidence WHERE substr(body, 1, 9) = '{EvidenceIntake.OpenTextMark}' LIMIT @max",
                    ("@max", Limit(recordsMax)));
                return command.Rows(row => (Id: row.GetString(0), Body: row.GetString(1)));
            },
            cancel);
        var closed = open.Select(item => (item.Id, item.Body, Closed: intake.CloseText(item.Body)))
            .Where(item => item.Closed is not null).ToList();
        if (closed.Count > 0)
            await WriteAsync(
                transaction =>
                {
                    // Only what is still as it was read: an erasure meanwhile has the last word.
                    transaction.PostEach(
                        "UPDATE event_evidence SET body = @closed WHERE event_id = @id AND body = @body", closed,
                        ("@closed", item => item.Closed!), ("@id", item => item.Id), ("@body", item => item.Body));
                    return closed.Count;
                },
                cancel);
        return closed.Count;
    }

    /// <summary>Entries below a number are in the log.</summary>
    public ValueTask ForgetEvidenceAsync(long below, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute("DELETE FROM evidence_waiting WHERE number < @below", ("@below", below)), cancel));

    /// <summary>How many entries the log must have by now, at least, and how many it will have.</summary>
    public ValueTask<(long Drained, long Entered)> EvidenceCountAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT next, coalesce((SELECT min(number) FROM evidence_waiting), next) FROM evidence_number");
            return command.Rows(row => (row.GetInt64(1), row.GetInt64(0)))[0];
        },
        cancel);

    /// <summary>Where the entries of an incident are, in order; at most so many.</summary>
    public ValueTask<IReadOnlyList<EvidencePlace>> EvidenceOfIncidentAsync(
        string incidentId, int entriesMax, CancellationToken cancel) =>
        PlacesAsync("incident = @a AND incident <> '' ORDER BY number", incidentId, "", entriesMax, cancel);

    /// <summary>Where the entries about one thing are, in order; at most so many.</summary>
    public ValueTask<IReadOnlyList<EvidencePlace>> EvidenceAboutAsync(
        string kind, string key, int entriesMax, CancellationToken cancel) =>
        PlacesAsync("kind = @a AND key = @b ORDER BY number", kind, key, entriesMax, cancel);

    /// <summary>The newest entry of a kind below a number; null when there is none.</summary>
    public async ValueTask<EvidencePlace?> LatestEvidenceAsync(string kind, long below, CancellationToken cancel)
    {
        var places = await PlacesAsync(
            "kind = @a AND number < CAST(@b AS BIGINT) ORDER BY number DESC", kind, below.ToString(CultureInfo.InvariantCulture), 1, cancel);
        return places.Count == 0 ? null : places[0];
    }

    /// <summary>Removes the records of events that a test finds, for good: overwritten in the file.</summary>
    /// <param name="isOfSubject">
    /// Told a record as it is stored. It may take its time, as each person's key may be a way away: no transaction waits for it, but for
    /// the few records that were written meanwhile.
    /// </param>
    /// <param name="cancel">Gives up, before anything is removed.</param>
    /// <returns>How many.</returns>
    public async ValueTask<int> EraseEventsAsync(Func<string, bool> isOfSubject, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(isOfSubject);
        var (seen, found) = await FindEventsAsync(isOfSubject, cancel);
        return await _engine.EraseAsync(
            "event_evidence",
            transaction =>
            {
                var late = EventIds(transaction).Where(id => !seen.Contains(id))
                    .Where(id => BodyOf(transaction, id) is { } body && isOfSubject(body));
                return Forget(transaction, [.. found, .. late]);
            },
            cancel);
    }

    /// <summary>Removes records of events that only alerts before an instant rest on, except those that must be kept.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> ForgetEventRecordsAsync(DateTimeOffset before, Func<string, bool> isHeld,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(isHeld);
        var old = await ReadAsync(session => OldEvents(session, before), cancel);
        // Asked outside the transaction, as above; what an alert rests on since is kept.
        var free = old.Where(row => !isHeld(row.Body)).Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        return await WriteAsync(
            transaction => Forget(transaction, [.. OldEvents(transaction, before).Select(row => row.Id).Where(free.Contains)]),
            cancel);
    }

    /// <summary>All records there are, by their identifiers, and those that a test finds. Reads a part at a time.</summary>
    private async Task<(HashSet<string> Seen, List<string> Found)> FindEventsAsync(
        Func<string, bool> isMeant, CancellationToken cancel)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<string>();
        for (var after = ""; ;)
        {
            var from = after;
            var rows = await ReadAsync(
                session =>
                {
                    using var some = session.Statement(
                        "SELECT event_id, body FROM event_evidence WHERE event_id > @after ORDER BY event_id LIMIT @max",
                        ("@after", from), ("@max", EventsAtOnce));
                    return some.Rows(row => (Id: row.GetString(0), Body: row.GetString(1)));
                },
                cancel);
            if (rows.Count == 0)
                return (seen, found);
            seen.UnionWith(rows.Select(row => row.Id));
            found.AddRange(rows.Where(row => isMeant(row.Body)).Select(row => row.Id));
            after = rows[^1].Id;
        }
    }

    private static List<string> EventIds(StoreSession session)
    {
        using var all = session.Statement("SELECT event_id FROM event_evidence");
        return all.Rows(row => row.GetString(0));
    }

    private static string? BodyOf(StoreSession session, string eventId)
    {
        using var one = session.Statement("SELECT body FROM event_evidence WHERE event_id = @id", ("@id", eventId));
        return one.ExecuteScalar() as string;
    }

    private static List<(string Id, string Body)> OldEvents(StoreSession session, DateTimeOffset before)
    {
        var listed = session.Dialect.JsonTexts("a.body", "eventIds");
        using var old = session.Statement(
            $"""
            SELECT event_id, body FROM event_evidence WHERE event_id IN (
                SELECT j.value FROM alert a, {listed} j WHERE a.at < @before
                EXCEPT SELECT j.value FROM alert a, {listed} j WHERE a.at >= @before)
            """,
            ("@before", before.UtcTicks));
        return old.Rows(row => (row.GetString(0), row.GetString(1)));
    }

    private static int Forget(StoreSession transaction, List<string> ids)
    {
        transaction.PostEach("DELETE FROM event_evidence WHERE event_id = @id", ids, ("@id", id => id));
        return ids.Count;
    }

    /// <summary>Enters what a person did by the very transaction that does it.</summary>
    private void EnterAct(StoreSession transaction, PersonAct act)
    {
        if (_evidence is not { } intake)
            return;
        var draft = CaseEvidence.Act(EvidenceKind.Analyst, act.About, act.At,
            new { action = act.Action, by = act.By, detail = act.Detail });
        Enter(transaction, intake.Seal([draft with { IncidentId = act.IncidentId }]));
    }

    /// <summary>What a person did, as it is entered.</summary>
    private sealed record PersonAct(string About, string By, string Action, string Detail, DateTimeOffset At)
    {
        public string IncidentId { get; init; } = "";
    }

    private ValueTask<IReadOnlyList<EvidencePlace>> PlacesAsync(
        string where, string a, string b, int entriesMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<EvidencePlace>>(
            connection =>
            {
                using var command = connection.Statement($"SELECT number, kind, key FROM evidence_place WHERE {where} LIMIT @max", ("@a", a), ("@b", b), ("@max", entriesMax));
                return command.Rows(row => new EvidencePlace(row.GetInt64(0), row.GetString(1), row.GetString(2)));
            },
            cancel);

    /// <summary>What a commit enters; the records of events are sealed in the store itself as well.</summary>
    private static CaseCommit Enter(StoreSession transaction, EvidenceIntake intake, CaseCommit commit)
    {
        Enter(transaction, intake.Seal(CaseEvidence.Of(commit, id => IsNewEvent(transaction, id), intake.Clock.GetUtcNow())));
        return commit with { Events = [.. commit.Events.Select(Sealed)] };

        EventEvidence Sealed(EventEvidence item) => CaseEvidence.SubjectOf(item.Json) is { Length: > 0 } subject
            ? item with { Json = intake.SealText(subject, item.Json) }
            : item;
    }

    private async ValueTask EnteredAsync<T>(Task<T> writing)
    {
        await writing;
        EvidenceEntered?.Invoke();
    }

    private static bool IsNewEvent(StoreSession transaction, string eventId)
    {
        using var command = transaction.Statement("SELECT 1 FROM evidence_place WHERE kind = @kind AND key = @key", ("@kind", EvidenceKind.Event), ("@key", eventId));
        return command.ExecuteScalar() is null;
    }

    private static long Enter(StoreSession transaction, IReadOnlyList<SealedDraft> drafts)
    {
        if (drafts.Count == 0)
            return -1;
        using var next = transaction.Statement("SELECT next, coalesce((SELECT min(number) FROM evidence_waiting), next) FROM evidence_number");
        var (first, waitingFrom) = next.Rows(row => (row.GetInt64(0), row.GetInt64(1)))[0];
        if (first - waitingFrom > WaitingEvidenceMax)
            throw new InvalidOperationException("Too much evidence waits for its log, which cannot be written.");
        var numbered = drafts.Select((draft, i) => (Number: first + i, draft.Draft, draft.Commitment, draft.Payload)).ToList();
        transaction.PostEach(
            "INSERT INTO evidence_place VALUES (@number, @kind, @key, @incident)", numbered,
            ("@number", one => one.Number), ("@kind", one => one.Draft.Kind), ("@key", one => one.Draft.Key),
            ("@incident", one => one.Draft.IncidentId));
        transaction.PostEach(
            "INSERT INTO evidence_waiting VALUES (@number, @at, @commitment, @payload)", numbered,
            ("@number", one => one.Number), ("@at", one => one.Draft.At.UtcTicks), ("@commitment", one => one.Commitment.ToArray()),
            ("@payload", one => one.Payload));
        transaction.Post("UPDATE evidence_number SET next = @next", ("@next", first + drafts.Count));
        return first;
    }
}
