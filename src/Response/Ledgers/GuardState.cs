using System.Collections.Frozen;
using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the embedded ledger's entries add up to: the rules in force, what is contained, and how much of the cap is used.</summary>
/// <remarks>Pure. Bounded by the rules themselves: live containments by cap and TTL, the window by the cap.</remarks>
internal sealed class GuardState
{
    // What people restored stays until its cooldown is over; how long that is may change, so for as long as starts are kept.
    private readonly Dictionary<(ActionKind Kind, EntityRef Target), Held> _contained = [];
    private readonly Queue<(DateTimeOffset At, ActionKind Kind)> _starts = new();

    private FrozenDictionary<EntityRef, string> _organizations = FrozenDictionary<EntityRef, string>.Empty;
    private FrozenDictionary<(EntityType Type, string Organization), int> _sizes =
        FrozenDictionary<(EntityType Type, string Organization), int>.Empty;

    public EmbeddedLedgerRules Rules { get; private set; } = new();

    /// <summary>The public keys of those who restore; empty on a ledger of before there were two.</summary>
    public IReadOnlyList<string> Restorers { get; private set; } = [];

    public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Takes an accepted entry in.</summary>
    public void Apply(LedgerEntry entry)
    {
        LastAt = entry.At;
        Forget(entry.At);
        if (entry.Rules is { } rules)
            Put(rules);
        Restorers = entry.Restorers ?? Restorers;
        if (entry.Order is not { } order)
            return;
        if (entry.IsContainment)
        {
            _contained[(order.Kind, order.Target)] = new Held(
                entry.At + order.Ttl, entry.At + order.Ttl, order.Key, _organizations.GetValueOrDefault(order.Target, ""));
            _starts.Enqueue((entry.At, order.Kind));
        }
        else
        {
            var held = _contained.GetValueOrDefault((order.Kind, order.Target));
            _contained[(order.Kind, order.Target)] = entry.RenewedUntil is { } until
                ? new Held(until, until, order.Key, held.Organization ?? "") : held with { Until = entry.At };
        }
    }

    public bool IsContained(ActionKind kind, EntityRef target, DateTimeOffset now) =>
        _contained.TryGetValue((kind, target), out var containment) && now < containment.Until;

    /// <summary>Whether the containment in force is the one made under this key.</summary>
    public bool IsContainedUnder(string key, ActionKind kind, EntityRef target, DateTimeOffset now) =>
        IsContained(kind, target, now) && _contained[(kind, target)].Key == key;

    /// <summary>Until when a containment was to last, renewals included; null when nothing is known of it any more.</summary>
    public DateTimeOffset? PromisedUntil(LedgerOrder order) =>
        _contained.TryGetValue((order.Kind, order.Target), out var held) && held.Key == order.Key ? held.Promised : null;

    /// <summary>Why the guard does not keep a containment longer, as a sentence; null when it does.</summary>
    public string? RefusalOfRenewal(LedgerOrder order, DateTimeOffset until, DateTimeOffset now)
    {
        if (!IsContainedUnder(order.Key, order.Kind, order.Target, now))
            return $"The {order.Target} is not contained under this key.";
        if (Rules.Protected.Contains(order.Target))
            return $"The {order.Target} is protected.";
        if (until <= PromisedUntil(order) || until > now + Rules.TtlMax)
            return $"It can be kept longer than it is, and until {now + Rules.TtlMax:u} at most.";
        var set = Validators(now);
        return order.Kind == ActionKind.QuarantineNode && set.Validators.Contains(order.Target.Id)
            && set.Validators.Count - set.Quarantined.Count < set.Quorum ? "The validator is needed for the quorum now." : null;
    }

    public ValidatorSet Validators(DateTimeOffset now) =>
        new(Rules.Validators, [.. Rules.Validators.Where(id => IsContained(ActionKind.QuarantineNode, Node(id), now))]);

    /// <summary>Why the guard refuses a containment, as a sentence; null when it accepts.</summary>
    public string? RefusalOf(LedgerOrder order, DateTimeOffset now)
    {
        if (Rules.IsPaused)
            return "The guard is paused.";
        if (now > order.NotAfter)
            return $"The order came too late; it was good until {order.NotAfter:u}.";
        if (order.Target.Type != TargetTypeOf(order.Kind))
            return $"A {order.Target.Type} is not what {order.Kind} is for.";
        if (order.Ttl <= TimeSpan.Zero || order.Ttl > Rules.TtlMax)
            return $"The time of {order.Ttl} is outside the limit of {Rules.TtlMax}.";
        if (Rules.Protected.Contains(order.Target))
            return $"The {order.Target} is protected.";
        if (IsContained(order.Kind, order.Target, now))
            return $"The {order.Target} is already contained.";
        if (_starts.Count(start => start.Kind == order.Kind && start.At > now - Rules.Window) >= Rules.PerWindowMax(order.Kind))
            return string.Create(CultureInfo.InvariantCulture,
                $"The cap of {Rules.PerWindowMax(order.Kind)} {order.Kind} in {Rules.Window} is spent.");
        if (Cooling(order, now) is { } freeAt)
            return $"The {order.Target} was let go a short while ago and is left alone until {freeAt:u}.";
        if (LiveCount(now, order.Kind) >= Rules.LiveMax(order.Kind))
            return string.Create(CultureInfo.InvariantCulture, $"{Rules.LiveMax(order.Kind)} {order.Kind} are in force, and no more may be.");
        if (LiveCount(now) >= Rules.TotalLiveMax)
            return string.Create(CultureInfo.InvariantCulture, $"{Rules.TotalLiveMax} containments are in force, and no more may be.");
        if (ShareSpent(order, now) is { } spent)
            return spent;
        return BreaksQuorum(order, now) ? "The quarantine would leave fewer validators than the quorum." : null;
    }

    /// <summary>
    /// The share of an organization, as it was when each was contained: people who move later do not free or take a place. Whoever
    /// belongs to none is held by the caps alone.
    /// </summary>
    private string? ShareSpent(LedgerOrder order, DateTimeOffset now)
    {
        if (!_organizations.TryGetValue(order.Target, out var organization))
            return null;
        var members = _sizes[(order.Target.Type, organization)];
        var contained = _contained.Count(item => item.Key.Kind == order.Kind && now < item.Value.Until
            && item.Value.Organization == organization);
        return Rules.MembersMax(order.Kind, members) is { } most && contained >= most
            ? string.Create(CultureInfo.InvariantCulture, $"{contained} of {members} members of {organization} are contained; {most} may be at once.")
            : null;
    }

    private void Put(EmbeddedLedgerRules rules)
    {
        if (!Rules.Members.SequenceEqual(rules.Members))
        {
            _organizations = rules.Members.DistinctBy(member => member.Member)
                .ToFrozenDictionary(member => member.Member, member => member.Organization);
            _sizes = _organizations.CountBy(item => (item.Key.Type, item.Value)).ToFrozenDictionary();
        }
        Rules = rules;
    }

    private bool BreaksQuorum(LedgerOrder order, DateTimeOffset now)
    {
        if (order.Kind != ActionKind.QuarantineNode || !Rules.Validators.Contains(order.Target.Id, StringComparer.Ordinal))
            return false;
        var set = Validators(now);
        return set.Validators.Count - set.Quarantined.Count - 1 < set.Quorum;
    }

    private int LiveCount(DateTimeOffset now, ActionKind? kind = null) =>
        _contained.Count(item => (kind is null || item.Key.Kind == kind) && now < item.Value.Until);

    private DateTimeOffset? Cooling(LedgerOrder order, DateTimeOffset now) =>
        _contained.TryGetValue((order.Kind, order.Target), out var held) && now < held.Until + Rules.Cooldown
            ? held.Until + Rules.Cooldown : null;

    private void Forget(DateTimeOffset now)
    {
        // A change of rules may lengthen the window or the cooldown, so starts and ends are kept for a day even when both are shorter.
        var keep = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerDay, Math.Max(Rules.Window.Ticks, Rules.Cooldown.Ticks)));
        while (_starts.TryPeek(out var start) && start.At <= now - keep)
            _starts.Dequeue();
        foreach (var (target, containment) in _contained)
        {
            if (containment.Until <= now - keep)
                _contained.Remove(target);
        }
    }

    private static EntityRef Node(string id) => new(EntityType.Node, id);

    private static EntityType TargetTypeOf(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => EntityType.Node,
        ActionKind.RevokeGrant => EntityType.Grant,
        ActionKind.SuspendActor => EntityType.Actor,
        ActionKind.PauseContract => EntityType.Contract,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The latest containment of a target.</summary>
    /// <param name="Until">When it ends or ended.</param>
    /// <param name="Promised">When it was to end by itself.</param>
    /// <param name="Key">Its action key.</param>
    /// <param name="Organization">Whose member the target was when it was contained; empty for nobody's.</param>
    private readonly record struct Held(DateTimeOffset Until, DateTimeOffset Promised, string Key, string Organization);
}
