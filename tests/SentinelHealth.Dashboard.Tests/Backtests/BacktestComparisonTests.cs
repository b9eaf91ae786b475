using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Backtests;

public sealed class BacktestComparisonTests
{
    private static readonly DateTimeOffset At = SomeCase.At;

    [Fact]
    public void Each_target_stands_once_with_how_tried_and_real_meet()
    {
        var report = ReportOf(
            Line(BacktestKind.Action, 1), Line(BacktestKind.Action, 2), Line(BacktestKind.Proposal, 3),
            Line(BacktestKind.Refusal, 4), Line(BacktestKind.Proposal, 6));

        var comparison = BacktestComparison.Of(report, default, [Done(1), Done(3), Done(4), Done(5)], At.AddDays(1));

        Assert.Equal(
            [
                (1, ComparedOutcome.Both), (2, ComparedOutcome.OnlyWould), (3, ComparedOutcome.WouldAsk),
                (4, ComparedOutcome.WouldRefuse), (5, ComparedOutcome.OnlyDid),
            ],
            comparison.Rows.Select(row => (NumberOf(row.Target), row.Outcome)).Order());
        Assert.Equal(ComparedOutcome.Both, comparison.Rows[^1].Outcome);
    }

    [Fact]
    public void What_was_done_outside_the_period_is_not_compared()
    {
        var period = new BacktestPeriod(At.AddHours(1), At.AddHours(2));

        var comparison = BacktestComparison.Of(
            ReportOf(), period,
            [Done(1), Done(2) with { ContainedAt = At.AddHours(1) }, Done(3) with { ContainedAt = At.AddHours(2) }],
            At.AddDays(1));

        Assert.Equal(2, NumberOf(Assert.Single(comparison.Rows).Target));
    }

    [Theory]
    [InlineData(ActionState.Confirmed, 30, 30)]
    [InlineData(ActionState.Confirmed, 90, 60)]
    [InlineData(ActionState.Expired, 90, 60)]
    [InlineData(ActionState.Reversed, 90, 20)]
    public void A_real_containment_lasted_until_its_time_its_undoing_or_now(ActionState state, int nowMinutes, int lastedMinutes)
    {
        var done = Done(1) with { State = state, ChangedAt = At.AddMinutes(20) };

        var row = Assert.Single(BacktestComparison.Of(ReportOf(), default, [done], At.AddMinutes(nowMinutes)).Rows);

        Assert.Equal(TimeSpan.FromMinutes(lastedMinutes), row.Did[0].Until - row.Did[0].From);
    }

    [Fact]
    public void The_chart_keeps_every_stretch_on_its_axis_and_says_what_it_leaves_out()
    {
        var lines = Enumerable.Range(1, ContainmentChartModel.LanesMax + 3)
            .Select(number => Line(BacktestKind.Action, number)).ToArray();

        var chart = ContainmentChartModel.Of(BacktestComparison.Of(ReportOf(lines), default, [Done(900)], At.AddDays(40)))!;

        Assert.Equal((ContainmentChartModel.LanesMax, 4), (chart.Lanes.Count, chart.LeftOut));
        Assert.All(chart.Lanes.SelectMany(lane => lane.Would.Concat(lane.Did)),
            span => Assert.True(span.From >= 0 && span.From + span.Length <= 1.0001));
        Assert.InRange(chart.Ticks.Count, 1, 6);
        Assert.Null(ContainmentChartModel.Of(BacktestComparison.Of(ReportOf(), default, [], At)));
    }

    private static int NumberOf(EntityRef actor) => Convert.ToInt32(actor.Id[^6..], 16);

    private static BacktestLine Line(BacktestKind kind, int number) => new()
    {
        Kind = kind,
        At = At,
        IncidentId = $"inc-{number}",
        Action = ActionKind.SuspendActor,
        Target = SomeCase.Actor(number),
        Until = kind == BacktestKind.Action ? At.AddHours(1) : null,
    };

    private static ContainmentAction Done(int number)
    {
        var decided = SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor(number)).Action;
        return decided with
        {
            State = ActionState.Expired,
            ContainedAt = At,
            ExpiresAt = At.AddHours(1),
            ChangedAt = At.AddHours(1),
        };
    }

    private static BacktestReport ReportOf(params BacktestLine[] lines) => new(lines, new BacktestSummary
    {
        Events = 0,
        Actions = 0,
        Proposals = 0,
        Refusals = new Dictionary<string, int>(),
        Reviews = 0,
        ContainedSeconds = 0,
        BlockedEvents = 0,
        BlockedLegitimate = 0,
    });
}
