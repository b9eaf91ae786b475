using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>What a person said to the program, as that person remembers it.</summary>
internal sealed record Statement(string Person, ContainmentAction Action, DateTimeOffset At, bool IsReversal,
    bool HasSignedInLately)
{
    /// <summary>Whether the program said no to it.</summary>
    public bool WasRefused { get; set; }

    /// <summary>The end a containment is to have anew; null for any other statement.</summary>
    public DateTimeOffset? RenewedUntil { get; init; }

    /// <summary>When the program answered, or died: it took note of the statement by then or never. Null while it works on it.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }
}

/// <summary>
/// Says what must never happen (I2, I3) from the world alone: what people said, what landed on the ledger, and the numbers of the
/// policy. It shares no code with what it judges.
/// </summary>
internal sealed partial class ResponseOracle(ResponseOptions policy, TimeProvider clock) : ILedgerWitness
{
    private readonly Dictionary<string, bool> _askedSinceSent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _automatic = new(StringComparer.Ordinal);
    private readonly HashSet<string> _emergencies = new(StringComparer.Ordinal);
    private bool _isKillSwitchOn;

    public List<string> Violations { get; } = [];

    public List<Statement> Statements { get; } = [];

    public void BecameEmergency(string incidentId) => _emergencies.Add(incidentId);

    public void KillSwitchTurned(bool isOn) => _isKillSwitchOn = isOn;

    /// <summary>From now on an order may leave: it was made durable that it does.</summary>
    public void MayLeave(ContainmentAction action)
    {
        if (_emergencies.Contains(action.IncidentId))
            Violated($"I3: {action.Target} was sent after its incident was known to be an emergency.");
        if (_isKillSwitchOn && IsAutomatic(action.Key))
            Violated($"I3: automation sent {action.Target} after the kill switch was on.");
    }

    public void Sent(LedgerOrder order)
    {
        if (_askedSinceSent.TryGetValue(order.Key, out var asked) && !asked)
            Violated($"I2: {order.Target} was sent again before the ledger was asked what became of it.");
        _askedSinceSent[order.Key] = false;
    }

    public void Asked(string key)
    {
        if (_askedSinceSent.ContainsKey(key))
            _askedSinceSent[key] = true;
    }

    public void TookEffect(SimulatedEffect effect, IReadOnlyList<SimulatedEffect> all, IReadOnlyList<string> validators)
    {
        var (order, at) = (effect.Order, effect.Receipt.At);
        if (all.Count(other => other.Order.Key == order.Key) > 1)
            Violated($"I2: {order.Target} took effect twice under one key.");
        if (SimulatedPopulation.IsProtected(order.Target))
            Violated($"I3: {order.Target} is protected.");
        if (order.Ttl > policy.TtlMax)
            Violated($"I3: {order.Target} is contained for {order.Ttl}.");
        RequireCaps(order, at, all);
        RequireShare(order, at, all);
        if (order.Kind == ActionKind.QuarantineNode && validators.Contains(order.Target.Id))
            RequireQuorum(at, all, validators);
        if (_observed.Contains(order.Key))
            Violated($"I3: {order.Target} took effect, and its playbook only observes.");
        if (IsAutomatic(order.Key))
        {
            RequireCooldown(order, at, all);
            RequireNoMaintenance(order, at);
        }
        else
        {
            RequireConsent(order, policy.ApprovalLifetime + policy.OrderLifetime);
        }
    }

    /// <summary>The program died: what it was told and did not answer is answered now or never.</summary>
    public void Died()
    {
        foreach (var said in Statements.Where(said => said.AnsweredAt is null))
            said.AnsweredAt = clock.GetUtcNow();
        SettleModes();
    }

    public void Restored(SimulatedEffect effect, string by, DateTimeOffset at)
    {
        var needed = SimulatedPopulation.PeopleFor(effect.Order.Kind);
        var who = Statements.Where(said => said.IsReversal && said.Action.Key == effect.Order.Key && said.At <= at
            && (needed == 1 || said.HasSignedInLately)).Select(said => said.Person).Distinct().Count();
        if (who < needed)
            Violated($"I3: {effect.Order.Target} was restored by {by}, though {who} of {needed} people ordered it.");
    }

    /// <summary>After everything has settled: decisions and effects agree, and each containment ended once.</summary>
    public void AtEnd(ISimulatedStorage storage, IReadOnlyList<SimulatedEffect> effects)
    {
        if (storage.NextDue() is { } due)
            Violated($"A timer is still set for {due:u}.");
        foreach (var effect in effects.Where(effect => storage.Find(effect.Order.Key) is null))
            Violated($"I2: {effect.Order.Target} took effect, and no record tells of it.");
        foreach (var stored in storage.All)
            Judge(stored, storage.States(stored.Action.Key), effects
                .FirstOrDefault(effect => effect.Order.Key == stored.Action.Key));
    }

    private void Judge(StoredAction stored, IReadOnlyList<ActionState> states, SimulatedEffect? effect)
    {
        var (target, state) = (stored.Action.Target, stored.Action.State);
        if (effect is null)
        {
            if (state is not (ActionState.Refused or ActionState.Proposed))
                Violated($"I2: {target} ended as {state} without an effect.");
            return;
        }
        // A note made in a state is not another entry into it.
        var entries = states.Where((entered, index) => index == 0 || states[index - 1] != entered).ToList();
        var ends = entries.Count(entered => entered is ActionState.Refused or ActionState.Reversed or ActionState.Expired);
        var begins = entries.Count(entered => entered is ActionState.Confirmed or ActionState.Reconciled);
        if (ends != 1 || begins != 1)
            Violated($"I2: {target} began {begins} times and ended {ends} times.");
        var fits = effect.RestoredAt is null ? state == ActionState.Expired
            : state is ActionState.Reversed or ActionState.Expired;
        if (!fits)
            Violated($"I2: {target} took effect and ended as {state}.");
        if (state == ActionState.Expired && effect.RestoredAt is null && stored.Action.ExpiresAt != effect.Until)
            Violated($"I2: {target} is on record until {stored.Action.ExpiresAt:u}, and the ledger kept it until {effect.Until:u}.");
        if (state == ActionState.Expired && stored.Action.ChangedAt < effect.EndsAt)
            Violated($"I2: {target} is on record as expired before the ledger let go.");
    }

    private void RequireConsent(LedgerOrder order, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        var needed = SimulatedPopulation.PeopleFor(order.Kind);
        var given = Statements.Where(said => !said.IsReversal && said.RenewedUntil is null && !said.WasRefused);
        var who = given.Where(said => now - (said.AnsweredAt ?? now) < lifetime
            && (needed == 1 || said.HasSignedInLately) && IsAbout(said.Action, order)).Select(said => said.Person)
                .Distinct().Count();
        if (who < needed)
            Violated($"I3: {order.Target} took effect with the consent of {who} people; it takes {needed}.");
    }

    private static bool IsAbout(ContainmentAction action, LedgerOrder order) => action.Key == order.Key
        && action.Kind == order.Kind
        && action.Target == order.Target && action.Ttl == order.Ttl && action.EvidenceHash == order.EvidenceHash;

    private void RequireCaps(LedgerOrder order, DateTimeOffset at, IReadOnlyList<SimulatedEffect> all)
    {
        var recent = all.Where(other => at - other.Receipt.At < policy.Window).ToList();
        var ofKind = recent.Count(other => other.Order.Kind == order.Kind);
        var kindMax = order.Kind switch
        {
            ActionKind.QuarantineNode => policy.NodesPerWindowMax,
            ActionKind.RevokeGrant => policy.GrantsPerWindowMax,
            ActionKind.PauseContract => policy.ContractsPerWindowMax,
            _ => policy.ActorsPerWindowMax,
        };
        if (ofKind > kindMax || recent.Count > policy.TotalPerWindowMax)
            Violated($"I3: {ofKind} of {kindMax} {order.Kind}, {recent.Count} of {policy.TotalPerWindowMax} in all within the window.");
    }

    private void RequireShare(LedgerOrder order, DateTimeOffset at, IReadOnlyList<SimulatedEffect> all)
    {
        if (order.Kind is ActionKind.RevokeGrant or ActionKind.PauseContract)
            return;
        var organization = SimulatedPopulation.OrganizationOf(order.Target);
        var size = SimulatedPopulation.SizeOf(organization);
        var most = order.Kind == ActionKind.SuspendActor ? size.Staff * policy.StaffShareMax : size.Nodes * policy.NodeShareMax;
        var live = all.Count(other => other.IsLive(at) && other.Order.Kind == order.Kind
            && SimulatedPopulation.OrganizationOf(other.Order.Target) == organization);
        if (live > 1 && live > most)
            Violated($"I3: {live} of {organization} are contained at once; {most} may be.");
    }

    private void RequireQuorum(DateTimeOffset at, IReadOnlyList<SimulatedEffect> all, IReadOnlyList<string> validators)
    {
        var up = validators.Count(id => !all
            .Any(other => other.IsLive(at) && other.Order.Target == new EntityRef(EntityType.Node, id)));
        // Three times those that are up must reach twice those that there are: QBFT's two thirds, without our arithmetic.
        if (3 * up < 2 * validators.Count)
            Violated($"I3: {up} of {validators.Count} validators are left.");
    }

    private void RequireCooldown(LedgerOrder order, DateTimeOffset at, IReadOnlyList<SimulatedEffect> all)
    {
        if (all.Any(other => other.Order.Key != order.Key && other.Order.Target == order.Target && !other.IsLive(at)
            && at - other.EndsAt < policy.Cooldown))
            Violated($"I3: automation contained {order.Target} again too soon.");
    }

    private bool IsAutomatic(string key) => _automatic.Contains(key);

    private void Violated(string what) => Violations.Add($"{clock.GetUtcNow():HH:mm:ss} {what}");
}
