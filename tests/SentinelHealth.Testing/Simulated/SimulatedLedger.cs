using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Testing.Simulated;

/// <summary>One containment as the simulated ledger knows it.</summary>
internal sealed record SimulatedEffect(LedgerOrder Order, LedgerReceipt Receipt)
{
    public DateTimeOffset? RestoredAt { get; set; }

    public DateTimeOffset Until => Receipt.ExpiresAt!.Value;

    public DateTimeOffset EndsAt => RestoredAt is { } at && at < Until ? at : Until;

    public bool IsLive(DateTimeOffset now) => now < EndsAt;
}

/// <summary>What a network does to an order.</summary>
internal enum OrderFate
{
    /// <summary>It arrives, and its answer, too.</summary>
    Applied,

    /// <summary>It arrives; its answer does not.</summary>
    AnswerLost,

    /// <summary>It never arrives.</summary>
    Lost,

    /// <summary>It waits at the node, which says so when asked.</summary>
    Waits,

    /// <summary>It is on its way for any time, and nobody can see it.</summary>
    Delayed,

    /// <summary>It arrives now and once more at any time.</summary>
    Repeated,
}

/// <summary>
/// A ledger behind a bad network. Of the guard's rules it has only those that make orders safe to repeat, because the caps,
/// quorums and protections under test are the program's own.
/// </summary>
internal sealed class SimulatedLedger(TimeProvider clock, IChoices choices, ResponseOracle oracle)
{
    private const int InFlightMax = 64;
    private readonly List<(LedgerOrder Order, string? RestoredBy)> _waiting = [];
    private readonly List<(LedgerOrder Order, string? RestoredBy)> _inFlight = [];
    private long _block = 100;

    public List<SimulatedEffect> Effects { get; } = [];

    public List<string> Validators { get; } = [];

    public bool IsDown { get; set; }

    /// <summary>One in how many orders meets each of the network's faults; 0 for a good network.</summary>
    public int FaultOneIn { get; set; }

    /// <summary>What happens to the next order instead of the ordinary; null for the ordinary.</summary>
    public OrderFate? NextFate { get; set; }

    public int InFlight => _inFlight.Count + _waiting.Count;

    /// <summary>An order arrives at the node, or does not.</summary>
    public LedgerReply Receive(LedgerOrder order, string? restoredBy)
    {
        if (IsDown)
            return new LedgerReply.Unknown("The node does not answer.");
        var fate = NextFate ?? (choices.Happens(FaultOneIn) ? (OrderFate)(1 + choices.Pick(5)) : OrderFate.Applied);
        NextFate = null;
        if (fate == OrderFate.Waits)
            Keep(_waiting, order, restoredBy);
        if (fate is OrderFate.Delayed or OrderFate.Repeated)
            Keep(_inFlight, order, restoredBy);
        var reply = fate is OrderFate.Applied or OrderFate.AnswerLost or OrderFate.Repeated ? Apply(order, restoredBy) : null;
        return fate is OrderFate.Applied or OrderFate.Repeated ? reply! : new LedgerReply.Unknown("No answer came.");
    }

    /// <summary>An order whose sender died is still on its way.</summary>
    public void Strand(LedgerOrder order, string? restoredBy) => Keep(_inFlight, order, restoredBy);

    /// <summary>One of the orders on their way arrives.</summary>
    public void LandOne()
    {
        var from = _inFlight.Count > 0 && (_waiting.Count == 0 || choices.Pick(2) == 0) ? _inFlight : _waiting;
        if (from.Count == 0)
            return;
        var index = choices.Pick(from.Count);
        var (order, restoredBy) = from[index];
        from.RemoveAt(index);
        Apply(order, restoredBy);
    }

    public LedgerReceipt? Find(string key)
    {
        oracle.Asked(key);
        Require();
        if (_waiting.Any(waiting => waiting.Order.Key == key && waiting.RestoredBy is null))
            throw new LedgerUnavailableException("A transaction under this key is waiting.");
        return Effects.FirstOrDefault(effect => effect.Order.Key == key)?.Receipt;
    }

    public bool IsContained(ActionKind kind, EntityRef target)
    {
        Require();
        return Effects
            .Any(effect => effect.Order.Kind == kind && effect.Order.Target == target && effect.IsLive(clock.GetUtcNow()));
    }

    public ValidatorSet ValidatorSet()
    {
        Require();
        return new([.. Validators],
            [.. Validators.Where(id => IsContained(ActionKind.QuarantineNode, new(EntityType.Node, id)))]);
    }

    public LedgerHead Head()
    {
        Require();
        return new("simulated", _block, $"0x{_block:x64}", clock.GetUtcNow());
    }

    private LedgerReply Apply(LedgerOrder order, string? restoredBy)
    {
        var now = clock.GetUtcNow();
        var known = Effects.FirstOrDefault(effect => effect.Order.Key == order.Key);
        if (restoredBy is not null)
        {
            if (known is null || !known.IsLive(now))
                return new LedgerReply.Refused("Nothing is contained under this key.");
            known.RestoredAt = now;
            oracle.Restored(known, restoredBy, now);
            return new LedgerReply.Confirmed(Receipt(null));
        }
        if (known is not null)
            return new LedgerReply.Confirmed(known.Receipt);
        if (now > order.NotAfter)
            return new LedgerReply.Refused("The order came too late.");
        if (IsContainedNow(order, now))
            return new LedgerReply.Refused("The target is contained already.");
        var effect = new SimulatedEffect(order, Receipt(now + order.Ttl));
        Effects.Add(effect);
        oracle.TookEffect(effect, Effects, Validators);
        return new LedgerReply.Confirmed(effect.Receipt);
    }

    private bool IsContainedNow(LedgerOrder order, DateTimeOffset now) =>
        Effects.Any(effect => effect.Order.Kind == order.Kind && effect.Order.Target == order.Target && effect.IsLive(now));

    private LedgerReceipt Receipt(DateTimeOffset? expiresAt)
    {
        _block++;
        return new($"0x{_block:x64}", _block, $"0x{_block + 1:x64}", clock.GetUtcNow(), expiresAt, 21_000);
    }

    private static void Keep(List<(LedgerOrder, string?)> list, LedgerOrder order, string? restoredBy)
    {
        if (list.Count < InFlightMax)
            list.Add((order, restoredBy));
    }

    private void Require()
    {
        if (IsDown)
            throw new LedgerUnavailableException("The node does not answer.");
    }
}
