using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Testing;

/// <summary>How a <see cref="FakeLedger"/> answers the next containments.</summary>
public enum LedgerMood
{
    /// <summary>By its rules.</summary>
    Answers,

    /// <summary>Refuses whatever comes.</summary>
    Refuses,

    /// <summary>Applies the order and loses its answer.</summary>
    AppliesSilently,

    /// <summary>Loses the order.</summary>
    LosesOrders,

    /// <summary>Loses its answer and applies the order only after it was asked twice; until then it cannot say.</summary>
    AppliesLate,

    /// <summary>Cannot be read and answers nothing.</summary>
    IsDown,
}

/// <summary>A guard contract in memory, written from its rules and not from our code, that can misbehave like a network.</summary>
public sealed class FakeLedger(LedgerSetup setup, TimeProvider clock) : ILedger
{
    private readonly Lock _gate = new();
    private readonly List<(LedgerOrder Order, LedgerReceipt Receipt, DateTimeOffset EndsAt)> _effects = [];
    private LedgerOrder? _pending;
    private int _asksUntilApplied;
    private readonly TaskCompletionSource _isFull = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _block = 100;

    /// <summary>How it answers; switches back to <see cref="LedgerMood.Answers"/> after one containment unless it is down.</summary>
    public LedgerMood Mood { get; set; }

    /// <summary>How often a restore loses its answer though it is carried out.</summary>
    public int SilentRestores { get; set; }

    /// <summary>The keys of all effects, in order.</summary>
    public IReadOnlyList<string> EffectKeys
    {
        get
        {
            lock (_gate)
                return [.. _effects.Select(effect => effect.Order.Key)];
        }
    }

    /// <summary>How many containments were ordered, with or without effect.</summary>
    public int Orders { get; private set; }

    /// <summary>So many orders are answered together, as by one block; 0 answers each at once.</summary>
    public int OrdersPerBlock { get; init; }

    public async Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel)
    {
        var reply = await ContainAtOnceAsync(order);
        if (OrdersPerBlock == 0)
            return reply;
        if (Orders >= OrdersPerBlock)
            _isFull.TrySetResult();
        await _isFull.Task.WaitAsync(cancel);
        return reply;
    }

    private Task<LedgerReply> ContainAtOnceAsync(LedgerOrder order)
    {
        lock (_gate)
        {
            Orders++;
            var mood = Mood;
            if (mood != LedgerMood.IsDown)
                Mood = LedgerMood.Answers;
            return Task.FromResult(mood switch
            {
                LedgerMood.Refuses => new LedgerReply.Refused("The guard refuses everything today."),
                LedgerMood.AppliesSilently => Silently(order),
                LedgerMood.AppliesLate => Later(order),
                LedgerMood.LosesOrders or LedgerMood.IsDown => new LedgerReply.Unknown("No answer came."),
                _ => Apply(order),
            });
        }
    }

    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel)
    {
        lock (_gate)
        {
            var index = _effects.FindIndex(effect => effect.Order.Key == order.Key);
            if (index < 0 || !IsInForce(_effects[index]) || _effects[index].Order.Target != order.Target)
                return Task.FromResult<LedgerReply>(new LedgerReply.Refused("Nothing is contained under this key."));
            _effects[index] = _effects[index] with { EndsAt = clock.GetUtcNow() };
            var receipt = NextReceipt(expiresAt: null);
            return Task.FromResult<LedgerReply>(
                SilentRestores-- > 0 ? new LedgerReply.Unknown("No answer came.") : new LedgerReply.Confirmed(receipt));
        }
    }

    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var index = _effects.FindIndex(effect => effect.Order.Key == order.Key);
            if (index < 0 || !IsInForce(_effects[index]) || setup.Protected.Contains(order.Target) || until > now + setup.TtlMax)
                return Task.FromResult<LedgerReply>(new LedgerReply.Refused("It cannot be kept longer."));
            var effect = _effects[index];
            if (until < effect.EndsAt)
                return Task.FromResult<LedgerReply>(new LedgerReply.Refused("It lasts longer already."));
            _effects[index] = (effect.Order, effect.Receipt with { ExpiresAt = until }, until);
            return Task.FromResult<LedgerReply>(
                SilentRestores-- > 0 ? new LedgerReply.Unknown("No answer came.") : new LedgerReply.Confirmed(_effects[index].Receipt));
        }
    }

    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => Read<LedgerReceipt?>(() =>
    {
        if (_pending?.Key == key)
        {
            if (_asksUntilApplied-- > 0)
                throw new LedgerUnavailableException("The transaction is pending.");
            var pending = _pending;
            _pending = null;
            Apply(pending);
        }
        return _effects.FirstOrDefault(effect => effect.Order.Key == key).Receipt;
    });

    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) =>
        Read(() => _effects.Any(effect => effect.Order.Kind == kind && effect.Order.Target == target && IsInForce(effect)));

    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => Read(() => Validators());

    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) =>
        Read(() => new LedgerHead("fake", _block, $"0x{_block:x64}", clock.GetUtcNow()));

    private LedgerReply Apply(LedgerOrder order)
    {
        if (_effects.FirstOrDefault(effect => effect.Order.Key == order.Key).Receipt is { } earlier)
            return new LedgerReply.Confirmed(earlier);
        if (Refusal(order) is { } refusal)
            return new LedgerReply.Refused(refusal);
        var receipt = NextReceipt(clock.GetUtcNow() + order.Ttl);
        _effects.Add((order, receipt, clock.GetUtcNow() + order.Ttl));
        return new LedgerReply.Confirmed(receipt);
    }

    private LedgerReply.Unknown Silently(LedgerOrder order)
    {
        Apply(order);
        return new LedgerReply.Unknown("No answer came.");
    }

    private LedgerReply.Unknown Later(LedgerOrder order)
    {
        _pending = order;
        _asksUntilApplied = 2;
        return new LedgerReply.Unknown("No answer came.");
    }

    private string? Refusal(LedgerOrder order)
    {
        var now = clock.GetUtcNow();
        if (now > order.NotAfter)
            return "The order came too late.";
        if (order.Ttl <= TimeSpan.Zero || order.Ttl > setup.TtlMax)
            return "The time is out of range.";
        if (setup.Protected.Contains(order.Target))
            return "The target is protected.";
        if (_effects.Any(effect => effect.Order.Target == order.Target && effect.Order.Kind == order.Kind && IsInForce(effect)))
            return "The target is contained already.";
        if (_effects.Any(effect => effect.Order.Target == order.Target && effect.Order.Kind == order.Kind
            && now < effect.EndsAt + setup.Cooldown))
            return "The target rests.";
        if (_effects.Count(IsInForce) >= setup.TotalLiveMax)
            return "Too much is in force.";
        if (_effects.Count(effect => effect.Order.Kind == order.Kind
            && effect.Receipt.At > now - setup.Window) >= setup.ContainmentsPerWindowMax)
            return "The cap is reached.";
        if (IsShareSpent(order))
            return "The organization's share is contained.";
        var set = Validators();
        var isLastStraw = set.Validators.Contains(order.Target.Id)
            && set.Validators.Count - set.Quarantined.Count - 1 < set.Quorum;
        return order.Kind == ActionKind.QuarantineNode && isLastStraw ? "The quorum is at risk." : null;
    }

    /// <summary>One of an organization always may be contained.</summary>
    private bool IsShareSpent(LedgerOrder order)
    {
        var organization = setup.Members.FirstOrDefault(member => member.Member == order.Target).Organization;
        if (organization is null)
            return false;
        var fellows = setup.Members.Where(member => member.Organization == organization).Select(member => member.Member)
            .Where(member => member.Type == order.Target.Type).ToHashSet();
        var held = _effects.Count(effect =>
            effect.Order.Kind == order.Kind && IsInForce(effect) && fellows.Contains(effect.Order.Target));
        var share = order.Kind == ActionKind.QuarantineNode ? setup.NodeShareMax : setup.StaffShareMax;
        return held > 0 && held + 1 > (share * fellows.Count) + 1e-9;
    }

    private ValidatorSet Validators() => new(
        setup.Validators,
        [.. setup.Validators.Where(id => _effects.Any(effect =>
            effect.Order.Kind == ActionKind.QuarantineNode && effect.Order.Target.Id == id && IsInForce(effect)))]);

    private bool IsInForce((LedgerOrder Order, LedgerReceipt Receipt, DateTimeOffset EndsAt) effect) =>
        clock.GetUtcNow() < effect.EndsAt;

    private LedgerReceipt NextReceipt(DateTimeOffset? expiresAt)
    {
        _block++;
        return new LedgerReceipt($"0x{_block + 7:x64}", _block, $"0x{_block:x64}", clock.GetUtcNow(), expiresAt, 21_000);
    }

    private Task<T> Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            try
            {
                return Mood == LedgerMood.IsDown
                    ? Task.FromException<T>(new LedgerUnavailableException("The ledger is down."))
                    : Task.FromResult(read());
            }
            catch (LedgerUnavailableException fault)
            {
                return Task.FromException<T>(fault);
            }
        }
    }
}
