using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Notes on incidents, merging and splitting: each change with its history and its evidence in one transaction.</summary>
public sealed partial class CaseStore
{
    /// <summary>Most notes and changes one incident has: a person who could fill the disk would.</summary>
    private const int IncidentChangesMax = 2_000;

    /// <inheritdoc/>
    public ValueTask<IncidentResult> NoteAsync(IncidentOrder note, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (note.Reason.Trim().Length is 0 or > IncidentOrder.NoteCharactersMax)
            throw new ArgumentException($"A note has 1 to {IncidentOrder.NoteCharactersMax} characters.", nameof(note));
        return ChangeAsync(note with { Revision = null }, (transaction, row) =>
        {
            transaction.Execute("UPDATE incident SET notes = notes + 1 WHERE id = @id", ("@id", note.IncidentId));
            Keep(transaction, note, IncidentAct.Noted, (note.IncidentId, ""));
            return IncidentResult.Done("The note is written.");
        }, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IncidentResult> MergeAsync(IncidentOrder order, string intoId, CancellationToken cancel) =>
        ChangeAsync(order, (transaction, row) =>
        {
            if (FindPlace(transaction, intoId) is not { } into)
                return IncidentResult.Missing;
            var (moved, kept) = (row.Place, into.Place);
            if (moved.IsMerged)
                return IncidentResult.Refused("It is merged into another one already: unmerge it first.");
            if (moved.IncidentId == kept.HeadId)
                return IncidentResult.Refused("An incident is not merged into itself or into what is shown in it.");
            if (kept.IsMerged)
                return IncidentResult.Refused($"{intoId} is itself merged into {kept.HeadId}: merge into that one.");
            var (there, along) = (PartsOf(transaction, kept.IncidentId), PartsOf(transaction, moved.IncidentId));
            if (there.Count + along.Count + 1 > IncidentPlace.PartsMax)
                return IncidentResult.Refused($"One incident shows at most {IncidentPlace.PartsMax} others.");
            Put(transaction, order, moved.IncidentId, kept.IncidentId);
            transaction.Execute("UPDATE incident SET head_id = @head WHERE head_id <> '' AND head_id = @id",
                ("@head", kept.IncidentId), ("@id", moved.IncidentId));
            transaction.Execute("UPDATE alert SET case_id = @head WHERE case_id = @id",
                ("@head", kept.IncidentId), ("@id", moved.IncidentId));
            Touch(transaction, order, kept.IncidentId);
            Show(transaction, kept.IncidentId);
            Keep(transaction, order, IncidentAct.Merged, (moved.IncidentId, kept.IncidentId));
            Keep(transaction, order, IncidentAct.TookIn, (kept.IncidentId, moved.IncidentId));
            return IncidentResult.Done($"It is shown in {kept.IncidentId} from now on.");
        }, cancel);

    /// <inheritdoc/>
    public ValueTask<IncidentResult> UnmergeAsync(IncidentOrder order, CancellationToken cancel) =>
        ChangeAsync(order, (transaction, row) =>
        {
            var place = row.Place;
            if (!place.IsMerged)
                return IncidentResult.Refused("It stands by itself already.");
            if (IsUndone(transaction, row))
                return IncidentResult.Refused("Its split was undone: nothing is left of it. Split again instead.");
            var back = BelowOf(PartsOf(transaction, place.HeadId), place.IncidentId);
            Put(transaction, order, place.IncidentId, "");
            foreach (var id in back)
            {
                if (id != place.IncidentId)
                    transaction.Execute("UPDATE incident SET head_id = @head WHERE id = @id", ("@head", place.IncidentId), ("@id", id));
                transaction.Execute($"UPDATE alert SET case_id = @head WHERE {OfPart}", ("@head", place.IncidentId), ("@part", id));
            }
            Touch(transaction, order, place.HeadId);
            Show(transaction, place.IncidentId);
            Show(transaction, place.HeadId);
            Keep(transaction, order, IncidentAct.Unmerged, (place.IncidentId, place.HeadId));
            Keep(transaction, order, IncidentAct.GaveBack, (place.HeadId, place.IncidentId));
            return IncidentResult.Done("It stands by itself again.");
        }, cancel);

    /// <inheritdoc/>
    public ValueTask<IncidentResult> SplitAsync(
        IncidentOrder order, IReadOnlyList<string> alertIds, string madeId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(alertIds);
        ArgumentException.ThrowIfNullOrEmpty(madeId);
        var wanted = alertIds.Distinct(StringComparer.Ordinal).ToList();
        if (wanted.Count is 0 or > IncidentOrder.SplitAlertsMax)
            throw new ArgumentException($"1 to {IncidentOrder.SplitAlertsMax} alerts are split off at once.", nameof(alertIds));
        return ChangeAsync(order, (transaction, row) =>
        {
            if (row.Place.IsMerged)
                return IncidentResult.Refused($"It is merged into {row.Place.HeadId}: split them off there.");
            var moved = wanted.Select(id => InCase(transaction, id, order.IncidentId)).OfType<SplitAlert>().ToList();
            if (moved.Count < wanted.Count)
                return IncidentResult.Refused("Not all of these alerts are shown in this incident any more.");
            if (CountOfCase(transaction, order.IncidentId) <= moved.Count)
                return IncidentResult.Refused("Something must be left in it.");
            transaction.PostEach("UPDATE alert SET case_id = @made, split_id = @made WHERE id = @id", moved,
                ("@made", _ => madeId), ("@id", alert => alert.AlertId));
            Make(transaction, order, row, madeId);
            Touch(transaction, order, order.IncidentId);
            Show(transaction, madeId);
            Show(transaction, order.IncidentId);
            Keep(transaction, order, IncidentAct.SplitOff, (order.IncidentId, madeId), moved);
            Keep(transaction, order, IncidentAct.MadeBySplit, (madeId, order.IncidentId), moved);
            return IncidentResult.Done($"{moved.Count} alerts are an incident of their own.") with { MadeId = madeId };
        }, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IncidentResult> UndoSplitAsync(IncidentOrder order, CancellationToken cancel) =>
        ChangeAsync(order, (transaction, row) =>
        {
            var place = row.Place;
            if (place.SplitFrom.Length == 0)
                return IncidentResult.Refused("Nobody split it off: detection opened it.");
            if (IsUndone(transaction, row))
                return IncidentResult.Refused("Its split was undone already.");
            if (place.IsMerged || PartsOf(transaction, place.IncidentId).Any(part => !IsUndone(transaction, part)))
                return IncidentResult.Refused("Others are shown in it, or it is shown in another: unmerge first.");
            var origin = FindPlace(transaction, place.SplitFrom)!.Place.HeadId;
            var heads = new HashSet<string>(StringComparer.Ordinal) { origin };
            foreach (var alert in AlertsOfSplit(transaction, place.IncidentId))
                heads.Add(PutBack(transaction, alert));
            Put(transaction, order, place.IncidentId, origin);
            transaction.Execute("UPDATE incident SET head_id = @head WHERE head_id <> '' AND head_id = @id",
                ("@head", origin), ("@id", place.IncidentId));
            foreach (var head in heads)
            {
                Touch(transaction, order, head);
                Show(transaction, head);
            }
            Keep(transaction, order, IncidentAct.SplitUndone, (place.IncidentId, origin));
            Keep(transaction, order, IncidentAct.TookBack, (origin, place.IncidentId));
            return IncidentResult.Done("Its alerts are where they were.");
        }, cancel);

    private async ValueTask<IncidentResult> ChangeAsync(
        IncidentOrder order, Func<StoreSession, IncidentRow, IncidentResult> change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        var result = await WriteAsync(
            transaction =>
            {
                if (FindPlace(transaction, order.IncidentId) is not { } row)
                    return IncidentResult.Missing;
                if (order.Revision is { } seen && seen != row.Place.Revision)
                    return IncidentResult.Stale;
                using var count = transaction.Statement(
                    "SELECT count(*) FROM incident_change WHERE incident_id = @id", ("@id", order.IncidentId));
                return (long)count.ExecuteScalar()! >= IncidentChangesMax
                    ? IncidentResult.Refused($"An incident has at most {IncidentChangesMax} notes and changes.")
                    : change(transaction, row);
            },
            cancel);
        EvidenceEntered?.Invoke();
        return result;
    }

    /// <summary>Puts an incident into another one, or out of it.</summary>
    private static void Put(StoreSession transaction, IncidentOrder order, string id, string into)
    {
        transaction.Execute("UPDATE incident SET merged_into = @into, head_id = @into WHERE id = @id", ("@into", into), ("@id", id));
        Touch(transaction, order, id);
    }

    /// <summary>One more version of where an incident is.</summary>
    private static void Touch(StoreSession transaction, IncidentOrder order, string id) => transaction.Execute(
        "UPDATE incident SET revision = revision + 1, changed_by = @by, changed_at = @at WHERE id = @id",
        ("@by", order.By), ("@at", order.At.UtcTicks), ("@id", id));

    private void Keep(
        StoreSession transaction, IncidentOrder order, IncidentAct act, (string Id, string Other) incidents,
        IReadOnlyList<SplitAlert>? alerts = null)
    {
        var (id, other) = incidents;
        transaction.Execute(
            "INSERT INTO incident_change (incident_id, at, by, act, other_id, said, alerts) VALUES (@id, @at, @by, @act, @other, @said, @alerts)",
            ("@id", id), ("@at", order.At.UtcTicks), ("@by", order.By), ("@act", act.ToString()), ("@other", other),
            ("@said", order.Reason.Trim()), ("@alerts", CaseWriter.Json(alerts ?? [])));
        var said = other.Length > 0 ? $"{other}: {order.Reason.Trim()}" : order.Reason.Trim();
        EnterAct(transaction, new PersonAct(id, order.By, WordsOf(act), said, order.At) { IncidentId = id });
    }

    /// <summary>As the evidence log names it, beside what people do with alerts and reports.</summary>
    private static string WordsOf(IncidentAct act) => act switch
    {
        IncidentAct.Noted => "noted",
        IncidentAct.Merged => "merged into",
        IncidentAct.TookIn => "took in",
        IncidentAct.Unmerged => "unmerged from",
        IncidentAct.GaveBack => "gave back",
        IncidentAct.SplitOff => "split off",
        IncidentAct.MadeBySplit => "made by a split of",
        IncidentAct.TookBack => "took back",
        _ => "split undone",
    };

    /// <summary>An incident and everything that was merged into it, by the way each one came.</summary>
    private static List<string> BelowOf(List<IncidentRow> parts, string id)
    {
        var below = new List<string> { id };
        for (var i = 0; i < below.Count; i++)
            below.AddRange(parts.Where(part => part.Place.MergedInto == below[i]).Select(part => part.Place.IncidentId)
                .Where(part => !below.Contains(part)).ToList());
        return below;
    }

    private static SplitAlert? InCase(StoreSession transaction, string alertId, string incidentId)
    {
        using var command = transaction.Statement(
            "SELECT split_id FROM alert WHERE id = @id AND case_id = @case", ("@id", alertId), ("@case", incidentId));
        return command.ExecuteScalar() is string before ? new SplitAlert(alertId, before) : null;
    }

    private static long CountOfCase(StoreSession transaction, string incidentId)
    {
        using var command = transaction.Statement("SELECT count(*) FROM alert WHERE case_id = @id", ("@id", incidentId));
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>A row for an incident that a person made: what is in it is built from its alerts.</summary>
    private static void Make(StoreSession transaction, IncidentOrder order, IncidentRow from, string madeId)
    {
        var own = AlertsSplitInto(transaction, madeId, IncidentOfAlerts.AlertsMax);
        var made = IncidentOfAlerts.Build(madeId, $"Split off: {from.Record.Title}", own) with { SplitFrom = order.IncidentId };
        transaction.Execute(
            """
            INSERT INTO incident (id, version, at, severity, title_folded, is_break_glass, body, shown_at, shown_severity, split_from,
                revision, changed_by, changed_at)
            VALUES (@id, 1, @at, @severity, @folded, @emergency, @body, @at, @severity, @from, 1, @by, @changed)
            """,
            ("@id", madeId), ("@at", made.LastAlertAt.UtcTicks), ("@severity", (int)made.Severity),
            ("@folded", made.Title.ToLowerInvariant()), ("@emergency", made.IsBreakGlass ? 1 : 0), ("@body", CaseWriter.Json(made)),
            ("@from", order.IncidentId), ("@by", order.By), ("@changed", order.At.UtcTicks));
    }

    /// <summary>What was split off into an incident, as it was before.</summary>
    private static List<SplitAlert> AlertsOfSplit(StoreSession transaction, string madeId)
    {
        using var command = transaction.Statement(
            "SELECT alerts FROM incident_change WHERE incident_id = @id AND act = @act ORDER BY number LIMIT 1",
            ("@id", madeId), ("@act", nameof(IncidentAct.MadeBySplit)));
        var before = From<List<SplitAlert>>((string)command.ExecuteScalar()!);
        // Alerts that were split off from it in turn stay where they are.
        return [.. before.Where(alert => SplitOf(transaction, alert.AlertId) == madeId)];
    }

    private static string SplitOf(StoreSession transaction, string alertId)
    {
        using var command = transaction.Statement("SELECT split_id FROM alert WHERE id = @id", ("@id", alertId));
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>Lets an alert be where it was before it was split off; says the incident it is shown in then.</summary>
    private static string PutBack(StoreSession transaction, SplitAlert alert)
    {
        using var detected = transaction.Statement("SELECT incident_id FROM alert WHERE id = @id", ("@id", alert.AlertId));
        // Where it was before may have been undone meanwhile; then it is detection's again.
        var isThere = alert.Before.Length > 0 && FindPlace(transaction, alert.Before) is { } before
            && !IsUndone(transaction, before);
        var own = isThere ? alert.Before : (string)detected.ExecuteScalar()!;
        var head = FindPlace(transaction, own)?.Place.HeadId ?? own;
        transaction.Execute("UPDATE alert SET split_id = @split, case_id = @case WHERE id = @id",
            ("@split", isThere ? alert.Before : ""), ("@case", head), ("@id", alert.AlertId));
        return head;
    }
}
