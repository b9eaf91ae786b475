using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>The guardrails once more, right before a containment leaves: against the ledger and the store as they are now (I3).</summary>
internal sealed class ActionGuard(IActionStore store, ILedger ledger, ResponseOptions options, TimeProvider clock)
{
    /// <summary>The objection to sending this action now; null when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">The validator set cannot be read, so the quorum cannot be vouched for.</exception>
    public async ValueTask<Objection?> ObjectionToAsync(StoredAction stored, OrderOrigin origin, CancellationToken cancel)
    {
        var oldest = options.Window > options.Cooldown ? options.Window : options.Cooldown;
        var state = new ResponseState
        {
            IsKillSwitchOn = await store.IsKillSwitchOnAsync(cancel),
            Containments = await store.ContainmentsAsync(clock.GetUtcNow() - oldest, cancel),
            Organizations = new Dictionary<string, OrganizationSize> { [stored.Organization] = stored.OrganizationSize },
            // Only nodes can be validators; asking for anything else would make suspending a person wait for the ledger.
            Validators = stored.Action.Kind == ActionKind.QuarantineNode ? await ledger.GetValidatorsAsync(cancel) : null,
        };
        var isBreakGlass = await store.IsBreakGlassAsync(stored.Action.IncidentId, cancel);
        // The time after everything was read: a process that stood still in between must not act on what held before.
        var now = clock.GetUtcNow();
        if (origin == OrderOrigin.Person && ApprovalRules.ObjectionToSending(stored, options, now) is { } unapproved)
            return new Objection("approval", unapproved);
        var action = stored.Action;
        var candidate = new Candidate(
            (action.Key, action.Kind, action.Target, action.Ttl), stored.Organization, stored.Role, origin, isBreakGlass);
        return Guardrails.ObjectionTo(candidate, state, options, now);
    }

    /// <summary>The objection to keeping what is in force until a later time; null when there is none. The caps counted it when it began.</summary>
    /// <exception cref="LedgerUnavailableException">The validator set cannot be read, so the quorum cannot be vouched for.</exception>
    public async ValueTask<Objection?> ObjectionToRenewalAsync(
        StoredAction stored, DateTimeOffset until, CancellationToken cancel)
    {
        var action = stored.Action;
        var state = new ResponseState
        {
            Validators = action.Kind == ActionKind.QuarantineNode ? await ledger.GetValidatorsAsync(cancel) : null,
        };
        var isBreakGlass = await store.IsBreakGlassAsync(action.IncidentId, cancel);
        var now = clock.GetUtcNow();
        var candidate = new Candidate(
            (action.Key, action.Kind, action.Target, until - now), stored.Organization, stored.Role, OrderOrigin.Person,
            isBreakGlass);
        return Guardrails.StandingObjectionTo(candidate, state, options);
    }

    /// <summary>Automatic actions come from policy; every other one must carry a person's approval.</summary>
    public static OrderOrigin OriginOf(StoredAction stored) =>
        stored.Mode == PlaybookMode.Automatic && stored.Approvals.Count == 0 ? OrderOrigin.Policy : OrderOrigin.Person;
}
