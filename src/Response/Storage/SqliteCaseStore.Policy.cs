using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Storage;

/// <summary>Changes of playbooks' modes and demands for a stronger sign-in. Safe from many threads.</summary>
public interface IPolicyStore
{
    /// <summary>Changes of modes, newest first; of one playbook when named.</summary>
    ValueTask<IReadOnlyList<PlaybookModeChange>> ModeChangesAsync(string? playbook, int limit, CancellationToken cancel);

    /// <summary>Makes a change durable.</summary>
    ValueTask AddModeChangeAsync(PlaybookModeChange change, CancellationToken cancel);

    /// <summary>Demands for a stronger sign-in that hold at an instant.</summary>
    ValueTask<IReadOnlyList<StepUpDemand>> StepUpDemandsAsync(DateTimeOffset now, int limit, CancellationToken cancel);

    /// <summary>Ends an actor's demand.</summary>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> EndStepUpDemandAsync(string actor, DateTimeOffset now, CancellationToken cancel);
}

/// <summary>What people and playbooks changed about the policy.</summary>
public sealed partial class SqliteCaseStore : IPolicyStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PlaybookModeChange>> ModeChangesAsync(string? playbook, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<PlaybookModeChange>>(
            connection =>
            {
                using var command = connection.Statement(
                    null, "SELECT body FROM mode_change WHERE $name IS NULL OR name = $name ORDER BY number DESC LIMIT $limit",
                    ("$name", playbook), ("$limit", Limit(limit)));
                return command.Rows(row => From<PlaybookModeChange>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask AddModeChangeAsync(PlaybookModeChange change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(WriteAsync(
            transaction => transaction.Execute(
                "INSERT INTO mode_change (name, body) VALUES ($name, $body)", ("$name", change.Name), ("$body", CaseWriter.Json(change))),
            cancel));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StepUpDemand>> StepUpDemandsAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StepUpDemand>>(
            connection =>
            {
                using var command = connection.Statement(
                    null, "SELECT body FROM step_up WHERE until > $now ORDER BY until DESC, actor LIMIT $limit",
                    ("$now", now.UtcTicks), ("$limit", Limit(limit)));
                return command.Rows(row => From<StepUpDemand>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<bool> EndStepUpDemandAsync(string actor, DateTimeOffset now, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute(
            "UPDATE step_up SET until = $now WHERE actor = $actor AND until > $now", ("$now", now.UtcTicks), ("$actor", actor)) > 0,
        cancel));
}
