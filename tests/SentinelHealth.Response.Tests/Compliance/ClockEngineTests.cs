using System.Globalization;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Tests.Compliance;

public sealed class ClockEngineTests
{
    /// <summary>When what was found, under which calendar, is too late. Computed by hand from the laws' words.</summary>
    [Theory]
    // Hours are elapsed hours: the clocks of the wall jump, the deadline does not.
    [InlineData("72 hours", "trigger", "Europe/Amsterdam", "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z")]
    [InlineData("72 hours", "trigger", "Europe/Amsterdam", "2026-10-24T12:00:00Z", "2026-10-27T12:00:00Z")]
    // Days end with the controller's day: before and after the spring change, and before and after the one of autumn.
    [InlineData("60 days", "trigger", "America/New_York", "2026-01-15T15:00:00Z", "2026-03-17T04:00:00Z")]
    [InlineData("30 days", "trigger", "America/Los_Angeles", "2026-02-20T01:00:00Z", "2026-03-22T07:00:00Z")]
    [InlineData("30 days", "trigger", "America/Los_Angeles", "2026-10-15T12:00:00Z", "2026-11-15T08:00:00Z")]
    // The day is the controller's: 03:00 UTC is still the day before in New York.
    [InlineData("60 days", "trigger", "America/New_York", "2026-06-02T03:00:00Z", "2026-08-01T04:00:00Z")]
    [InlineData("60 days", "trigger", "America/New_York", "2026-06-02T04:00:00Z", "2026-08-02T04:00:00Z")]
    // Leap years.
    [InlineData("30 days", "trigger", "Etc/UTC", "2028-02-10T00:00:00Z", "2028-03-12T00:00:00Z")]
    [InlineData("30 days", "trigger", "Etc/UTC", "2027-02-10T00:00:00Z", "2027-03-13T00:00:00Z")]
    // Months end with the same day, or the month's last.
    [InlineData("1 month", "trigger", "Europe/Berlin", "2027-01-31T10:00:00Z", "2027-02-28T23:00:00Z")]
    [InlineData("1 month", "trigger", "Europe/Berlin", "2028-01-31T10:00:00Z", "2028-02-29T23:00:00Z")]
    [InlineData("1 month", "trigger", "Europe/Berlin", "2026-03-30T10:00:00Z", "2026-04-30T22:00:00Z")]
    [InlineData("12 months", "trigger", "Etc/UTC", "2028-02-29T10:00:00Z", "2029-03-01T00:00:00Z")]
    // The annual log: 60 days after the year's end; 2028 has a 29 February.
    [InlineData("60 days", "year-end", "America/Chicago", "2026-07-04T12:00:00Z", "2027-03-02T06:00:00Z")]
    [InlineData("60 days", "year-end", "America/Chicago", "2027-07-04T12:00:00Z", "2028-03-01T06:00:00Z")]
    // New Year's Eve in Chicago, New Year's Day in UTC: the year is the controller's.
    [InlineData("60 days", "year-end", "America/Chicago", "2027-01-01T03:00:00Z", "2027-03-02T06:00:00Z")]
    // A day that begins at 01:00 because midnight does not exist there.
    [InlineData("1 day", "trigger", "America/Asuncion", "2023-09-29T12:00:00Z", "2023-10-01T04:00:00Z")]
    public void A_deadline_is_the_end_of_the_period_by_the_controllers_calendar(
        string within, string after, string zone, string start, string due)
    {
        var clock = Assert.Single(ClockEngine.Of(
            [Regime(within, after)], new ControllerProfile { TimeZone = zone }, new ClockFacts { DiscoveredAt = At(start) },
                At(start)));

        Assert.Equal(At(due), clock.DueAt);
        Assert.Equal(ClockStanding.Running, clock.Standing);
    }

    [Theory]
    [InlineData(499, ClockStanding.NotApplicable, ClockStanding.Running)]
    [InlineData(500, ClockStanding.Running, ClockStanding.NotApplicable)]
    [InlineData(501, ClockStanding.Running, ClockStanding.NotApplicable)]
    public void Five_hundred_persons_are_enough_for_the_Secretary(int persons, ClockStanding large, ClockStanding small)
    {
        var clocks = Shipped(new ClockFacts { DiscoveredAt = Start, Persons = persons });

        Assert.Equal(large, clocks["hipaa-408-large/portal"].Standing);
        Assert.Equal(small, clocks["hipaa-408-small/annual-log"].Standing);
    }

    [Fact]
    public void The_media_of_a_State_are_told_above_five_hundred_of_its_residents()
    {
        var residents = new Dictionary<string, int> { ["NY"] = 500, ["TX"] = 501, ["CA"] = 9_000 };

        var clocks = Shipped(new ClockFacts { DiscoveredAt = Start, Persons = 10_001, Residents = residents });

        Assert.Equal(["hipaa-406/CA/media", "hipaa-406/TX/media"], clocks.Keys.Where(key => key.StartsWith("hipaa-406", StringComparison.Ordinal)).Order());
        Assert.Equal(ClockStanding.Running, clocks["california-individuals/CA/notice"].Standing);
        Assert.Equal(ClockStanding.NotApplicable, clocks["florida-individuals/notice"].Standing);
    }

    [Fact]
    public void What_nobody_has_said_is_asked_for_and_not_taken_for_harmless()
    {
        var clocks = Shipped(new ClockFacts { DiscoveredAt = Start });

        Assert.Equal(ClockStanding.NeedsFacts, clocks["hipaa-408-large/portal"].Standing);
        Assert.Equal(ClockStanding.NeedsFacts, clocks["hipaa-406/media"].Standing);
        Assert.Equal(ClockStanding.NeedsFacts, clocks["gdpr-34/communication"].Standing);
    }

    [Fact]
    public void Discovery_is_not_awareness()
    {
        var clocks = Shipped(new ClockFacts { DiscoveredAt = Start, AwareAt = Start.AddDays(2), Persons = 1 });

        Assert.Equal(Start.AddDays(5), clocks["gdpr-33/initial"].DueAt);
        Assert.Equal(At("2027-01-02T05:00:00Z"), clocks["hipaa-404/letters"].DueAt);
        Assert.Equal(ClockStanding.NotStarted, Shipped(new ClockFacts { DiscoveredAt = Start })["gdpr-33/initial"].Standing);
    }

    [Fact]
    public void A_stop_by_law_enforcement_moves_the_deadlines_it_may_move_and_no_others()
    {
        var pause = new ClockPause("law-enforcement", Start.AddDays(1), Start.AddDays(11), "officer", "letter 7");
        var overlapping = pause with { From = Start.AddDays(5), Until = Start.AddDays(12) };
        var facts = new ClockFacts { DiscoveredAt = Start, AwareAt = Start, Persons = 1, Pauses = [pause, overlapping] };

        var clocks = Shipped(facts, Start.AddDays(20));

        Assert.Equal(At("2027-01-02T05:00:00Z").AddDays(11), clocks["hipaa-404/letters"].DueAt);
        Assert.Equal(TimeSpan.FromDays(11), clocks["hipaa-404/letters"].Stopped);
        Assert.Equal(ClockStanding.Overdue, clocks["gdpr-33/initial"].Standing);
    }

    [Fact]
    public void A_stopped_clock_keeps_its_time_until_it_goes_on()
    {
        var pause = new ClockPause("law-enforcement", Start.AddDays(10), null, "officer", "oral");
        var facts = new ClockFacts { DiscoveredAt = Start, Persons = 1, Pauses = [pause] };

        var (early, late) = (Shipped(facts, Start.AddDays(11))["hipaa-404/letters"], Shipped(facts, Start.AddDays(300))["hipaa-404/letters"]);

        Assert.Equal(ClockStanding.Paused, late.Standing);
        Assert.Equal(early.Left, late.Left);
        var resumed = Shipped(facts with { Pauses = [pause with { Until = Start.AddDays(300) }] }, Start.AddDays(301));
        Assert.Equal(late.Left - TimeSpan.FromDays(1), resumed["hipaa-404/letters"].Left);
        Assert.Equal(ClockStanding.Running, resumed["hipaa-404/letters"].Standing);
    }

    [Fact]
    public void The_final_report_counts_from_the_notification_or_from_when_that_was_due()
    {
        var facts = new ClockFacts { AwareAt = At("2027-01-28T10:00:00Z") };
        var filed = new ClockFiling("nis2-23", "notification", "", At("2027-01-30T09:00:00Z"), "officer", "case 3", "");

        Assert.Equal(At("2027-02-28T23:00:00Z"), Shipped(facts)["nis2-23/final-report"].DueAt);
        Assert.Equal(At("2027-02-28T23:00:00Z"), Shipped(facts with { Filings = [filed] })["nis2-23/final-report"].DueAt);
        var early = filed with { At = At("2027-01-28T12:00:00Z") };
        Assert.Equal(At("2027-02-28T23:00:00Z"), Shipped(facts with { Filings = [early] })["nis2-23/final-report"].DueAt);
        var sooner = filed with { At = At("2027-01-27T12:00:00Z") };
        Assert.Equal(At("2027-02-27T23:00:00Z"), Shipped(facts with { Filings = [sooner] })["nis2-23/final-report"].DueAt);
    }

    [Fact]
    public void What_was_done_late_says_so()
    {
        var facts = new ClockFacts { AwareAt = Start };
        ClockFiling Filed(TimeSpan after) => new("gdpr-33", "initial", "", Start + after, "officer", "AP-1", "");

        Assert.Equal(ClockStanding.Met, Shipped(facts with { Filings = [Filed(TimeSpan.FromHours(72) - TimeSpan.FromTicks(1))] })["gdpr-33/initial"].Standing);
        Assert.Equal(ClockStanding.MetLate, Shipped(facts with { Filings = [Filed(TimeSpan.FromHours(72))] })["gdpr-33/initial"].Standing);
    }

    [Fact]
    public void A_regime_that_changes_changes_the_deadline_without_any_code()
    {
        var today = RegimeLoader.Load(Yaml("72 hours"), "r.yaml").Regimes;
        var tomorrow = RegimeLoader.Load(Yaml("96 hours"), "r.yaml").Regimes;
        var facts = new ClockFacts { AwareAt = Start };

        Assert.Equal(Start.AddHours(72), Assert.Single(ClockEngine.Of(today, new ControllerProfile(), facts, Start)).DueAt);
        Assert.Equal(Start.AddHours(96), Assert.Single(ClockEngine.Of(tomorrow, new ControllerProfile(), facts, Start)).DueAt);
    }

    [Theory]
    [InlineData(0, ClockWarning.None)]
    [InlineData(35, ClockWarning.None)]
    [InlineData(36, ClockWarning.HalfLeft)]
    [InlineData(53, ClockWarning.HalfLeft)]
    [InlineData(54, ClockWarning.QuarterLeft)]
    [InlineData(71, ClockWarning.QuarterLeft)]
    [InlineData(72, ClockWarning.Overdue)]
    public void People_are_warned_when_half_and_a_quarter_of_the_time_are_left(int hours, ClockWarning warning)
    {
        var now = Start.AddHours(hours);
        var clock = Shipped(new ClockFacts { AwareAt = Start }, now)["gdpr-33/initial"];

        Assert.Equal(warning, clock.Warning);
        var notices = ClockNotice.Of("inc-1", [clock], now);
        Assert.Equal(warning == ClockWarning.None ? [] : [warning], notices.Select(notice => notice.Warning));
    }

    [Fact]
    public void An_assessment_of_low_probability_ends_every_duty_to_tell()
    {
        var clocks = Shipped(new ClockFacts { DiscoveredAt = Start, AwareAt = Start, Persons = 900, IsNotifiable = false });

        Assert.All(clocks.Values, clock => Assert.Equal(ClockStanding.NotApplicable, clock.Standing));
    }

    private static readonly DateTimeOffset Start = At("2026-11-02T09:00:00Z");

    internal static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    internal static Dictionary<string, RegimeClock> Shipped(ClockFacts facts, DateTimeOffset? now = null)
    {
        var controller = new ControllerProfile
        {
            TimeZone = facts.DiscoveredAt is null ? "Europe/Amsterdam" : "America/New_York",
            Jurisdictions = ["EU", "US"],
            Roles = ["controller", "covered-entity", "essential-entity"],
        };
        return ClockEngine.Of(RegimeLoaderTests.ShippedRegimes(), controller, facts, now ?? Start).ToDictionary(clock =>
            clock.Key);
    }

    private static Regime Regime(string within, string after) =>
        RegimeLoader.Load($$"""
            name: some
            title: Some duty
            law: Some law
            recipient: Somebody
            trigger: discovered
            phases: [{name: only, within: {{within}}, after: {{after}}}]
            """, "some.yaml").Regimes.Single();

    private static string Yaml(string within) => $$"""
        {name: gdpr, title: Notify, law: Article 33, recipient: authority, trigger: aware, phases: [{name: initial, within: {{within}}}]}
        """;
}
