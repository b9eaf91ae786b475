using SentinelHealth.Detection.Calibration;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Calibration;

/// <summary>Actor-hours of a network whose scores are exchangeable but for attacks, through everything that calibrates.</summary>
internal sealed class CalibratedStream(int seed)
{
    public const int Actors = 400;
    public const int HoursOfDay = 10;
    public const int Days = 20;
    public const int FirstAttackDay = 8;
    private const int AttackersOfDay = 3;
    private const int AttackHours = 3;
    private const long DayMs = 86_400_000, HourMs = 3_600_000, StartMs = 20_000 * DayMs;
    private const double BudgetThreshold = 5.0 / (Actors * HoursOfDay);

    private readonly Random _random = new(seed);
    private readonly EvidenceCombiner _combiner = new(1_024);

    public Guarantee Guarantee { get; } = new(new DetectionOptions());

    /// <summary>The share of innocent actor-hours among those discovered, by day; days without discoveries are 0.</summary>
    public List<double> FalseShares { get; } = [];

    public int FalseCount { get; private set; }

    public int TrueCount { get; private set; }

    /// <summary>Hours of the network from the change until the test said so; null when it did not.</summary>
    public long? NoticedAfter { get; private set; }

    /// <summary>Runs it. From a day on, scores are multiplied; 1 leaves them as they are.</summary>
    public CalibratedStream Run(int changeOnDay = int.MaxValue, double factor = 1)
    {
        long hoursBefore = 0;
        for (var day = 0; day < Days; day++)
        {
            if (day == changeOnDay)
                hoursBefore = Guarantee.Status(0).HoursTested;
            var (falseNow, trueNow) = Day(day, day >= changeOnDay ? factor : 1);
            FalseShares.Add(falseNow / (double)Math.Max(1, falseNow + trueNow));
            (FalseCount, TrueCount) = (FalseCount + falseNow, TrueCount + trueNow);
            if (day >= changeOnDay && NoticedAfter is null && Guarantee.Status(0).RiseCount > 0)
                NoticedAfter = Guarantee.Status(0).HoursTested - hoursBefore;
        }
        return this;
    }

    private (int False, int True) Day(int day, double factor)
    {
        var attackers = day < FirstAttackDay
            ? [] : Enumerable.Range(0, AttackersOfDay).Select(_ => _random.Next(Actors)).ToHashSet();
        var (falseNow, trueNow) = (0, 0);
        var shock = Normal();
        for (var hour = 0; hour < HoursOfDay; hour++)
        {
            // What is strange in the network this hour makes everybody a little stranger, and lasts into the next.
            shock = (0.5 * shock) + (Math.Sqrt(0.75) * Normal());
            for (var actor = 0; actor < Actors; actor++)
            {
                var isAttack = attackers.Contains(actor) && hour < AttackHours;
                var value = factor * Ordinary((Math.Sqrt(0.01) * shock) + (Math.Sqrt(0.99) * Normal())) + (isAttack ? 45 : 0);
                if (!Hour(actor, StartMs + (day * DayMs) + ((8 + hour) * HourMs) + actor, value))
                    continue;
                (falseNow, trueNow) = isAttack ? (falseNow, trueNow + 1) : (falseNow + 1, trueNow);
            }
        }
        return (falseNow, trueNow);
    }

    private bool Hour(int actor, long atMs, double value)
    {
        var (key, peers) = (StableHash.Combine(77, (ulong)actor), 1 + ((ulong)actor % 4));
        var pValue = _combiner.HourPValue(peers, value);
        var isFlagged = pValue < BudgetThreshold;
        var isDiscovery = isFlagged && Guarantee.Judge(key, atMs, pValue) == AlertStanding.Discovery;
        var turn = _combiner.Learn(key, peers, atMs, value, isFlagged ? 0.1f : 1, out var finished);
        Guarantee.Learn(turn, finished, atMs);
        return isDiscovery;
    }

    /// <summary>Nothing strange half of the time, else an exponential tail, from a standard normal number.</summary>
    private static double Ordinary(double normal)
    {
        var upper = 0.5 * Erfc(normal / Math.Sqrt(2));
        return upper > 0.5 ? 0 : -2 * Math.Log(2 * upper);
    }

    /// <summary>Numerical Recipes' Chebyshev fit; relative error below 1.2e-7.</summary>
    private static double Erfc(double x)
    {
        var z = Math.Abs(x);
        var t = 1 / (1 + (0.5 * z));
        var fit = t * Math.Exp((-z * z) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418
            + (t * (-0.18628806 + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587
            + (t * (-0.82215223 + (t * 0.17087277))))))))))))))))));
        return x >= 0 ? fit : 2 - fit;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
