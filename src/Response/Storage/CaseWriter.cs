using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Writes the parts of a commit inside its transaction.</summary>
internal static class CaseWriter
{
    private const int NoticesWaitingMax = 10_000;

    // What a person ended, or what ran out, is not demanded again at once by the next alert of the same incident.
    private static readonly TimeSpan StepUpRest = TimeSpan.FromMinutes(30);

    /// <summary>Writes all of a commit.</summary>
    /// <returns>The keys of the actions that were new or went further.</returns>
    public static IReadOnlyList<string> Write(StoreSession transaction, CaseCommit commit)
    {
        foreach (var (partition, expected) in commit.ExpectedOffsets)
            CheckPosition(transaction, partition, expected);
        foreach (var (partition, offset) in commit.ScoredOffsets)
            transaction.Post(
                """INSERT INTO scored VALUES (@partition, @offset) ON CONFLICT (partition) DO UPDATE SET "offset" = @offset WHERE scored."offset" < @offset""",
                ("@partition", partition), ("@offset", offset));
        Count(transaction, "scored", commit.ScoredCount);
        Count(transaction, "dead-lettered", commit.DeadLetteredCount);
        Count(transaction, "filtered", commit.FilteredCount);
        Count(transaction, "copied", commit.CopiedCount);
        Count(transaction, "alerted", commit.Alerts.Count);
        foreach (var alert in commit.Alerts)
            WriteAlert(transaction, alert);
        foreach (var incident in commit.RevisedIncidents)
        {
            transaction.Post("UPDATE incident SET version = 0 WHERE id = @id", ("@id", incident.Id));
            WriteIncident(transaction, incident);
        }
        foreach (var incident in commit.Incidents)
            WriteIncident(transaction, incident);
        foreach (var item in commit.Events)
            transaction.Post("INSERT INTO event_evidence VALUES (@id, @body) ON CONFLICT DO NOTHING", ("@id", item.EventId),
                ("@body", item.Json));
        foreach (var evidence in commit.Evidence)
            transaction.Post(
                "INSERT INTO decision_evidence VALUES (@hash, @body) ON CONFLICT DO NOTHING", ("@hash", evidence.Hash), ("@body", evidence.Canonical.ToArray()));
        var planned = commit.Actions.Where(action => WritePlanned(transaction, action))
            .Select(action => action.Action.Key).ToList();
        foreach (var refusal in commit.Refusals)
            WriteRefusal(transaction, refusal);
        foreach (var review in commit.Reviews)
            WriteTask(transaction, TaskOf(review));
        foreach (var task in commit.Tasks)
            WriteTask(transaction, task);
        foreach (var notice in commit.Notices)
            WriteNotice(transaction, notice);
        foreach (var demand in commit.StepUps)
            WriteStepUp(transaction, demand);
        if (commit.Snapshot is { } snapshot)
            WriteSnapshot(transaction, snapshot);
        foreach (var (partition, number) in commit.HeededDecisions)
            transaction.Post(
                "INSERT INTO heeded VALUES (@partition, @number) ON CONFLICT (partition) DO UPDATE SET number = @number",
                ("@partition", partition), ("@number", number));
        if (commit.Report is { } report)
            transaction.Post(
                "INSERT INTO shard_report VALUES (@partition, @at, @body) ON CONFLICT (partition) DO UPDATE SET at = @at, body = @body",
                ("@partition", report.Partition), ("@at", report.At.UtcTicks), ("@body", Json(report)));
        return planned;
    }

    public static void WriteRefusal(StoreSession transaction, GuardrailRefusal refusal) => transaction.Post(
        """
        INSERT INTO refusal VALUES (@incident, @kind, @type, @target, @guardrail, @at, 1, @body)
        ON CONFLICT (incident_id, kind, target_type, target_id, guardrail)
        DO UPDATE SET at = @at, times = refusal.times + 1, body = @body
        """,
        ("@incident", refusal.IncidentId), ("@kind", refusal.Kind.ToString()), ("@type", refusal.Target.Type.ToString()),
        ("@target", refusal.Target.Id), ("@guardrail", refusal.Guardrail), ("@at", refusal.At.UtcTicks),
            ("@body", Json(refusal)));

    public static void WriteStep(StoreSession transaction, ContainmentAction action, string by, string detail) =>
        transaction.Post(
        "INSERT INTO action_step (key, at, state, by, detail) VALUES (@key, @at, @state, @by, @detail)",
        ("@key", action.Key), ("@at", action.ChangedAt.UtcTicks), ("@state", action.State.ToString()), ("@by", by),
            ("@detail", detail));

    public static void WriteDue(StoreSession transaction, string key, DateTimeOffset? dueAt)
    {
        if (dueAt is { } due)
            transaction.Post(
                "INSERT INTO outbox VALUES (@key, @due) ON CONFLICT (key) DO UPDATE SET due_at = @due", ("@key", key), ("@due", due.UtcTicks));
        else
            transaction.Post("DELETE FROM outbox WHERE key = @key", ("@key", key));
    }

    /// <summary>Writes an action over the revision before it; false means someone else was first.</summary>
    public static bool UpdateAction(StoreSession transaction, StoredAction action) => transaction.Execute(
        """
        UPDATE action SET state = @state, is_open = @open, decided_at = @decided, changed_at = @changed, revision = @revision,
            body = @body
        WHERE key = @key AND revision = @revision - 1
        """,
        ("@key", action.Action.Key), ("@revision", action.Revision), ("@state", action.Action.State.ToString()),
        ("@open", ActionMachine.IsOpen(action.Action.State) ? 1 : 0), ("@decided", action.Action.DecidedAt.UtcTicks),
        ("@changed", action.Action.ChangedAt.UtcTicks), ("@body", Json(action))) == 1;

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, AlertJson.Options);

    /// <summary>The transaction holds the write lock from its beginning, so nobody moves the position between this look and the commit.</summary>
    private static void CheckPosition(StoreSession transaction, int partition, long expected)
    {
        using var command = transaction.Statement("SELECT \"offset\" FROM scored WHERE partition = @partition", ("@partition", partition));
        var found = command.ExecuteScalar() is long offset ? offset : -1;
        if (found != expected)
            throw new PositionMovedException(partition, expected, found);
    }

    /// <summary>Makes a snapshot the current one, unless a later one is; not one whose parts were removed because a later one was begun.</summary>
    private static void WriteSnapshot(StoreSession transaction, EngineSnapshot snapshot)
    {
        (string, object?)[] place = [("@partition", snapshot.Partition), ("@generation", snapshot.Generation)];
        using var later = transaction.Statement(
            "SELECT count(*) FROM snapshot WHERE partition = @partition AND generation >= @generation", place);
        if (Convert.ToInt64(later.ExecuteScalar(), CultureInfo.InvariantCulture) > 0)
            return;
        using var parts = transaction.Statement(
            "SELECT count(*) FROM snapshot_part WHERE partition = @partition AND generation = @generation AND part > 0", place);
        if (Convert.ToInt64(parts.ExecuteScalar(), CultureInfo.InvariantCulture) != snapshot.Parts)
            throw new PositionMovedException(
                FormattableString.Invariant($"Another process has begun a later snapshot of partition {snapshot.Partition}; the work here is dropped."));
        transaction.Post(
            """
            INSERT INTO snapshot VALUES (@partition, @offset, @generation, @parts, @bytes)
            ON CONFLICT (partition) DO UPDATE SET "offset" = @offset, generation = @generation, parts = @parts, bytes = @bytes
            """,
            [.. place, ("@offset", snapshot.Offset), ("@parts", snapshot.Parts), ("@bytes", snapshot.Bytes)]);
    }

    private static void Count(StoreSession transaction, string name, long by)
    {
        if (by != 0)
            transaction.Post("INSERT INTO tally VALUES (@name, @by) ON CONFLICT (name) DO UPDATE SET value = tally.value + @by", ("@name", name), ("@by", by));
    }

    private static void WriteAlert(StoreSession transaction, Alert alert)
    {
        transaction.Post(
            """
            INSERT INTO alert (id, at, severity, kind, source, incident_id, case_id, reason_folded, body)
            VALUES (@id, @at, @severity, @kind, @source, @incident,
                coalesce((SELECT head_id FROM incident WHERE incident.id = @incident AND head_id <> ''), @incident), @folded, @body)
            ON CONFLICT (id) DO UPDATE SET at = @at, severity = @severity, incident_id = @incident, reason_folded = @folded,
                case_id = CASE WHEN alert.split_id = '' THEN excluded.case_id ELSE alert.case_id END,
                body = @body, suppression = CASE WHEN @severity = @worst THEN '' ELSE alert.suppression END
            """,
            ("@id", alert.Id), ("@at", alert.At.UtcTicks), ("@severity", (int)alert.Severity), ("@kind", (int)alert.Kind),
            ("@source", alert.Source), ("@incident", alert.IncidentId), ("@folded", Fold(alert.Reason)), ("@body", Json(alert)),
            ("@worst", (int)Severity.Critical));
        foreach (var entity in alert.RelatedEntities.Append(alert.Entity))
            transaction.Post("INSERT INTO alert_entity VALUES (@entity, @alert) ON CONFLICT DO NOTHING", ("@entity", entity.Id),
                ("@alert", alert.Id));
    }

    private static void WriteIncident(StoreSession transaction, Incident incident)
    {
        var written = transaction.Execute(
            """
            INSERT INTO incident (id, version, at, severity, title_folded, is_break_glass, body, shown_at, shown_severity)
            VALUES (@id, @version, @at, @severity, @folded, @emergency, @body, @at, @severity)
            ON CONFLICT (id) DO UPDATE SET version = @version, at = @at, severity = @severity, title_folded = @folded,
                is_break_glass = @emergency, body = @body, shown_at = @at, shown_severity = @severity
                WHERE incident.version < @version
            """,
            ("@id", incident.Id), ("@version", incident.Version), ("@at", incident.LastAlertAt.UtcTicks),
            ("@severity", (int)incident.Severity), ("@folded", Fold(incident.Title)),
                ("@emergency", incident.IsBreakGlass ? 1 : 0),
            ("@body", Json(incident)));
        if (written == 0)
            return;
        foreach (var entity in incident.Entities)
            transaction.Post(
                "INSERT INTO incident_entity VALUES (@entity, @incident) ON CONFLICT DO NOTHING", ("@entity", entity.Id), ("@incident", incident.Id));
    }

    private static bool WritePlanned(StoreSession transaction, PlannedAction planned)
    {
        var action = planned.Action;
        var stored = new StoredAction
        {
            Action = action,
            Mode = planned.Mode,
            Organization = planned.Organization,
            Role = planned.Role,
            RequestedBy = "policy:" + action.Playbook,
            OrganizationSize = planned.OrganizationSize,
            ApproversMin = planned.ApproversMin,
        };
        using var find = transaction.Statement("SELECT body FROM action WHERE key = @key", ("@key", action.Key));
        if (find.ExecuteScalar() is string known)
        {
            var earlier = JsonSerializer.Deserialize<StoredAction>(known, AlertJson.Options)!;
            if (earlier.Action.State != ActionState.Proposed)
                return false;
            UpdateAction(transaction, stored with { Revision = earlier.Revision + 1 });
        }
        else
        {
            transaction.Post(
                "INSERT INTO action VALUES (@key, @incident, @target, @state, @open, @decided, @changed, 1, @body)",
                ("@key", action.Key), ("@incident", action.IncidentId), ("@target", action.Target.Id),
                    ("@state", action.State.ToString()),
                ("@open", ActionMachine.IsOpen(action.State) ? 1 : 0), ("@decided", action.DecidedAt.UtcTicks),
                ("@changed", action.ChangedAt.UtcTicks), ("@body", Json(stored)));
        }
        WriteStep(transaction, action, "policy", $"Playbook {action.Playbook} ({planned.Mode.ToString().ToLowerInvariant()}): {action.Reason}");
        if (action.State == ActionState.Approved)
            WriteDue(transaction, action.Key, action.DecidedAt);
        return true;
    }

    private static CaseTask TaskOf(ReviewRequest review) => new()
    {
        Id = CaseTask.ReviewIdOf(review.IncidentId),
        IncidentId = review.IncidentId,
        Kind = CaseTaskKind.Review,
        Title = review.Reason,
        RequestedBy = "policy",
        RequestedAt = review.RequestedAt,
        DueAt = review.DueAt,
    };

    private static void WriteTask(StoreSession transaction, CaseTask task) => transaction.Post(
        "INSERT INTO task VALUES (@id, @incident, @kind, @title, @by, @at, @due, NULL, '', NULL, '') ON CONFLICT DO NOTHING",
        ("@id", task.Id), ("@incident", task.IncidentId), ("@kind", task.Kind.ToString()), ("@title", task.Title),
        ("@by", task.RequestedBy), ("@at", task.RequestedAt.UtcTicks), ("@due", task.DueAt.UtcTicks));

    /// <summary>Beyond the bound a notice is kept as dead, with the reason: nothing is dropped without a trace, and nothing grows without end.</summary>
    internal static void WriteNotice(StoreSession transaction, PlannedNotice notice) => transaction.Post(
        """
        INSERT INTO notice
            SELECT @id, CASE WHEN is_full THEN 'Dead' ELSE 'Waiting' END, CASE WHEN is_full THEN NULL ELSE @at END, 0, @at,
                CASE WHEN is_full THEN 'Too many notices were waiting.' ELSE '' END, @body
            FROM (SELECT count(*) >= @max AS is_full FROM notice WHERE state = 'Waiting') AS waiting WHERE true
        ON CONFLICT DO NOTHING
        """,
        ("@id", notice.Id), ("@at", notice.At.UtcTicks), ("@max", NoticesWaitingMax), ("@body", Json(notice)));

    private static void WriteStepUp(StoreSession transaction, StepUpDemand demand) => transaction.Post(
        """
        INSERT INTO step_up VALUES (@actor, @until, @body)
        ON CONFLICT (actor) DO UPDATE SET until = @until, body = @body WHERE step_up.until <= @rested
        """,
        ("@actor", demand.Actor), ("@until", demand.Until.UtcTicks), ("@rested", (demand.At - StepUpRest).UtcTicks),
        ("@body", Json(demand)));

    private static string Fold(string text) => text.ToLowerInvariant();
}
