using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>A stretch of a lane, as shares of the axis.</summary>
/// <param name="From">Its beginning, 0 to 1.</param>
/// <param name="Length">Its length, 0 to 1.</param>
public readonly record struct LaneSpan(double From, double Length);

/// <summary>One target: when it would have been contained and when it was.</summary>
public sealed record ContainmentLane(
    ActionKind Kind, EntityRef Target, IReadOnlyList<LaneSpan> Would, IReadOnlyList<LaneSpan> Did);

/// <summary>A mark of the axis.</summary>
public readonly record struct AxisTick(double At, string Label);

/// <summary>Containments over time: those a policy would have made above those that were made.</summary>
public sealed record ContainmentChartModel
{
    public const int LanesMax = 24;

    private const int TicksMax = 5;

    /// <summary>A containment of minutes in a month of days would not be seen.</summary>
    private const double LengthMin = 0.006;

    public required IReadOnlyList<ContainmentLane> Lanes { get; init; }
    public required IReadOnlyList<AxisTick> Ticks { get; init; }

    /// <summary>Targets that are not drawn, because they would be too many.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Lays out a comparison; null when nothing was or would have been contained.</summary>
    internal static ContainmentChartModel? Of(BacktestComparison comparison)
    {
        var spans = comparison.Rows.SelectMany(row => row.Would.Concat(row.Did)).ToList();
        if (spans.Count == 0)
            return null;
        var (from, until) = (spans.Min(span => span.From), spans.Max(span => span.Until));
        var air = (until - from) / 50;
        (from, until) = (from - air, until + air);
        LaneSpan Place(ContainedSpan span)
        {
            var length = Math.Max(LengthMin, (span.Until - span.From) / (until - from));
            return new LaneSpan(Math.Min((span.From - from) / (until - from), 1 - length), length);
        }
        return new ContainmentChartModel
        {
            Lanes =
            [
                .. comparison.Rows.Take(LanesMax).Select(row => new ContainmentLane(
                    row.Action, row.Target, [.. row.Would.Select(Place)], [.. row.Did.Select(Place)])),
            ],
            Ticks = [.. Ticked(from, until)],
            LeftOut = Math.Max(0, comparison.Rows.Count - LanesMax),
        };
    }

    /// <summary>Round moments: hours of a day or days, as fits.</summary>
    private static IEnumerable<AxisTick> Ticked(DateTimeOffset from, DateTimeOffset until)
    {
        var step = StepOf(until - from);
        var first = new DateTimeOffset((from.UtcTicks / step.Ticks * step.Ticks) + step.Ticks, TimeSpan.Zero);
        for (var at = first; at < until; at += step)
        {
            var label = step >= TimeSpan.FromDays(1) || at.TimeOfDay == TimeSpan.Zero
                ? Wording.Date(at) : Wording.Clock(at)[..5];
            yield return new AxisTick((at - from) / (until - from), label);
        }
    }

    private static TimeSpan StepOf(TimeSpan whole)
    {
        double[] hours = [0.25, 1, 3, 6, 12, 24, 48, 96, 168, 336];
        return TimeSpan.FromHours(hours.FirstOrDefault(step => whole.TotalHours / step <= TicksMax, 672));
    }
}
