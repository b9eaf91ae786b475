using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Triage;
using SentinelHealth.Response.Storage.Engines;

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
public sealed partial class CaseStore : IPolicyStore
{
    private const string TuningName = "tuning";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PlaybookModeChange>> ModeChangesAsync(string? playbook, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<PlaybookModeChange>>(
            connection =>
            {
                using var command = connection.Statement("SELECT body FROM mode_change WHERE CAST(@name AS TEXT) IS NULL OR name = @name ORDER BY number DESC LIMIT @limit",
                    ("@name", playbook), ("@limit", Limit(limit)));
                return command.Rows(row => From<PlaybookModeChange>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask AddModeChangeAsync(PlaybookModeChange change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(WriteAsync(
            transaction =>
            {
                EnterAct(transaction, new PersonAct(
                    change.Name, change.ChangedBy, "mode", $"{change.From} to {change.To}: {change.Reason}", change.At));
                return transaction.Execute(
                    "INSERT INTO mode_change (name, body) VALUES (@name, @body)", ("@name", change.Name),
                        ("@body", CaseWriter.Json(change)));
            },
            cancel));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StepUpDemand>> StepUpDemandsAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StepUpDemand>>(
            connection =>
            {
                using var command = connection.Statement("SELECT body FROM step_up WHERE until > @now ORDER BY until DESC, actor LIMIT @limit",
                    ("@now", now.UtcTicks), ("@limit", Limit(limit)));
                return command.Rows(row => From<StepUpDemand>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<bool> EndStepUpDemandAsync(string actor, DateTimeOffset now, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute(
            "UPDATE step_up SET until = @now WHERE actor = @actor AND until > @now", ("@now", now.UtcTicks), ("@actor", actor)) > 0,
        cancel));

    /// <summary>What people decided about detectors and built-in rules.</summary>
    public ValueTask<TuningState> TuningAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT value FROM setting WHERE name = @name", ("@name", TuningName));
            return command.ExecuteScalar() is string value ? From<TuningState>(value) : TuningState.None;
        },
        cancel);

    /// <summary>Makes a decision about a detector durable, and evidence.</summary>
    public ValueTask SetTuningAsync(TuningState state, TuningChange change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        return EnteredAsync(WriteAsync(
            transaction =>
            {
                EnterAll(transaction, [CaseEvidence.Act(EvidenceKind.Analyst, change.Name, change.At, new { act = "tune", change })]);
                return Set(transaction, TuningName, CaseWriter.Json(state), change.By, change.At);
            },
            cancel));
    }
}
