using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the embedded ledger's entries add up to: the rules in force, what is contained, and how much of the cap is used.</summary>
/// <remarks>Pure. Bounded by the rules themselves: live containments by cap and TTL, the window by the cap.</remarks>
internal sealed class GuardState
{
    private readonly Dictionary<(ActionKind, EntityRef), DateTimeOffset> _containedUntil = [];
    private readonly Queue<DateTimeOffset> _containedAt = new();

    public EmbeddedLedgerRules Rules { get; private set; } = new();

    public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Takes an accepted entry in.</summary>
    public void Apply(LedgerEntry entry)
    {
        LastAt = entry.At;
        Forget(entry.At);
        if (entry.Rules is { } rules)
            Rules = rules;
        if (entry.Order is not { } order)
            return;
        if (entry.IsContainment)
        {
            _containedUntil[(order.Kind, order.Target)] = entry.At + order.Ttl;
            _containedAt.Enqueue(entry.At);
        }
        else
        {
            _containedUntil.Remove((order.Kind, order.Target));
        }
    }

    public bool IsContained(ActionKind kind, EntityRef target, DateTimeOffset now) =>
        _containedUntil.TryGetValue((kind, target), out var until) && now < until;

    public ValidatorSet Validators(DateTimeOffset now) =>
        new(Rules.Validators, [.. Rules.Validators.Where(id => IsContained(ActionKind.QuarantineNode, Node(id), now))]);

    /// <summary>Why the guard refuses a containment, as a sentence; null when it accepts.</summary>
    public string? RefusalOf(LedgerOrder order, DateTimeOffset now)
    {
        if (Rules.IsPaused)
            return "The guard is paused.";
        if (order.Target.Type != TargetTypeOf(order.Kind))
            return $"A {order.Target.Type} is not what {order.Kind} is for.";
        if (order.Ttl <= TimeSpan.Zero || order.Ttl > Rules.TtlMax)
            return $"The time of {order.Ttl} is outside the limit of {Rules.TtlMax}.";
        if (Rules.Protected.Contains(order.Target))
            return $"The {order.Target} is protected.";
        if (IsContained(order.Kind, order.Target, now))
            return $"The {order.Target} is already contained.";
        if (_containedAt.Count(at => at > now - Rules.Window) >= Rules.ContainmentsPerWindowMax)
            return string.Create(CultureInfo.InvariantCulture,
                $"The cap of {Rules.ContainmentsPerWindowMax} containments in {Rules.Window} is spent.");
        return BreaksQuorum(order, now) ? "The quarantine would leave fewer validators than the quorum." : null;
    }

    private bool BreaksQuorum(LedgerOrder order, DateTimeOffset now)
    {
        if (order.Kind != ActionKind.QuarantineNode || !Rules.Validators.Contains(order.Target.Id, StringComparer.Ordinal))
            return false;
        var set = Validators(now);
        return set.Validators.Count - set.Quarantined.Count - 1 < set.Quorum;
    }

    private void Forget(DateTimeOffset now)
    {
        // The window may grow by a change of rules, so what the largest window could need is kept: a day, or the window itself.
        var keep = Rules.Window > TimeSpan.FromDays(1) ? Rules.Window : TimeSpan.FromDays(1);
        while (_containedAt.TryPeek(out var at) && at <= now - keep)
            _containedAt.Dequeue();
        foreach (var (target, until) in _containedUntil)
        {
            if (until <= now)
                _containedUntil.Remove(target);
        }
    }

    private static EntityRef Node(string id) => new(EntityType.Node, id);

    private static EntityType TargetTypeOf(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => EntityType.Node,
        ActionKind.RevokeGrant => EntityType.Grant,
        ActionKind.SuspendActor => EntityType.Actor,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
