using System.Globalization;
using NodaTime;

namespace SentinelHealth.Response.Compliance;

/// <summary>Says for every duty whether it applies, when it is due and how much time is left. Pure; O(regimes × States).</summary>
/// <remarks>
/// Time zones come from the data NodaTime carries, not from the machine: the same facts give the same instants everywhere (I5). A period
/// in days or months ends with the last day; the day of the trigger does not count. Nothing unknown is taken to be harmless.
/// </remarks>
public static class ClockEngine
{
    /// <summary>Every clock of an incident at a moment, most urgent first.</summary>
    /// <exception cref="ArgumentException">The controller's time zone is not one of the IANA data.</exception>
    public static IReadOnlyList<RegimeClock> Of(
        IReadOnlyList<Regime> regimes, ControllerProfile controller, ClockFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(regimes);
        ArgumentNullException.ThrowIfNull(controller);
        ArgumentNullException.ThrowIfNull(facts);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(controller.TimeZone)
            ?? throw new ArgumentException($"{controller.TimeZone} is no IANA time zone.", nameof(controller));
        var clocks = regimes.SelectMany(regime => OfRegime(regime, controller, facts, zone, now));
        return [.. clocks.OrderBy(clock => Urgency(clock.Standing)).ThenBy(clock => clock.DueAt ?? DateTimeOffset.MaxValue)
            .ThenBy(clock => clock.Key, StringComparer.Ordinal)];
    }

    private static IEnumerable<RegimeClock> OfRegime(
        Regime regime, ControllerProfile controller, ClockFacts facts, DateTimeZone zone, DateTimeOffset now)
    {
        var answer = Applicability.Of(regime, controller, facts);
        foreach (var state in answer.States)
        {
            // A later step may count from when an earlier one was done, or else from when it was due.
            var reached = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var phase in regime.Phases)
            {
                var clock = OfPhase(new Step(regime, phase, state, answer), facts, zone, now, reached);
                if ((clock.Filing?.At ?? clock.DueAt) is { } at)
                    reached[phase.Name] = at;
                yield return clock;
            }
        }
    }

    private static RegimeClock OfPhase(
        Step step, ClockFacts facts, DateTimeZone zone, DateTimeOffset now, Dictionary<string, DateTimeOffset> reached)
    {
        var (regime, phase, answer) = (step.Regime, step.Phase, step.Answer);
        var filing = facts.Filings.LastOrDefault(
            filing => filing.Regime == regime.Name && filing.Phase == phase.Name && filing.State == step.State);
        var clock = new RegimeClock
        {
            Regime = regime.Name,
            Title = regime.Title,
            Law = regime.Law,
            Recipient = regime.Recipient,
            Phase = phase.Name,
            State = step.State,
            Standing = answer.Standing,
            Filing = filing,
            Basis = answer.Reason,
        };
        if (answer.Standing != ClockStanding.Running)
            return clock;
        var start = phase.After is "trigger" or "year-end"
            ? facts.At(regime.Trigger) : reached.TryGetValue(phase.After, out var at) ? at : null;
        return start is { } from
            ? Timed(clock, step, Stops(regime, facts, from, filing?.At ?? now), (from, zone, now))
            : clock with { Standing = ClockStanding.NotStarted, Basis = $"Counts from when {Name(regime.Trigger)}, which is not recorded yet." };
    }

    private static RegimeClock Timed(
        RegimeClock clock, Step step, (TimeSpan Stopped, bool IsStopped) stops, (DateTimeOffset From, DateTimeZone Zone,
            DateTimeOffset Now) time)
    {
        var due = Due(step.Phase, time.From, time.Zone) + stops.Stopped;
        var left = due - time.Now;
        var local = Instant.FromDateTimeOffset(time.From).InZone(time.Zone);
        var basis = $"{step.Phase.Within} after {After(step)} "
            + $"({local.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture)}, {time.Zone.Id})"
            + (stops.Stopped > TimeSpan.Zero ? $", stopped for {Words(stops.Stopped)}." : ".");
        clock = clock with { StartedAt = time.From, DueAt = due, Stopped = stops.Stopped, Basis = basis };
        if (clock.Filing is { } filing)
            return clock with { Standing = filing.At < due ? ClockStanding.Met : ClockStanding.MetLate };
        var standing = stops.IsStopped ? ClockStanding.Paused : left <= TimeSpan.Zero ? ClockStanding.Overdue
            : ClockStanding.Running;
        return clock with { Standing = standing, Left = left, Warning = WarningOf(left, due - time.From) };
    }

    /// <summary>The first instant at which it is too late.</summary>
    private static DateTimeOffset Due(RegimePhase phase, DateTimeOffset from, DateTimeZone zone)
    {
        if (phase.Within.Unit == PeriodUnit.Hours && phase.After != "year-end")
            return from.AddHours(phase.Within.Amount);
        var date = Instant.FromDateTimeOffset(from).InZone(zone).Date;
        if (phase.After == "year-end")
            date = new LocalDate(date.Year, 12, 31);
        var last = phase.Within.Unit switch
        {
            PeriodUnit.Hours => date.PlusDays(phase.Within.Amount / 24),
            PeriodUnit.Days => date.PlusDays(phase.Within.Amount),
            PeriodUnit.Months => date.PlusMonths(phase.Within.Amount),
            _ => throw new ArgumentOutOfRangeException(nameof(phase)),
        };
        return zone.AtStartOfDay(last.PlusDays(1)).ToDateTimeOffset().ToUniversalTime();
    }

    /// <summary>How long the clock stood still, without counting overlapping stops twice, and whether it does now.</summary>
    private static (TimeSpan Stopped, bool IsStopped) Stops(Regime regime, ClockFacts facts, DateTimeOffset from,
        DateTimeOffset now)
    {
        var (stopped, reached, isStopped) = (TimeSpan.Zero, from, false);
        foreach (var pause in facts.Pauses.Where(pause => regime.PausedBy.Contains(pause.Reason)).OrderBy(pause => pause.From))
        {
            if (pause.From > now)
                continue;
            var start = pause.From > reached ? pause.From : reached;
            var end = pause.Until is { } until && until < now ? until : now;
            isStopped |= pause.Until is null || pause.Until > now;
            if (end <= start)
                continue;
            stopped += end - start;
            reached = end;
        }
        return (stopped, isStopped);
    }

    private static ClockWarning WarningOf(TimeSpan left, TimeSpan whole) => left switch
    {
        _ when left <= TimeSpan.Zero => ClockWarning.Overdue,
        _ when left * 4 <= whole => ClockWarning.QuarterLeft,
        _ when left * 2 <= whole => ClockWarning.HalfLeft,
        _ => ClockWarning.None,
    };

    private static string After(Step step) => step.Phase.After switch
    {
        "trigger" => Name(step.Regime.Trigger),
        "year-end" => $"the end of the year in which {Name(step.Regime.Trigger)}",
        _ => $"the step \"{step.Phase.After}\"",
    };

    private static string Name(ClockTrigger trigger) => trigger switch
    {
        ClockTrigger.Discovered => "the breach was discovered",
        ClockTrigger.Aware => "the controller became aware",
        ClockTrigger.ReasonableBelief => "there was reason to believe in a breach",
        ClockTrigger.IndividualsNotified => "the individuals were notified",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger)),
    };

    private static string Words(TimeSpan span) => span.TotalDays >= 1
        ? FormattableString.Invariant($"{span.TotalDays:0.#} days") : FormattableString.Invariant($"{span.TotalHours:0.#} hours");

    private static int Urgency(ClockStanding standing) => standing switch
    {
        ClockStanding.Overdue => 0,
        ClockStanding.Running => 1,
        ClockStanding.Paused => 2,
        ClockStanding.NeedsFacts => 3,
        ClockStanding.NotStarted => 4,
        ClockStanding.MetLate => 5,
        ClockStanding.Met => 6,
        _ => 7,
    };

    private readonly record struct Step(Regime Regime, RegimePhase Phase, string State, Applicability Answer);
}
