using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Detection.Tests.Federation;

/// <summary>Sites that contribute: each a simulated network of its own, counted once for all tests.</summary>
internal static class Sites
{
    private static readonly Lazy<IReadOnlyList<Contribution>> Contributed = new(() =>
        [.. Enumerable.Range(1, 4).Select(seed => Contribute($"site-{seed}", seed, Records(seed)))]);

    private static readonly Lazy<IReadOnlyList<Contribution>> LargeOnes = new(() =>
        [.. Enumerable.Range(1, 3).Select(seed => Contribute($"site-{seed}", seed, Records(seed, days: 1, eventsPerDay: 50_000)))]);

    /// <summary>A generous cost: under a strict one, sites of a few dozen people a role would be all noise.</summary>
    public static PrivacyCost Cost { get; } = PrivacyCost.Of(12, 1e-6);

    public static IReadOnlyList<Contribution> Honest => Contributed.Value;

    /// <summary>Sites with more than a hundred people in some roles.</summary>
    public static IReadOnlyList<Contribution> Large => LargeOnes.Value;

    /// <summary>Random bits that are the same in every run.</summary>
    public static Func<ulong> Bits(int seed)
    {
        var random = new Random(seed);
        var word = new byte[sizeof(ulong)];
        return () =>
        {
            random.NextBytes(word);
            return BitConverter.ToUInt64(word);
        };
    }

    public static IEnumerable<byte[]> Records(int seed, int days = 2, int eventsPerDay = 15_000) =>
        new HospitalSimulator(new SimulationOptions
        {
            Seed = seed,
            Days = days,
            EventsPerDay = eventsPerDay,
            Attacks = ["none"],
        }).Events().Select(one => one.Json);

    public static Contribution Contribute(string site, int seed, IEnumerable<byte[]> records) =>
        Counted(records).Build(site, round: 1, Cost, new DiscreteGaussian(Bits(seed)));

    /// <summary>A site's events counted, before noise: each <see cref="ContributionBuilder.Build"/> draws its own.</summary>
    public static ContributionBuilder Counted(IEnumerable<byte[]> records)
    {
        var builder = new ContributionBuilder(SimulatedDays.Options);
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        foreach (var record in records)
        {
            Assert.True(decoder.TryDecode(record, observed, out var rejection), rejection.Detail);
            builder.Observe(observed);
        }
        return builder;
    }

    /// <summary>What a contribution becomes when every count of a statistic moves up by some bins: many times as much is usual.</summary>
    public static Contribution Raised(Contribution honest, string statistic, int bins)
    {
        var at = BaselineSchema.Statistics.Select((one, index) => (one.Name, index)).First(pair => pair.Name == statistic).index;
        return honest with
        {
            Roles = [.. honest.Roles.Select(role => role with
            {
                Histograms = [.. role.Histograms.Select((histogram, index) =>
                    index == at ? [.. new long[bins], .. histogram.Take(histogram.Count - bins)] : histogram)],
            })],
        };
    }
}
