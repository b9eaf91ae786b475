using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Testing.Simulated;

/// <summary>One containment as the simulated ledger knows it.</summary>
internal sealed record SimulatedEffect(LedgerOrder Order, LedgerReceipt Receipt)
{
    public DateTimeOffset? RestoredAt { get; set; }

    /// <summary>The end people gave it anew.</summary>
    public DateTimeOffset? RenewedUntil { get; set; }

    public DateTimeOffset Until => RenewedUntil ?? Receipt.ExpiresAt!.Value;

    /// <summary>As the ledger tells it now.</summary>
    public LedgerReceipt Told => Receipt with { ExpiresAt = Until };

    public DateTimeOffset EndsAt => RestoredAt is { } at && at < Until ? at : Until;

    public bool IsLive(DateTimeOffset now) => now < EndsAt;
}

/// <summary>An order on its way.</summary>
/// <param name="Order">What is ordered.</param>
/// <param name="By">For people: who; null for automation.</param>
/// <param name="Until">The end a containment is to have anew; null for anything else.</param>
internal readonly record struct SimulatedDelivery(LedgerOrder Order, string? By, DateTimeOffset? Until);

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
internal sealed class SimulatedLedger(TimeProvider clock, IChoices choices, ILedgerWitness oracle)
{
    private const int InFlightMax = 64;
    private readonly List<SimulatedDelivery> _waiting = [];
    private readonly List<SimulatedDelivery> _inFlight = [];
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
    public LedgerReply Receive(SimulatedDelivery delivery)
    {
        if (IsDown)
            return new LedgerReply.Unknown("The node does not answer.");
        var fate = NextFate ?? (choices.Happens(FaultOneIn) ? (OrderFate)(1 + choices.Pick(5)) : OrderFate.Applied);
        NextFate = null;
        if (fate == OrderFate.Waits)
            Keep(_waiting, delivery);
        if (fate is OrderFate.Delayed or OrderFate.Repeated)
            Keep(_inFlight, delivery);
        var reply = fate is OrderFate.Applied or OrderFate.AnswerLost or OrderFate.Repeated ? Apply(delivery) : null;
        return fate is OrderFate.Applied or OrderFate.Repeated ? reply! : new LedgerReply.Unknown("No answer came.");
    }

    /// <summary>An order whose sender died is still on its way.</summary>
    public void Strand(SimulatedDelivery delivery) => Keep(_inFlight, delivery);

    /// <summary>One of the orders on their way arrives.</summary>
    public void LandOne()
    {
        var from = _inFlight.Count > 0 && (_waiting.Count == 0 || choices.Pick(2) == 0) ? _inFlight : _waiting;
        if (from.Count == 0)
            return;
        var index = choices.Pick(from.Count);
        var delivery = from[index];
        from.RemoveAt(index);
        Apply(delivery);
    }

    public LedgerReceipt? Find(string key)
    {
        oracle.Asked(key);
        Require();
        if (_waiting.Any(waiting => waiting.Order.Key == key && waiting.By is null))
            throw new LedgerUnavailableException("A transaction under this key is waiting.");
        return Effects.FirstOrDefault(effect => effect.Order.Key == key)?.Told;
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

    private LedgerReply Apply(SimulatedDelivery delivery)
    {
        var (order, now) = (delivery.Order, clock.GetUtcNow());
        var known = Effects.FirstOrDefault(effect => effect.Order.Key == order.Key);
        if (delivery.By is { } by)
            return ApplyForPeople(known, by, delivery.Until, now);
        if (known is not null)
            return new LedgerReply.Confirmed(known.Told);
        if (now > order.NotAfter)
            return new LedgerReply.Refused("The order came too late.");
        if (IsContainedNow(order, now))
            return new LedgerReply.Refused("The target is contained already.");
        var effect = new SimulatedEffect(order, Receipt(now + order.Ttl));
        Effects.Add(effect);
        oracle.TookEffect(effect, Effects, Validators);
        return new LedgerReply.Confirmed(effect.Receipt);
    }

    private LedgerReply ApplyForPeople(SimulatedEffect? known, string by, DateTimeOffset? until, DateTimeOffset now)
    {
        if (known is null || !known.IsLive(now))
            return new LedgerReply.Refused("Nothing is contained under this key.");
        if (until is not { } end)
        {
            known.RestoredAt = now;
            oracle.Restored(known, by, now);
            return new LedgerReply.Confirmed(Receipt(null));
        }
        if (end < known.Until)
            return new LedgerReply.Refused("It lasts longer already.");
        if (end > known.Until)
        {
            known.RenewedUntil = end;
            oracle.Renewed(known, by, end, now);
        }
        return new LedgerReply.Confirmed(known.Told);
    }

    private bool IsContainedNow(LedgerOrder order, DateTimeOffset now) =>
        Effects.Any(effect => effect.Order.Kind == order.Kind && effect.Order.Target == order.Target && effect.IsLive(now));

    private LedgerReceipt Receipt(DateTimeOffset? expiresAt)
    {
        _block++;
        return new($"0x{_block:x64}", _block, $"0x{_block + 1:x64}", clock.GetUtcNow(), expiresAt, 21_000);
    }

    private static void Keep(List<SimulatedDelivery> list, SimulatedDelivery delivery)
    {
        if (list.Count < InFlightMax)
            list.Add(delivery);
    }

    private void Require()
    {
        if (IsDown)
            throw new LedgerUnavailableException("The node does not answer.");
    }
}
