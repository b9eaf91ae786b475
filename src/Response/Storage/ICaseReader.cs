using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Storage;

/// <summary>Which alerts to list. Absent members do not restrict.</summary>
public sealed record AlertFilter
{
    /// <summary>Lowest severity.</summary>
    public Severity? SeverityMin { get; init; }

    /// <summary>Rules or models only.</summary>
    public AlertKind? Kind { get; init; }

    /// <summary>One detector or rule.</summary>
    public string? Source { get; init; }

    /// <summary>An entity the alert is about or touches.</summary>
    public string? EntityId { get; init; }

    /// <summary>The alerts detection put into an incident, whatever people did since: what policies decide by.</summary>
    public string? IncidentId { get; init; }

    /// <summary>The alerts that are shown in an incident, after what people merged and split.</summary>
    public string? CaseId { get; init; }

    /// <summary>The alerts an incident has of its own, wherever they are shown: without what was split off or merged into it.</summary>
    public string? PartId { get; init; }

    /// <summary>A phrase to find in the reason, ignoring case.</summary>
    public string? Text { get; init; }

    /// <summary>Not before (event time).</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before (event time).</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Which incidents to list. Absent members do not restrict.</summary>
public sealed record IncidentFilter
{
    /// <summary>Lowest severity.</summary>
    public Severity? SeverityMin { get; init; }

    /// <summary>An entity involved.</summary>
    public string? EntityId { get; init; }

    /// <summary>A phrase to find in the title, ignoring case.</summary>
    public string? Text { get; init; }
}

/// <summary>Which actions to list. Absent members do not restrict.</summary>
public sealed record ActionFilter
{
    /// <summary>In one of these states.</summary>
    public IReadOnlyList<ActionState>? States { get; init; }

    /// <summary>Actions that were made for one incident.</summary>
    public string? IncidentId { get; init; }

    /// <summary>Actions that were made for an incident or for one that people merged into it.</summary>
    public string? CaseId { get; init; }

    /// <summary>Actions on one target.</summary>
    public string? TargetId { get; init; }
}

/// <summary>One page of a list, newest first.</summary>
/// <param name="Items">The page.</param>
/// <param name="Next">Opaque cursor of the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One transition of an action.</summary>
/// <param name="At">When.</param>
/// <param name="State">The state entered.</param>
/// <param name="By">Who: <c>policy</c>, <c>executor</c>, <c>ledger</c> or a person.</param>
/// <param name="Detail">What was said.</param>
public sealed record ActionStep(DateTimeOffset At, ActionState State, string By, string Detail);

/// <summary>A guardrail's refusal, kept so that nothing is silently not done.</summary>
/// <param name="At">When.</param>
/// <param name="IncidentId">The incident whose action was refused.</param>
/// <param name="Kind">The action.</param>
/// <param name="Target">Its target.</param>
/// <param name="Guardrail">Which guardrail, by name.</param>
/// <param name="Detail">One sentence.</param>
public sealed record GuardrailRefusal(
    DateTimeOffset At, string IncidentId, ActionKind Kind, EntityRef Target, string Guardrail, string Detail);

/// <summary>Reads what the monitor knows. Safe from many threads.</summary>
public interface ICaseReader
{
    /// <summary>Alerts, newest first.</summary>
    ValueTask<Page<Alert>> AlertsAsync(AlertFilter filter, string? after, int limit, CancellationToken cancel);

    /// <summary>How many alerts match, exactly.</summary>
    ValueTask<long> AlertCountAsync(AlertFilter filter, CancellationToken cancel);

    /// <summary>One alert.</summary>
    ValueTask<Alert?> AlertAsync(string id, CancellationToken cancel);

    /// <summary>
    /// Incidents, by latest alert, newest first; each in its newest version and with what people merged into it. Those that people merged
    /// into another are shown there and not listed.
    /// </summary>
    ValueTask<Page<Incident>> IncidentsAsync(IncidentFilter filter, string? after, int limit, CancellationToken cancel);

    /// <summary>How many incidents match, exactly.</summary>
    ValueTask<long> IncidentCountAsync(IncidentFilter filter, CancellationToken cancel);

    /// <summary>One incident in its newest version, with what people merged into it and without what they split off.</summary>
    ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancel);

    /// <summary>Actions, newest first.</summary>
    ValueTask<Page<ContainmentAction>> ActionsAsync(ActionFilter filter, string? after, int limit, CancellationToken cancel);

    /// <summary>One action.</summary>
    ValueTask<ContainmentAction?> ActionAsync(string key, CancellationToken cancel);

    /// <summary>An action's transitions, oldest first.</summary>
    ValueTask<IReadOnlyList<ActionStep>> ActionHistoryAsync(string key, CancellationToken cancel);

    /// <summary>Guardrail refusals, newest first; of one incident when given.</summary>
    ValueTask<IReadOnlyList<GuardrailRefusal>> RefusalsAsync(string? incidentId, int limit, CancellationToken cancel);

    /// <summary>Raw records (JSON) of events an alert rests on, as kept with it; unknown ids are left out.</summary>
    ValueTask<IReadOnlyList<string>> EvidenceAsync(IReadOnlyList<string> eventIds, CancellationToken cancel);
}
