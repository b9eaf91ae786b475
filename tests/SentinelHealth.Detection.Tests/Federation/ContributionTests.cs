using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Federation;

public class ContributionTests(ITestOutputHelper output)
{
    [Fact]
    public void One_person_changes_what_is_published_by_no_more_than_the_stated_bound()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 50; round++)
        {
            var tally = new ActorTally("clinician");
            var statistics = BaselineSchema.Statistics;
            for (var i = random.Next(1, 3_000); i > 0; i--)
            {
                var statistic = random.Next(BaselineSchema.FirstCount);
                tally.Count(statistic, random.Next(statistics[statistic].Bins.Count));
                tally.CountInBuckets(random.Next(8), random.NextInt64(30L * 86_400_000));
                tally.CountPatient((ulong)random.NextInt64(1, long.MaxValue), random.NextInt64(30L * 86_400_000));
            }
            tally.Close();
            long[][] histograms = [.. statistics.Select(statistic => new long[statistic.Bins.Count])];
            tally.AddTo(histograms);

            Assert.All(histograms, histogram => Assert.InRange(histogram.Sum(), 0, BaselineSchema.UnitsPerActor));
            var headCount = (double)BaselineSchema.UnitsPerActor * BaselineSchema.UnitsPerActor;
            var norm = Math.Sqrt(headCount + histograms.Sum(histogram => histogram.Sum(bin => (double)bin * bin)));
            Assert.InRange(norm, 1, BaselineSchema.Sensitivity);
        }
    }

    [Fact]
    public void Roles_stand_for_their_people_within_the_noise_and_small_ones_are_kept_back()
    {
        var site = Sites.Honest[0];

        Assert.Contains(site.Roles, role => role.Role == "clinician");
        Assert.All(site.Roles, role =>
        {
            Assert.True(role.Units >= (long)ContributionBuilder.RoleActorsMin * BaselineSchema.UnitsPerActor);
            var week = role.Histograms[BaselineSchema.TimeOfWeek];
            var slack = 6 * Math.Sqrt(week.Count * (double)site.Cost.NoiseVariance);
            Assert.InRange(week.Sum() - role.Units, -slack, slack);
        });
    }

    [Fact]
    public void Epsilon_delta_and_rho_say_the_same_and_the_account_adds_them_up()
    {
        var cost = PrivacyCost.Of(3, 1e-6);
        Assert.Equal(3, PrivacyCost.EpsilonOf(cost.Rho, 1e-6), 1e-9);

        var account = PrivacyAccount.New;
        while (account.EpsilonAfter(cost) <= account.EpsilonMax)
            account = account.Spend(account.NextRound, cost, "sha256:x");
        Assert.InRange(account.Spendings.Count, 5, 9);
        Assert.Equal(account.Spendings.Count + 1, account.NextRound);
        var fault = Assert.Throws<InvalidOperationException>(() => account.Spend(account.NextRound, cost, "sha256:x"));
        Assert.Contains("the account allows 10", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_reads_back_as_what_was_signed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = SignedContribution.Sign(Sites.Honest[0], key);

        var read = SignedContribution.Read(signed.ToBytes());

        Assert.Equal(signed.Digest, read.Digest);
        Assert.Equal(signed.ToBytes(), read.ToBytes());
        Assert.Equal(PeerBaseline.Of([Sites.Honest[0]]).ToBytes(), PeerBaseline.Of([read.Contribution]).ToBytes());
        Assert.True(read.IsSignedBy(key));
        Assert.False(read.IsSignedBy(stranger));
    }

    [Fact]
    public void Whatever_is_altered_in_a_file_is_refused_or_no_longer_signed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = SignedContribution.Sign(Sites.Honest[1], key).ToBytes();
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 300; round++)
        {
            var altered = file.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                altered[random.Next(altered.Length)] ^= (byte)(1 << random.Next(8));
            if (altered.AsSpan().SequenceEqual(file))
                continue;
            try
            {
                var read = SignedContribution.Read(altered);
                Assert.True(!read.IsSignedBy(key) || read.ToBytes().AsSpan().SequenceEqual(file));
            }
            catch (ContributionException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{}\n{}")]
    [InlineData("{\"schema\":\"sentinel.baseline.v2\"}\n{\"algorithm\":\"ECDSA-SHA256\",\"digest\":\"\",\"signature\":\"\"}")]
    [InlineData("[[[[[[[[[[[[\n{\"algorithm\":\"ECDSA-SHA256\",\"digest\":\"\",\"signature\":\"\"}")]
    [InlineData("{\"schema\":\"sentinel.baseline.v1\",\"site\":\"../../etc/x\",\"round\":1}\n{\"algorithm\":\"ECDSA-SHA256\",\"digest\":\"\",\"signature\":\"\"}")]
    public void What_is_no_contribution_is_refused(string file) =>
        Assert.Throws<ContributionException>(() => SignedContribution.Read(Encoding.UTF8.GetBytes(file)));
}
