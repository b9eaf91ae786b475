using System.Globalization;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Tests.Compliance;

/// <summary>Every clock of every regime that is shipped, for one breach, worked out by hand from the law and a calendar.</summary>
public sealed class ShippedClockTests
{
    private static readonly ControllerProfile Controller = new()
    {
        TimeZone = "America/New_York",
        Jurisdictions = ["EU", "US"],
        Roles = ["controller", "essential-entity", "health-data-holder", "covered-entity", "business-associate"],
    };

    // Clocks go forward in New York on 8 March: its days begin at 05:00 UTC before and at 04:00 after.
    private static readonly ClockFacts Facts = new()
    {
        DiscoveredAt = At("2026-03-01T15:00:00Z"),
        AwareAt = At("2026-03-02T09:30:00Z"),
        BelievedAt = At("2026-03-03T12:00:00Z"),
        IndividualsNotifiedAt = At("2026-03-20T10:00:00Z"),
        Persons = 700,
        Residents = new Dictionary<string, int> { ["CA"] = 600, ["FL"] = 20, ["CO"] = 10, ["NY"] = 40, ["TX"] = 30 },
        IsHighRisk = true,
        IsNotifiable = true,
    };

    [Theory]
    [InlineData("gdpr-33/initial", "2026-03-05T09:30:00Z")]
    [InlineData("gdpr-34/communication", "2026-04-02T04:00:00Z")]
    [InlineData("nis2-23/early-warning", "2026-03-03T09:30:00Z")]
    [InlineData("nis2-23/notification", "2026-03-05T09:30:00Z")]
    [InlineData("nis2-23/final-report", "2026-04-06T04:00:00Z")]
    [InlineData("ehds-9/access-information", "2026-04-02T04:00:00Z")]
    [InlineData("california-individuals/notice", "2026-04-01T04:00:00Z")]
    [InlineData("california-attorney-general/sample-copy", "2026-04-05T04:00:00Z")]
    [InlineData("florida-individuals/notice", "2026-04-03T04:00:00Z")]
    [InlineData("colorado-individuals/notice", "2026-04-01T04:00:00Z")]
    [InlineData("new-york-individuals/notice", "2026-04-01T04:00:00Z")]
    [InlineData("texas-individuals/notice", "2026-05-01T04:00:00Z")]
    [InlineData("hipaa-404/letters", "2026-05-01T04:00:00Z")]
    [InlineData("hipaa-406/media", "2026-05-01T04:00:00Z")]
    [InlineData("hipaa-408-large/portal", "2026-05-01T04:00:00Z")]
    [InlineData("hipaa-410/notice", "2026-05-01T04:00:00Z")]
    public void A_breach_of_seven_hundred_is_due_as_the_law_says(string clock, string due) =>
        Assert.Equal(At(due), Running(Facts)[clock]);

    [Fact]
    public void A_breach_of_seven_hundred_starts_every_clock_but_the_annual_log() =>
        Assert.Equal(
            RegimeLoaderTests.ShippedRegimes().Select(regime => regime.Name).Except(["hipaa-408-small"]).Order(StringComparer.Ordinal),
            Running(Facts).Keys.Select(key => key.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void A_breach_of_few_goes_into_the_annual_log_and_to_no_medium()
    {
        var few = Running(Facts with { Persons = 499, Residents = new Dictionary<string, int> { ["NY"] = 499 } });

        // 60 days after the end of the year: 1 March, which ends with the winter's hour.
        Assert.Equal(At("2027-03-02T05:00:00Z"), few["hipaa-408-small/annual-log"]);
        Assert.DoesNotContain("hipaa-408-large/portal", few.Keys);
        Assert.DoesNotContain("hipaa-406/media", few.Keys);
        Assert.DoesNotContain("california-attorney-general/sample-copy", few.Keys);
    }

    private static Dictionary<string, DateTimeOffset?> Running(ClockFacts facts) =>
        ClockEngine.Of(RegimeLoaderTests.ShippedRegimes(), Controller, facts, At("2026-03-21T00:00:00Z"))
            .Where(clock => clock.Standing != ClockStanding.NotApplicable)
            .ToDictionary(clock => $"{clock.Regime}/{clock.Phase}", clock => clock.DueAt);

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
