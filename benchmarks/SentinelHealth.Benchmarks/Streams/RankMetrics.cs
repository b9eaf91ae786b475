namespace SentinelHealth.Benchmarks.Streams;

/// <summary>How well scores rank anomalies above the rest.</summary>
internal static class RankMetrics
{
    /// <summary>Area under the ROC curve and average precision, equal scores counted together as scikit-learn does.</summary>
    public static (double Auc, double AveragePrecision) Of(List<double> scores, List<bool> labels)
    {
        var (keys, values) = (scores.Select(score => -score).ToArray(), labels.ToArray());
        Array.Sort(keys, values);
        long positives = labels.Count(label => label), negatives = labels.Count - positives;
        var (found, passed, area, precisionSum) = (0L, 0L, 0.0, 0.0);
        for (var i = 0; i < keys.Length;)
        {
            var (hits, misses) = (0L, 0L);
            for (var tied = keys[i]; i < keys.Length && keys[i] == tied; i++)
                (hits, misses) = values[i] ? (hits + 1, misses) : (hits, misses + 1);
            area += (found + (0.5 * hits)) * misses;
            (found, passed) = (found + hits, passed + hits + misses);
            precisionSum += (double)hits * found / passed;
        }
        return (area / ((double)positives * negatives), precisionSum / positives);
    }
}
