using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>A moment on a timeline.</summary>
/// <param name="At">When.</param>
/// <param name="Css">Suffix of its fill style.</param>
/// <param name="Text">What happened, for the list.</param>
public sealed record TimelineMark(DateTimeOffset At, string Css, string Text);

/// <summary>A stretch of time during which something was in force.</summary>
/// <param name="From">Start.</param>
/// <param name="To">End, or now.</param>
public sealed record TimelineSpan(DateTimeOffset From, DateTimeOffset To);

/// <summary>One row of a timeline.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Marks">Its moments, oldest first.</param>
/// <param name="Spans">Its stretches.</param>
public sealed record TimelineLane(string Label, IReadOnlyList<TimelineMark> Marks, IReadOnlyList<TimelineSpan> Spans);

/// <summary>An incident over time: a lane for each source, then one for each action.</summary>
public sealed record TimelineModel
{
    private const int SourceLanesMax = 8, ActionLanesMax = 6;

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required IReadOnlyList<TimelineLane> Lanes { get; init; }

    /// <summary>Every moment, oldest first: what the picture shows, as a list.</summary>
    public IEnumerable<(string Lane, TimelineMark Mark)> Moments =>
        Lanes.SelectMany(lane => lane.Marks.Select(mark => (lane.Label, Mark: mark))).OrderBy(moment => moment.Mark.At);

    /// <summary>Position of an instant, 0 to 1, with a little air at both ends.</summary>
    public double Place(DateTimeOffset at)
    {
        var length = (To - From).TotalSeconds;
        var share = length > 0 ? (at - From).TotalSeconds / length : 0.5;
        return 0.015 + (0.97 * Math.Clamp(share, 0, 1));
    }

    /// <summary>Lays an incident out up to a moment.</summary>
    public static TimelineModel Of(
        IReadOnlyList<Alert> alerts,
        IReadOnlyList<(ContainmentAction Action, IReadOnlyList<ActionStep> Steps)> actions,
        DateTimeOffset now)
    {
        var lanes = alerts.GroupBy(alert => alert.Source).OrderBy(group => group.Min(alert => alert.At)).Take(SourceLanesMax)
            .Select(group => new TimelineLane(group.Key, [.. group.OrderBy(alert => alert.At)
                .Select(alert => new TimelineMark(alert.At, Marks.Css(alert.Severity), alert.Reason))], []))
            .Concat(actions.Take(ActionLanesMax).Select(pair => LaneOf(pair.Action, pair.Steps, now))).ToList();
        var times = lanes.SelectMany(lane => lane.Marks.Select(mark => mark.At).Concat(lane.Spans.Select(span => span.To)))
            .DefaultIfEmpty(now).ToList();
        return new TimelineModel { From = times.Min(), To = times.Max(), Lanes = lanes };
    }

    private static TimelineLane LaneOf(ContainmentAction action, IReadOnlyList<ActionStep> steps, DateTimeOffset now)
    {
        var marks = steps.OrderBy(step => step.At)
            .Select(step => new TimelineMark(step.At, "step-" + Marks.Css(step.State),
                $"{Wording.Name(step.State)} by {step.By}: {step.Detail}")).ToList();
        var from = steps.FirstOrDefault(step => ActionGroups.InForce.Contains(step.State));
        var end = steps.LastOrDefault(step => step.State is ActionState.Reversed or ActionState.Expired)?.At ?? now;
        List<TimelineSpan> spans = from is null ? [] : [new(from.At, end > from.At ? end : from.At)];
        return new TimelineLane(Wording.Name(action.Kind), marks, spans);
    }
}
