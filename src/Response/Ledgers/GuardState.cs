using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the embedded ledger's entries add up to: the rules in force, what is contained, and how much of the cap is used.</summary>
/// <remarks>Pure. Bounded by the rules themselves: live containments by cap and TTL, the window by the cap.</remarks>
internal sealed class GuardState
{
    private readonly Dictionary<(ActionKind, EntityRef), (DateTimeOffset Until, string Key)> _contained = [];
    private readonly Queue<(DateTimeOffset At, ActionKind Kind)> _starts = new();

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
            _contained[(order.Kind, order.Target)] = (entry.At + order.Ttl, order.Key);
            _starts.Enqueue((entry.At, order.Kind));
        }
        else
        {
            _contained.Remove((order.Kind, order.Target));
        }
    }

    public bool IsContained(ActionKind kind, EntityRef target, DateTimeOffset now) =>
        _contained.TryGetValue((kind, target), out var containment) && now < containment.Until;

    /// <summary>Whether the containment in force is the one made under this key.</summary>
    public bool IsContainedUnder(string key, ActionKind kind, EntityRef target, DateTimeOffset now) =>
        IsContained(kind, target, now) && _contained[(kind, target)].Key == key;

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
        if (_contained.Count(item => item.Key.Item1 == order.Kind && now < item.Value.Until) >= Rules.LiveMax(order.Kind))
            return string.Create(CultureInfo.InvariantCulture, $"{Rules.LiveMax(order.Kind)} {order.Kind} are in force, and no more may be.");
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
        // A change of rules may lengthen the window, so starts are kept for a day even when the window is shorter.
        var keep = Rules.Window > TimeSpan.FromDays(1) ? Rules.Window : TimeSpan.FromDays(1);
        while (_starts.TryPeek(out var start) && start.At <= now - keep)
            _starts.Dequeue();
        foreach (var (target, containment) in _contained)
        {
            if (containment.Until <= now)
                _contained.Remove(target);
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
