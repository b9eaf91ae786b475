using System.Numerics;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Federation;

/// <summary>Makes a site's contribution from its own events: counted per person, clipped, summed by role, and blurred.</summary>
/// <remarks>
/// Nothing that leaves <see cref="Build"/> was seen without noise, the number of people in a role included. People beyond the bound
/// are left out and counted. About 12 KB a person while it runs; one owner thread.
/// </remarks>
public sealed class ContributionBuilder
{
    /// <summary>A role is published when its blurred head count reaches this, and six deviations of the noise: below, noise is all there would be.</summary>
    public const int RoleActorsMin = 20;

    /// <summary>Roles of a contribution at most: the largest are published.</summary>
    public const int RolesMax = 64;

    private const int MilliSecondsPerDay = 86_400_000;

    private static readonly Dictionary<ulong, int> ActivityBins = BinsOf(BaselineSchema.Activity);
    private static readonly Dictionary<ulong, int> PurposeBins = BinsOf(BaselineSchema.Purpose);

    private readonly NameTable _names = new();
    private readonly HealthFeatures _features;
    private readonly Dictionary<ulong, ActorTally> _actors = [];
    private readonly int _actorsMax;
    private long _firstMs = long.MaxValue, _lastMs = long.MinValue;

    /// <summary>Begins with nothing.</summary>
    public ContributionBuilder(DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _features = new HealthFeatures(_names, options);
        _actorsMax = options.ActorsMax;
    }

    /// <summary>People counted.</summary>
    public int ActorCount => _actors.Count;

    /// <summary>Events of people beyond the bound.</summary>
    public long LeftOutCount { get; private set; }

    /// <summary>Counts an event. Events without an actor or a role say nothing about a role and are passed over.</summary>
    public void Observe(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        _features.Fill(observed);
        var actor = _features.Categories[HealthFeatures.Actor];
        if (actor != 0 && observed.Key(TextField.ActorRole) != 0)
            Observe(observed, actor, observed.OccurredAt.ToUnixTimeMilliseconds());
        _features.Learn(observed, trust: 1);
    }

    /// <summary>The contribution, blurred.</summary>
    /// <param name="site">The site's name, as others know it.</param>
    /// <param name="round">The site's number of this export; a later one replaces an earlier one.</param>
    /// <param name="cost">What the export may tell about a person.</param>
    /// <param name="noise">The source of noise.</param>
    /// <exception cref="InvalidOperationException">No event was counted.</exception>
    public Contribution Build(string site, long round, PrivacyCost cost, DiscreteGaussian noise)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(noise);
        if (_actors.Count == 0)
            throw new InvalidOperationException("There is no event of anybody with a role; nothing can be contributed.");
        foreach (var actor in _actors.Values)
            actor.Close();
        var least = Math.Max((double)RoleActorsMin * BaselineSchema.UnitsPerActor, 6 * Math.Sqrt(cost.NoiseVariance));
        var roles = _actors.Values.GroupBy(actor => actor.Role, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(RolesMax).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Blur(group.Key, [.. group], cost, noise))
            .Where(role => role.Units >= least);
        return new Contribution
        {
            Site = site,
            Round = round,
            From = DayOf(_firstMs),
            To = DayOf(_lastMs),
            Cost = cost,
            Roles = [.. roles],
        };
    }

    private void Observe(SentinelEvent observed, ulong actor, long atMs)
    {
        if (!_actors.TryGetValue(actor, out var tally))
        {
            if (_actors.Count >= _actorsMax)
            {
                LeftOutCount++;
                return;
            }
            _actors[actor] = tally = new ActorTally(observed.TextOf(TextField.ActorRole));
        }
        (_firstMs, _lastMs) = (Math.Min(_firstMs, atMs), Math.Max(_lastMs, atMs));
        tally.Count(BaselineSchema.Activity, BinOf(ActivityBins, _features.Categories[0], BaselineSchema.Activity));
        tally.Count(BaselineSchema.TimeOfWeek, (int)_features.Categories[1] - 1);
        if (observed.Key(TextField.Purpose) is var purpose and not 0)
            tally.Count(BaselineSchema.Purpose, BinOf(PurposeBins, purpose, BaselineSchema.Purpose));
        for (var left = _features.Channels; left != 0; left &= left - 1)
            tally.CountInBuckets(BitOperations.TrailingZeroCount(left), atMs);
        if (_features.Categories[HealthFeatures.Patient] is var patient and not 0)
            tally.CountPatient(patient, atMs);
    }

    private static RoleHistograms Blur(string role, ActorTally[] actors, PrivacyCost cost, DiscreteGaussian noise)
    {
        long[][] histograms = [.. BaselineSchema.Statistics.Select(statistic => new long[statistic.Bins.Count])];
        foreach (var actor in actors)
            actor.AddTo(histograms);
        var variance = cost.NoiseVariance;
        foreach (var histogram in histograms)
        {
            for (var bin = 0; bin < histogram.Length; bin++)
                histogram[bin] += noise.Sample(variance);
        }
        var units = ((long)actors.Length * BaselineSchema.UnitsPerActor) + noise.Sample(variance);
        return new RoleHistograms(role, units, histograms);
    }

    private static DateOnly DayOf(long atMs) => DateOnly.FromDayNumber((int)(atMs / MilliSecondsPerDay) + UnixEpochDay);

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    private static int BinOf(Dictionary<ulong, int> bins, ulong key, int statistic) =>
        bins.GetValueOrDefault(key, BaselineSchema.Statistics[statistic].Bins.Count - 1);

    private static Dictionary<ulong, int> BinsOf(int statistic) => BaselineSchema.Statistics[statistic].Bins
        .Select((name, bin) => (Key: BaselineSchema.KeyOf(statistic, name), bin))
        .Where(pair => pair.Key != 0).ToDictionary(pair => pair.Key, pair => pair.bin);
}
