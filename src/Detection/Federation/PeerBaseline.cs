using System.Buffers.Binary;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Federation;

/// <summary>What is usual for a role at other sites: a pure function of the set of contributions, whatever their order.</summary>
/// <remarks>
/// Counts are whole numbers and are summed exactly, so a site that is removed leaves no trace: the rest is, bit for bit, what it
/// would have been without it. A site weighs no more than the middle one, nor than <see cref="PeoplePerSiteMax"/> people a role, so that
/// claiming many people gives it no more say.
/// </remarks>
public sealed class PeerBaseline
{
    /// <summary>Most people of a role that one site speaks for.</summary>
    public const int PeoplePerSiteMax = 200;

    /// <summary>A role's habit from elsewhere weighs like this many learned buckets at most: the site's own history soon outweighs it.</summary>
    private const float PriorBucketsMax = 24;

    private const float PeoplePerBucket = 4;

    private readonly SortedDictionary<string, RoleSum> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, RoleShape> _shapes = [];
    private readonly Dictionary<ulong, LogCountHabit[]> _habits = [];

    private PeerBaseline(IReadOnlyList<Contribution> contributions)
    {
        Sites = [.. contributions.Select(contribution => contribution.Site)];
        var spoken = contributions.SelectMany(
            contribution => contribution.Roles, (site, role) => (role, site.Cost.NoiseVariance));
        foreach (var role in spoken.GroupBy(pair => pair.role.Role, StringComparer.Ordinal))
        {
            var sum = _roles[role.Key] = new RoleSum(WeightMax([.. role.Select(pair => pair.role.Units)]));
            foreach (var (histograms, noiseVariance) in role)
                sum.Add(histograms, noiseVariance);
        }
        foreach (var (role, sum) in _roles)
        {
            var shape = _shapes[StableHash.Of(role)] = sum.Shape();
            _habits[StableHash.Of(role)] =
                [.. Enumerable.Range(0, BaselineSchema.Statistics.Count).Select(statistic => HabitOf(shape, statistic))];
        }
    }

    /// <summary>Nobody's.</summary>
    public static PeerBaseline None { get; } = new([]);

    /// <summary>Sites that contribute, in order of their names.</summary>
    public IReadOnlyList<string> Sites { get; }

    /// <summary>Roles that something is known of.</summary>
    public IReadOnlyCollection<string> Roles => _roles.Keys;

    /// <summary>The baseline of a set of contributions, one for each site.</summary>
    /// <exception cref="ArgumentException">A site is there twice.</exception>
    public static PeerBaseline Of(IEnumerable<Contribution> contributions)
    {
        var ordered = contributions.OrderBy(contribution => contribution.Site, StringComparer.Ordinal).ToList();
        return ordered.Select(contribution => contribution.Site).Distinct(StringComparer.Ordinal).Count() == ordered.Count
            ? new PeerBaseline(ordered)
            : throw new ArgumentException("A site contributes once; a later round replaces an earlier one.", nameof(contributions));
    }

    /// <summary>Every sum, in a fixed order: two baselines are the same when these bytes are.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var (role, sum) in _roles)
        {
            buffer.Write(System.Text.Encoding.UTF8.GetBytes(role));
            foreach (var value in sum.Numbers())
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, value);
                buffer.Write(number);
            }
        }
        return buffer.ToArray();
    }

    /// <summary>Whether anything is known of a role.</summary>
    internal bool Knows(ulong role) => _shapes.ContainsKey(role);

    /// <summary>The usual counts of a role in a channel and width. Weight 0 when nothing is known.</summary>
    internal LogCountHabit Counts(ulong role, int channel, int width) =>
        Habit(role, BaselineSchema.CountStatistic(channel, width));

    /// <summary>The usual number of distinct patients of a role in an hour (1) or a day (2). Weight 0 when nothing is known.</summary>
    internal LogCountHabit Patients(ulong role, int width) => Habit(role, BaselineSchema.PatientStatistic(width));

    /// <summary>What is known of a role; null when nothing is.</summary>
    internal RoleShape? ShapeOf(string role) => _shapes.GetValueOrDefault(StableHash.Of(role));

    /// <summary>The most that one site weighs: as much as the middle one, the smaller of two.</summary>
    private static long WeightMax(long[] units)
    {
        Array.Sort(units);
        return Math.Min(units[(units.Length - 1) / 2], (long)PeoplePerSiteMax * BaselineSchema.UnitsPerActor);
    }

    private LogCountHabit Habit(ulong role, int statistic) =>
        _habits.TryGetValue(role, out var habits) ? habits[statistic] : default;

    private static LogCountHabit HabitOf(RoleShape shape, int statistic)
    {
        if (statistic < BaselineSchema.FirstCount || shape.People(statistic) <= 0)
            return default;
        var (mean, variance) = shape.Moments(statistic);
        return LogCountHabit.Of(
            Math.Min(PriorBucketsMax, (float)shape.People(statistic) / PeoplePerBucket), (float)mean, (float)variance);
    }

    /// <summary>The sum of one role over sites.</summary>
    private sealed class RoleSum(long unitsMax)
    {
        private readonly long[][] _histograms =
            [.. BaselineSchema.Statistics.Select(statistic => new long[statistic.Bins.Count])];
        private long _units;
        private long _noiseVariance;

        /// <summary>Adds a site, scaled down to the most that one may weigh. Whole numbers only.</summary>
        public void Add(RoleHistograms role, long noiseVariance)
        {
            var whole = Math.Max(role.Units, 1);
            var kept = Math.Clamp(whole, 0, Math.Max(unitsMax, 0));
            for (var statistic = 0; statistic < _histograms.Length; statistic++)
            {
                for (var bin = 0; bin < _histograms[statistic].Length; bin++)
                    _histograms[statistic][bin] += (long)((Int128)role.Histograms[statistic][bin] * kept / whole);
            }
            _units += kept;
            _noiseVariance += (long)((Int128)noiseVariance * kept / whole * kept / whole);
        }

        public RoleShape Shape() => new(_histograms, _units, _noiseVariance);

        public IEnumerable<long> Numbers() =>
            _histograms.SelectMany(histogram => histogram).Append(_units).Append(_noiseVariance);
    }
}
