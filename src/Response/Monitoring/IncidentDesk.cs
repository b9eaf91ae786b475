using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Gathers what a decision needs from store, ledger and batch, and lets the policy decide.</summary>
internal sealed class IncidentDesk(
    MonitorServices services, PlaybookSet playbooks, ResponseOptions options, EntityDirectory directory)
{
    private const int AlertsMax = 512;
    private static readonly TimeSpan ValidatorsFresh = TimeSpan.FromSeconds(2);

    private ValidatorSet? _validators;
    private DateTimeOffset _validatorsReadAt = DateTimeOffset.MinValue;

    public async Task DecideAsync(Incident incident, PumpBatch batch, CancellationToken cancel)
    {
        var inForce = services.Playbooks?.Invoke() ?? playbooks;
        if (!incident.IsBreakGlass && !inForce.For(incident).Any())
            return;
        var now = services.Clock.GetUtcNow();
        var profiles = incident.Entities.Append(incident.Principal).Distinct()
            .ToDictionary(entity => entity, directory.ProfileOf);
        var facts = new IncidentFacts
        {
            Incident = incident,
            Alerts = [],
            Profiles = profiles,
            Existing = await ExistingAsync(incident.Id, batch, cancel),
        };
        batch.State ??= await StateAsync(now, cancel);
        var state = batch.State with { Organizations = SizesOf(profiles.Values) };
        var decision = ResponsePolicy.Decide(facts, inForce, state, options, now);
        // Most versions of an incident ask for nothing new; only a decision that acts needs its evidence read.
        if (decision.Evidence is not null)
            decision = ResponsePolicy.Decide(facts with { Alerts = await AlertsAsync(incident, batch, cancel) }, inForce, state,
                options, now);
        batch.Add(decision);
        batch.State = batch.State.With(decision.Actions);
        Count(decision);
    }

    private void Count(Decision decision)
    {
        foreach (var planned in decision.Actions.Concat(decision.Proposals))
            services.Metrics.Decided(planned.Action);
        foreach (var refusal in decision.Refusals)
            services.Metrics.Refused(refusal.Guardrail);
    }

    private async Task<Dictionary<string, ExistingAction>> ExistingAsync(
        string incidentId, PumpBatch batch, CancellationToken cancel)
    {
        var existing = new Dictionary<string, ExistingAction>(StringComparer.Ordinal);
        foreach (var stored in await services.Store.ActionsOfIncidentAsync(incidentId, cancel))
            existing[stored.Action.Key] = new ExistingAction(stored.Action.State, stored.Mode);
        foreach (var planned in batch.Actions.Where(planned => planned.Action.IncidentId == incidentId))
            existing[planned.Action.Key] = new ExistingAction(planned.Action.State, planned.Mode);
        return existing;
    }

    private async Task<ResponseState> StateAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var oldest = options.Window > options.Cooldown ? options.Window : options.Cooldown;
        return new ResponseState
        {
            IsKillSwitchOn = await services.Store.IsKillSwitchOnAsync(cancel),
            Containments = await services.Store.ContainmentsAsync(now - oldest, cancel),
            Validators = await ValidatorsAsync(now, cancel),
        };
    }

    /// <summary>The validator set of a moment ago; null while the ledger is down, because the executor asks again before sending.</summary>
    private async Task<ValidatorSet?> ValidatorsAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (now - _validatorsReadAt < ValidatorsFresh && now >= _validatorsReadAt)
            return _validators;
        try
        {
            _validators = await services.Ledger.GetValidatorsAsync(cancel);
        }
        catch (LedgerUnavailableException)
        {
            _validators = null;
        }
        _validatorsReadAt = now;
        return _validators;
    }

    private Dictionary<string, OrganizationSize> SizesOf(IEnumerable<EntityProfile> profiles) =>
        profiles.Select(profile => profile.Organization).Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, directory.SizeOf);

    /// <summary>The incident's alerts in its own order, stored or still in this batch.</summary>
    private async Task<IReadOnlyList<Alert>> AlertsAsync(Incident incident, PumpBatch batch, CancellationToken cancel)
    {
        var stored = await services.Store.AlertsAsync(new AlertFilter { IncidentId = incident.Id }, after: null, AlertsMax,
            cancel);
        var known = stored.Items.ToDictionary(alert => alert.Id, StringComparer.Ordinal);
        foreach (var alert in batch.Alerts.Where(alert => alert.IncidentId == incident.Id))
            known[alert.Id] = alert;
        return [.. incident.AlertIds.Where(known.ContainsKey).Select(id => known[id]).Take(AlertsMax)];
    }
}
