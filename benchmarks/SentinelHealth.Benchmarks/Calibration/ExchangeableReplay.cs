using SentinelHealth.Detection;
using SentinelHealth.Detection.Calibration;

namespace SentinelHealth.Benchmarks.Calibration;

/// <summary>
/// The actor-hours of a simulated network with the innocent ones' evidence dealt out anew at random within each peer group, so
/// that they are exchangeable, through everything that calibrates.
/// </summary>
internal sealed class ExchangeableReplay
{
    private const int HoursOfWarmUp = 2_000;

    private readonly EvidenceCombiner _combiner = new(65_536);
    private readonly Guarantee _guarantee = new(new DetectionOptions());
    private readonly Dictionary<long, (int True, int False)> _byDay = [];

    /// <summary>Mean over days of the share of innocent ones among the discovered actor-hours; days without any count 0.</summary>
    public double FalseShare => _byDay.Count == 0
        ? 0 : _byDay.Values.Average(day => day.False / (double)Math.Max(1, day.False + day.True));

    public int TrueCount => _byDay.Values.Sum(day => day.True);

    public int FalseCount => _byDay.Values.Sum(day => day.False);

    /// <summary>How often the test called the stream changed.</summary>
    public int RiseCount => _guarantee.Status(0).RiseCount;

    /// <summary>Hours from the change until the test said so; null when it did not.</summary>
    public double? NoticedAfter { get; private set; }

    /// <summary>Replays actor-hours; in the second half evidence is multiplied by the factor.</summary>
    public static ExchangeableReplay Of(IReadOnlyList<ActorHour> hours, int seed, double factor)
    {
        var replay = new ExchangeableReplay();
        var dealt = Deal(hours, seed);
        var hoursADay = hours.Count / Math.Max(1.0, (hours[^1].Finished.EndedAtMs - hours[0].Finished.EndedAtMs) / 86_400_000.0);
        for (var i = 0; i < hours.Count; i++)
        {
            var isChanged = i >= hours.Count / 2;
            replay.Hour(hours[i], isChanged ? factor * dealt[i] : dealt[i], i >= HoursOfWarmUp, 5 / hoursADay);
            if (isChanged && factor > 1 && replay.NoticedAfter is null && replay.RiseCount > 0)
                replay.NoticedAfter = (hours[i].Finished.EndedAtMs - hours[hours.Count / 2].Finished.EndedAtMs) / 3_600_000.0;
        }
        return replay;
    }

    private static double[] Deal(IReadOnlyList<ActorHour> hours, int seed)
    {
        var random = new Random(seed);
        var dealt = hours.Select(hour => hour.Finished.Highest).ToArray();
        foreach (var group in Enumerable.Range(0, hours.Count).Where(i => !hours[i].IsAttack)
            .GroupBy(i => hours[i].Finished.Group).Select(group => group.ToArray()))
        {
            for (var i = group.Length - 1; i > 0; i--)
            {
                var other = random.Next(i + 1);
                (dealt[group[i]], dealt[group[other]]) = (dealt[group[other]], dealt[group[i]]);
            }
        }
        return dealt;
    }

    private void Hour(in ActorHour hour, double evidence, bool mayAlert, double threshold)
    {
        var (actor, group, interval, endedAtMs, _, _) = hour.Finished;
        var atMs = endedAtMs - 1;
        var pValue = _combiner.HourPValue(group, evidence) / DetectionEngine.EventShare;
        var isFlagged = mayAlert && pValue < threshold;
        if (isFlagged && _guarantee.Judge(actor, atMs, pValue) == AlertStanding.Discovery)
        {
            var day = _byDay.GetValueOrDefault(atMs / 86_400_000);
            _byDay[atMs / 86_400_000] = hour.IsAttack ? (day.True + 1, day.False) : (day.True, day.False + 1);
        }
        else
            _byDay.TryAdd(atMs / 86_400_000, (0, 0));
        var turn = _combiner.Learn(actor, group, atMs, evidence, isFlagged ? 0.1f : 1, out _);
        if (turn != IntervalTurn.Same)
            _guarantee.Learn(
                IntervalTurn.Next, new FinishedInterval(actor, group, interval, endedAtMs, evidence, isFlagged), atMs);
    }
}
