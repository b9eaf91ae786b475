using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Detectors;

namespace SentinelHealth.Detection.Federation;

/// <summary>What one actor did, in the published histograms, before anything leaves the site. About 12 KB.</summary>
internal sealed class ActorTally(string role)
{
    private readonly uint[][] _counts = [.. BaselineSchema.Statistics.Select(statistic => new uint[statistic.Bins.Count])];
    private readonly Dictionary<int, (int Bucket, int Count)> _open = [];
    private readonly (int Bucket, DistinctCounter Distinct)[] _patients = new (int, DistinctCounter)[TimeBuckets.Names.Length];

    /// <summary>The role of the actor's first event: a person stands in the histograms of one role only.</summary>
    public string Role => role;

    public void Count(int statistic, int bin) => _counts[statistic][bin]++;

    /// <summary>Counts an event in a channel's bucket of every width; a bucket enters its histogram when a later one opens.</summary>
    public void CountInBuckets(int channel, long atMs)
    {
        for (var width = 0; width < TimeBuckets.WidthsMs.Length; width++)
        {
            var statistic = BaselineSchema.CountStatistic(channel, width);
            var bucket = TimeBuckets.IndexOf(atMs, width);
            var open = _open.GetValueOrDefault(statistic, (Bucket: bucket, Count: 0));
            if (bucket > open.Bucket)
            {
                Count(statistic, BaselineSchema.BinOfCount(open.Count));
                open = (bucket, 0);
            }
            _open[statistic] = (open.Bucket, open.Count + 1);
        }
    }

    public void CountPatient(ulong patient, long atMs)
    {
        for (var width = 1; width < _patients.Length; width++)
        {
            var bucket = TimeBuckets.IndexOf(atMs, width);
            if (bucket > _patients[width].Bucket)
            {
                ClosePatients(width);
                _patients[width] = (bucket, default);
            }
            _patients[width].Distinct.Add(patient);
        }
    }

    /// <summary>Closes what is open.</summary>
    public void Close()
    {
        foreach (var (statistic, (_, count)) in _open)
            Count(statistic, BaselineSchema.BinOfCount(count));
        _open.Clear();
        for (var width = 1; width < _patients.Length; width++)
        {
            ClosePatients(width);
            _patients[width] = default;
        }
    }

    /// <summary>
    /// Adds the actor to a role's histograms: in each the shares of the actor's bins, together at most
    /// <see cref="BaselineSchema.UnitsPerActor"/>, however busy the actor was.
    /// </summary>
    public void AddTo(long[][] histograms)
    {
        for (var statistic = 0; statistic < _counts.Length; statistic++)
        {
            var total = _counts[statistic].Sum(count => (long)count);
            if (total == 0)
                continue;
            for (var bin = 0; bin < _counts[statistic].Length; bin++)
                histograms[statistic][bin] += _counts[statistic][bin] * (long)BaselineSchema.UnitsPerActor / total;
        }
    }

    private void ClosePatients(int width)
    {
        var distinct = _patients[width].Distinct.Estimate();
        if (distinct > 0)
            Count(BaselineSchema.PatientStatistic(width), BaselineSchema.BinOfCount(distinct));
    }
}
