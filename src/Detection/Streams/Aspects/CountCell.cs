using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Aspects;

/// <summary>What is known about the keys that share a cell of a sketch. 32 bytes.</summary>
/// <remarks>
/// The burst is how improbable the current count is given the rate so far: the Chernoff bound on the tail of a negative binomial,
/// the predictive distribution of counts whose Poisson rate has a gamma posterior. It replaces the chi-square of MIDAS (Bhatia et
/// al. 2020), which lets a key met for the second time outrank a flood, and is in nats, so that evidence of several aspects adds
/// up. It is the lesser of two: a count that fades within a few ticks against what one tick brings, and one that fades within
/// about ten against what its whole window brings. A steady key outgrows one tick's rate but not its window's, and a chance run
/// of rows does not fill the window. Presence counts the ticks a key was seen in rather than its rows: a million rows in one
/// minute are one minute.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct CountCell
{
    /// <summary>What a rate is believed to be before anything was counted, in rows; it weighs one tick.</summary>
    private const double PriorCount = 0.5;

    public int FirstTick;
    public int LastTick;

    /// <summary>Rows now, all of them, fading from tick to tick: quickly, and slowly.</summary>
    private float _quick, _slow;

    /// <summary>Trusted rows of the current tick.</summary>
    private float _tickCount;

    /// <summary>How far the current tick already counts as presence, 0..1.</summary>
    private float _tickPresence;

    /// <summary>Trusted rows of earlier ticks.</summary>
    private float _count;

    /// <summary>Trusted ticks with the key.</summary>
    private float _presence;

    public readonly float Presence => _presence;

    private readonly bool IsNew => LastTick == 0;

    /// <summary>Nats of surprise that there is one row more.</summary>
    /// <param name="tick">The tick of the row.</param>
    /// <param name="countedShare">How much of ordinary rows the trusted counts hold, 0..1.</param>
    /// <param name="options">How quickly counts fade.</param>
    public readonly double Burst(int tick, double countedShare, StreamOptions options)
    {
        if (IsNew)
            return Surprise(1, PriorCount, PriorCount);
        var (quick, slow, shape) = (_quick, _slow, _count + PriorCount);
        if (tick > LastTick)
        {
            quick *= Faded(tick - LastTick, options.DecayPerTick);
            slow *= Faded(tick - LastTick, options.SlowDecayPerTick);
            shape += _tickCount;
        }
        var age = Math.Max(tick, LastTick) - FirstTick + 1;
        var rate = shape / (age * countedShare);
        var slowly = Surprise(slow + 1, shape, rate * Window(age, options.SlowDecayPerTick));
        return slowly == 0 ? 0 : Math.Min(slowly, Surprise(quick + 1, shape, rate));
    }

    /// <summary>Counts a row at a tick.</summary>
    /// <param name="tick">1 or more; earlier ticks than the last count into the last.</param>
    /// <param name="trust">0..1, how much of it shapes the rate and the presence.</param>
    /// <param name="options">Decay and horizon.</param>
    public void Add(int tick, float trust, StreamOptions options)
    {
        if (IsNew)
            FirstTick = LastTick = tick;
        if (tick > LastTick)
            Turn(tick, options);
        _quick++;
        _slow++;
        _tickCount += trust;
        var seen = Math.Min(trust, 1 - _tickPresence);
        _presence += seen;
        _tickPresence += seen;
    }

    /// <summary>Two ticks become one.</summary>
    public void Coarsen()
    {
        if (IsNew)
            return;
        (FirstTick, LastTick) = ((FirstTick + 1) / 2, (LastTick + 1) / 2);
        _presence = Math.Min(_presence, LastTick - FirstTick + 1);
    }

    private void Turn(int tick, StreamOptions options)
    {
        _quick *= Faded(tick - LastTick, options.DecayPerTick);
        _slow *= Faded(tick - LastTick, options.SlowDecayPerTick);
        _count += _tickCount;
        (_tickCount, _tickPresence, LastTick) = (0, 0, tick);
        if (tick - FirstTick < options.HorizonTicks)
            return;
        _count *= 0.5f;
        _presence *= 0.5f;
        FirstTick = tick - (options.HorizonTicks / 2);
    }

    private static float Faded(int ticks, float decayPerTick) => ticks switch
    {
        1 => decayPerTick,
        > 200 => 0,
        _ => MathF.Pow(decayPerTick, ticks),
    };

    /// <summary>Ticks that a fading count amounts to.</summary>
    private static double Window(int age, float decayPerTick) => (1 - Faded(age, decayPerTick)) / (1 - decayPerTick);

    private static double Surprise(double observed, double shape, double expected)
    {
        if (observed <= expected)
            return 0;
        return (observed * Math.Log(observed / expected))
            - ((observed + shape) * Math.Log((observed + shape) / (expected + shape)));
    }
}
