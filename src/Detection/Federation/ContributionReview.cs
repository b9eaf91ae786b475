using System.Globalization;

namespace SentinelHealth.Detection.Federation;

/// <summary>Something about a contribution that an honest site's would not have.</summary>
/// <param name="Role">The role.</param>
/// <param name="Statistic">The statistic.</param>
/// <param name="Detail">What is wrong, in a sentence.</param>
public sealed record ReviewFinding(string Role, string Statistic, string Detail);

/// <summary>
/// Looks for poison in a contribution: numbers that its own noise does not explain, and habits far from those of all other sites. Pure.
/// </summary>
/// <remarks>
/// A site that wants an attack to look usual has to say that its people do it, and then stands apart from the others in just
/// those bins. How far honest sites stand apart is measured on themselves, each against the rest. A site is refused for what noise does
/// not explain, on either side: a role of one that keeps to these limits is refused for chance in fewer than one of a million reviews,
/// however few its people are; where they are lost in the noise, nothing is compared. What stays below is bounded by
/// <see cref="PeerBaseline.PeoplePerSiteMax"/>. Cost: statistics times sites.
/// </remarks>
public static class ContributionReview
{
    /// <summary>Deviations that noise reaches once in a thousand million.</summary>
    private const double DeviationsMax = 6;

    /// <summary>Share of what is done, or of the people, by which an honest site may always differ from the others.</summary>
    private const double DistanceFloor = 0.30;

    /// <summary>How far all others of its people may always count from those of other sites, in nats: 2.7 times as much, or one such part.</summary>
    private const double ShiftFloor = 1;

    /// <summary>Beyond what the others differ among themselves.</summary>
    private const double TypicalFactor = 1.5;

    /// <summary>Deviations of the noise that the people of a statistic must reach for others to be measured by it.</summary>
    private const double PeopleDeviationsMin = 8;

    /// <summary>What speaks against a contribution. Empty when nothing does.</summary>
    /// <param name="candidate">What came.</param>
    /// <param name="others">Contributions of other sites that were let in before; those of the same site are passed over.</param>
    public static IReadOnlyList<ReviewFinding> Review(Contribution candidate, IEnumerable<Contribution> others)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var rest = others.Where(other => other.Site != candidate.Site).ToList();
        var findings = new List<ReviewFinding>();
        foreach (var role in candidate.Roles)
        {
            CheckNumbers(role, candidate.Cost.NoiseVariance, findings);
            Compare(candidate, role, rest, findings);
        }
        return findings;
    }

    /// <summary>An honest histogram holds no more than its people, and no bin is more negative than noise makes it.</summary>
    private static void CheckNumbers(RoleHistograms role, long noiseVariance, List<ReviewFinding> findings)
    {
        var deviation = Math.Sqrt(noiseVariance);
        for (var statistic = 0; statistic < role.Histograms.Count; statistic++)
        {
            var histogram = role.Histograms[statistic];
            var slack = DeviationsMax * deviation * (1 + Math.Sqrt(histogram.Count));
            if (histogram.Sum() > role.Units + slack)
                findings.Add(Of(role, statistic, "More is counted than the role's people can have added."));
            if (histogram.Min() < -DeviationsMax * 1.5 * deviation)
                findings.Add(Of(role, statistic, "A count is more negative than the stated noise explains."));
        }
    }

    private static void Compare(
        Contribution candidate, RoleHistograms role, List<Contribution> others, List<ReviewFinding> findings)
    {
        var known = others.Where(other => other.Roles.Any(theirs => theirs.Role == role.Role)).ToList();
        if (known.Count == 0)
            return;
        var pool = PeerBaseline.Of(known).ShapeOf(role.Role)!;
        var shape = ShapeOf(candidate, role.Role);
        // Each of the others against the rest of them; one alone has no measure but the floor.
        var each = known.Count < 2 ? [] : known.Select(one => (
            One: ShapeOf(one, role.Role),
            Others: PeerBaseline.Of(known.Where(other => other != one)).ShapeOf(role.Role)!)).ToList();
        var noise = Math.Sqrt(known.Max(one => one.Cost.NoiseVariance)) / BaselineSchema.UnitsPerActor;
        for (var statistic = 0; statistic < BaselineSchema.Statistics.Count; statistic++)
        {
            var typical = each.Count == 0 ? 0 : each.Max(pair =>
                Math.Min(pair.One.People(statistic), pair.Others.People(statistic)) < PeopleDeviationsMin * noise
                    ? 0 : Seemingly(pair.One, pair.Others, statistic));
            var detail = IsCount(statistic)
                ? CountDetail(shape.Noisy(statistic), pool.Noisy(statistic), typical)
                : ShareDetail(shape.Noisy(statistic), pool.Noisy(statistic), typical);
            if (detail is not null)
                findings.Add(Of(role, statistic, detail));
        }
    }

    private static bool IsCount(int statistic) => statistic >= BaselineSchema.FirstCount;

    private static string? ShareDetail(NoisyHistogram candidate, NoisyHistogram pool, double typical)
    {
        var limit = Math.Max(DistanceFloor, TypicalFactor * typical);
        var apart = limit >= 1 ? 0 : ProvenDistance.Share(candidate, pool);
        return apart <= limit ? null : string.Create(CultureInfo.InvariantCulture,
            $"At least {apart:P0} of what is done differs from other sites; up to {limit:P0} would be believed.");
    }

    private static string? CountDetail(NoisyHistogram candidate, NoisyHistogram pool, double typical)
    {
        var reach = (int)Math.Ceiling(Math.Max(ShiftFloor, TypicalFactor * typical) / BaselineSchema.NatsPerBin);
        var apart = ProvenDistance.BeyondBins(candidate, pool, reach);
        return apart <= DistanceFloor ? null : string.Create(CultureInfo.InvariantCulture,
            $"At least {apart:P0} of the people count more than {Math.Exp(reach * BaselineSchema.NatsPerBin):0.#} times what those of other sites do, or less than one such part; up to {DistanceFloor:P0} would be believed.");
    }

    /// <summary>How far they seem apart, noise and all: what a site is believed for.</summary>
    private static double Seemingly(RoleShape one, RoleShape other, int statistic) => IsCount(statistic)
        ? Math.Abs(one.Moments(statistic).Mean - other.Moments(statistic).Mean)
        : one.DistanceTo(other, statistic);

    private static RoleShape ShapeOf(Contribution contribution, string role) => PeerBaseline.Of([contribution]).ShapeOf(role)!;

    private static ReviewFinding Of(RoleHistograms role, int statistic, string detail) =>
        new(role.Role, BaselineSchema.Statistics[statistic].Name, detail);
}
