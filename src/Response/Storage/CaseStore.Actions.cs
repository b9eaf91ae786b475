using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Actions: what people read and what the executor works on.</summary>
public sealed partial class CaseStore
{
    private const string KillSwitchName = "kill-switch";

    /// <inheritdoc/>
    public async ValueTask<Page<ContainmentAction>> ActionsAsync(
        ActionFilter filter, string? after, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var conditions = new Conditions();
        conditions.Add(filter.IncidentId, "incident_id = @incident", "@incident");
        conditions.Add(filter.CaseId, OfCase, "@case");
        conditions.Add(filter.TargetId, "target_id = @target", "@target");
        if (filter.States is { } states)
        {
            // The names are ours, from a closed set, so they may stand in a list of one parameter.
            var list = "," + string.Join(",", states.Distinct()) + ",";
            conditions.Require(_engine.Dialect.Contains("@states", "',' || state || ','"), "@states", list);
        }
        var (where, parameters) = conditions.Build();
        var shape = new PageShape<StoredAction>(
            "action", "body", Body<StoredAction>, stored => new Keyset(stored.Action.DecidedAt.UtcTicks, stored.Action.Key))
        {
            At = "decided_at",
            Id = "key",
        };
        var page = await PageAsync(shape, where, parameters, (after, limit), cancel);
        return new Page<ContainmentAction>([.. page.Items.Select(stored => stored.Action)], page.Next);
    }

    /// <inheritdoc/>
    public async ValueTask<ContainmentAction?> ActionAsync(string key, CancellationToken cancel) =>
        (await StoredActionAsync(key, cancel))?.Action;

    /// <inheritdoc/>
    public ValueTask<StoredAction?> StoredActionAsync(string key, CancellationToken cancel) =>
        OneAsync<StoredAction>("action", "key", key, cancel);

    /// <summary>An incident's actions with everything known about them. At most three: one per kind and target is the rule, the bound 64.</summary>
    public ValueTask<IReadOnlyList<StoredAction>> ActionsOfIncidentAsync(string incidentId, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StoredAction>>(
            connection =>
            {
                using var command = connection.Statement("SELECT body FROM action WHERE incident_id = @incident LIMIT 64", ("@incident", incidentId));
                return command.Rows(row => From<StoredAction>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ActionStep>> ActionHistoryAsync(string key, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<ActionStep>>(
        connection =>
        {
            using var command = connection.Statement("SELECT at, state, by, detail FROM action_step WHERE key = @key ORDER BY number LIMIT @limit", ("@key", key), ("@limit", PageMax));
            return command.Rows(row => new ActionStep(
                new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero), Enum.Parse<ActionState>(row.GetString(1)), row.GetString(2),
                row.GetString(3)));
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredAction>> DueAsync(DateTimeOffset now, int actionsMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StoredAction>>(
            connection =>
            {
                using var command = connection.Statement("SELECT a.body FROM outbox o JOIN action a ON a.key = o.key WHERE o.due_at <= @now ORDER BY o.due_at, o.key LIMIT @limit",
                    ("@now", now.UtcTicks), ("@limit", Limit(actionsMax)));
                return command.Rows(row => From<StoredAction>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => ReadAsync<DateTimeOffset?>(
        connection =>
        {
            using var command = connection.Statement("SELECT min(due_at) FROM outbox");
            return command.ExecuteScalar() is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        },
        cancel);

    /// <inheritdoc/>
    public async ValueTask<StoredAction?> ChangeAsync(ActionChange change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        var (before, after) = (change.Before.Action, change.After.Action);
        if (after.Key != before.Key || (after.State != before.State && !ActionMachine.Allows(before.State, after.State)))
            throw new InvalidOperationException($"An action cannot go from {before.State} to {after.State}.");
        var written = change.After with { Revision = change.Before.Revision + 1 };
        var changed = await WriteAsync<StoredAction?>(
            transaction =>
            {
                if (!Holds(transaction, change.Requires, after.IncidentId) || !CaseWriter.UpdateAction(transaction, written))
                    return null;
                if (change.Detail.Length > 0)
                    CaseWriter.WriteStep(transaction, after, change.By, change.Detail);
                if (change.Refusal is { } refusal)
                    CaseWriter.WriteRefusal(transaction, refusal);
                CaseWriter.WriteDue(transaction, after.Key, change.DueAt);
                TellActions(transaction, [after.Key]);
                if (_evidence is { } intake)
                    Enter(transaction, intake.Seal(CaseEvidence.Of(change, intake.Clock.GetUtcNow())));
                return written;
            },
            cancel);
        EvidenceEntered?.Invoke();
        return changed;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Containment>> ContainmentsAsync(DateTimeOffset since, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<Containment>>(
            connection =>
            {
                using var command = connection.Statement("""
                    SELECT body FROM action WHERE is_open = 1
                    UNION SELECT body FROM action WHERE state IN ('Reversed', 'Expired') AND changed_at >= @since
                    """,
                    ("@since", since.UtcTicks));
                return command.Rows(row => ContainmentOf(From<StoredAction>(row.GetString(0))));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<bool> IsBreakGlassAsync(string incidentId, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT is_break_glass FROM incident WHERE id = @id",
                ("@id", incidentId));
            return command.ExecuteScalar() is 1L;
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask<bool> IsKillSwitchOnAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT value FROM setting WHERE name = @name",
                ("@name", KillSwitchName));
            return command.ExecuteScalar() is "on";
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask SetKillSwitchAsync(bool isOn, string orderedBy, DateTimeOffset at, CancellationToken cancel) =>
        EnteredAsync(WriteAsync(
        transaction =>
        {
            var value = isOn ? "on" : "off";
            EnterAll(transaction, [CaseEvidence.Act(EvidenceKind.Analyst, KillSwitchName, at, new
            {
                action = "kill switch " + value, by = orderedBy, value,
            })]);
            return Set(transaction, KillSwitchName, value, orderedBy, at);
        },
        cancel));

    private static int Set(
        StoreSession transaction, string name, string value, string by, DateTimeOffset at) => transaction.Execute(
        """
        INSERT INTO setting VALUES (@name, @value, @by, @at)
        ON CONFLICT (name) DO UPDATE SET value = @value, changed_by = @by, changed_at = @at
        """,
        ("@name", name), ("@value", value), ("@by", by), ("@at", at.UtcTicks));

    private static bool Holds(StoreSession transaction, ChangeConditions conditions, string incidentId)
    {
        using var kill = transaction.Statement("SELECT count(*) FROM setting WHERE name = @name AND value = 'on'", ("@name", KillSwitchName));
        if (conditions.HasFlag(ChangeConditions.KillSwitchOff) && kill.ExecuteScalar() is not 0L)
            return false;
        using var emergency = transaction.Statement("SELECT count(*) FROM incident WHERE id = @id AND is_break_glass = 1", ("@id", incidentId));
        return !conditions.HasFlag(ChangeConditions.NotBreakGlass) || emergency.ExecuteScalar() is 0L;
    }

    private static Containment ContainmentOf(StoredAction stored) => new(
        stored.Action.Key, stored.Action.Kind, stored.Action.Target, stored.Organization, stored.Action.ContainedAt,
        ActionMachine.IsOpen(stored.Action.State) ? null : stored.Action.ChangedAt);
}
