namespace SentinelHealth.Response.Compliance;

/// <summary>Something people must be told about a clock, once.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="Clock">The clock's key.</param>
/// <param name="Warning">How much time was left.</param>
/// <param name="At">When it was raised.</param>
/// <param name="Text">One sentence.</param>
public sealed record ClockNotice(string IncidentId, string Clock, ClockWarning Warning, DateTimeOffset At, string Text)
{
    /// <summary>
    /// The notices that clocks call for now: half of the time gone, three quarters gone, overdue. A clock that passed two marks since the
    /// last look gives the later one only. Stopped and finished clocks give none.
    /// </summary>
    public static IReadOnlyList<ClockNotice> Of(string incidentId, IReadOnlyList<RegimeClock> clocks, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(clocks);
        return [.. clocks.Where(clock => clock.Standing is ClockStanding.Running or ClockStanding.Overdue
            && clock.Warning != ClockWarning.None)
            .Select(clock => new ClockNotice(incidentId, clock.Key, clock.Warning, now, Sentence(clock)))];
    }

    private static string Sentence(RegimeClock clock)
    {
        var step = $"{clock.Title} ({clock.Phase}{(clock.State.Length > 0 ? $", {clock.State}" : "")}; {clock.Law})";
        return clock.Warning switch
        {
            ClockWarning.Overdue => FormattableString.Invariant($"{step} is overdue since {clock.DueAt:yyyy-MM-dd HH:mm} UTC."),
            ClockWarning.QuarterLeft => FormattableString.Invariant($"{step}: a quarter of the time is left, until {clock.DueAt:yyyy-MM-dd HH:mm} UTC."),
            _ => FormattableString.Invariant($"{step}: half of the time is left, until {clock.DueAt:yyyy-MM-dd HH:mm} UTC."),
        };
    }
}
