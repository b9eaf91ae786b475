using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Federation;

public class PeerBaselineTests
{
    private static readonly ulong Clinician = StableHash.Of("clinician");

    [Fact]
    public void A_removed_site_leaves_bit_for_bit_what_would_be_there_without_it()
    {
        for (var removed = 0; removed < Sites.Honest.Count; removed++)
        {
            var rest = Sites.Honest.Where((_, index) => index != removed).ToList();
            var never = PeerBaseline.Of(rest);

            Assert.Equal(never.ToBytes(), PeerBaseline.Of(Enumerable.Reverse(rest)).ToBytes());
            Assert.NotEqual(never.ToBytes(), PeerBaseline.Of(Sites.Honest).ToBytes());
            Assert.Equal(rest.Select(site => site.Site), never.Sites);
        }
    }

    [Fact]
    public void Habits_of_a_role_come_near_what_every_site_has_and_weigh_little()
    {
        var habit = PeerBaseline.Of(Sites.Honest).Counts(Clinician, channel: 0, width: 1);
        var each = Sites.Honest.Select(site => PeerBaseline.Of([site]).Counts(Clinician, 0, 1).Mean).ToList();

        Assert.InRange(habit.Weight, 8, 24);
        Assert.InRange(habit.Mean, each.Min(), each.Max());
        Assert.InRange(each.Max() - each.Min(), 0, 0.7);
        Assert.Equal(0, PeerBaseline.Of(Sites.Honest).Counts(StableHash.Of("no such role"), 0, 1).Weight);
    }

    [Fact]
    public void No_site_outweighs_the_others_by_claiming_many_people()
    {
        var others = Sites.Honest.Skip(1).ToList();
        var loud = Sites.Honest[0] with
        {
            Roles = [.. Sites.Raised(Sites.Honest[0], "events per hour", 4).Roles.Select(role => role with
            {
                Units = role.Units * 1_000,
                Histograms = [.. role.Histograms.Select(histogram =>
                    (IReadOnlyList<long>)[.. histogram.Select(bin => bin * 1_000)])],
            })],
        };

        var without = PeerBaseline.Of(others).Counts(Clinician, 0, 1).Mean;
        var with = PeerBaseline.Of([.. others, loud]).Counts(Clinician, 0, 1).Mean;

        // Four bins are two nats; alone among four the loud one moves the mean by less than all of that.
        Assert.InRange(with - without, 0, 1.5);
    }

    [Fact]
    public void The_same_site_twice_is_refused() =>
        Assert.Throws<ArgumentException>(() => PeerBaseline.Of([Sites.Honest[0], Sites.Honest[0]]));

    [Fact]
    public void Honest_sites_are_let_in_each_against_all_others()
    {
        foreach (var site in Sites.Honest)
            Assert.Empty(ContributionReview.Review(site, Sites.Honest));
    }

    [Theory]
    [InlineData("events per day", 4)]
    [InlineData("patients per day", 4)]
    public void A_site_that_calls_many_times_as_much_usual_is_refused(string statistic, int bins)
    {
        var poisoned = Sites.Raised(Sites.Honest[0], statistic, bins);

        var findings = ContributionReview.Review(poisoned, Sites.Honest);

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(statistic, finding.Statistic));
    }

    [Theory]
    [InlineData("record reads per hour", 6)]
    [InlineData("patients per day", 4)]
    public void In_roles_of_a_hundred_people_too_noise_hides_no_such_site(string statistic, int bins)
    {
        var sites = Sites.Large;
        Assert.Empty(ContributionReview.Review(sites[0], sites));

        var findings = ContributionReview.Review(Sites.Raised(sites[0], statistic, bins), sites);

        Assert.Contains(findings, finding => finding.Role is "nurse" or "clinician");
        Assert.All(findings, finding => Assert.Equal(statistic, finding.Statistic));
    }

    [Fact]
    public void A_site_that_calls_another_kind_of_work_usual_is_refused()
    {
        var honest = Sites.Honest[0];
        var decryptions = BaselineSchema.Statistics[BaselineSchema.Activity].Bins.ToList().IndexOf("AccessRegistry.decryptKey");
        var poisoned = honest with
        {
            Roles = [.. honest.Roles.Select(role => role with
            {
                Histograms = [.. role.Histograms.Select((histogram, index) => index != BaselineSchema.Activity
                    ? histogram
                    : (IReadOnlyList<long>)[.. histogram.Select((_, bin) => bin == decryptions ? role.Units : 0)])],
            })],
        };

        Assert.Contains(ContributionReview.Review(poisoned, Sites.Honest), finding => finding.Statistic == "activity");
    }

    [Fact]
    public void Numbers_that_no_people_can_have_added_are_refused_even_from_the_first_site()
    {
        var honest = Sites.Honest[0];
        var stuffed = honest with
        {
            Roles = [.. honest.Roles.Select(role => role with
            {
                Histograms = [.. role.Histograms.Select(histogram => (IReadOnlyList<long>)[.. histogram.Select(bin => bin * 5)])],
            })],
        };

        Assert.Contains(ContributionReview.Review(stuffed, []), finding => finding.Detail.StartsWith("More is counted", StringComparison.Ordinal));
    }
}
