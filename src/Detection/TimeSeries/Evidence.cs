namespace SentinelHealth.Detection.TimeSeries;

/// <summary>Adds up what is strange about a point, with what the points before it left over.</summary>
/// <remarks>
/// Fisher's (1932) sum of log p-values with fixed weights, leaked over points as in the geometric moving average test
/// (Roberts 1959): the truth of an incident lasts, so a delay of two or three points buys fewer false alarms. Departures:
/// only decades beyond the first half decade or so count; a growing history raises the reference value, since in more
/// points rarer ones are found; and the sum, being of dependent terms, gets the decades of its own streaming rank on top
/// instead of a chi-squared.
/// </remarks>
internal static class Evidence
{
    /// <summary>Weights of the components, in their order.</summary>
    private static readonly double[] Weights = [1, 0.25, 0.75, 1.5, 0.5, 0.5];

    /// <summary>Decades of a component that say nothing.</summary>
    private const double CommonDecades = 0.3;

    /// <summary>Share of the evidence that is left one point later.</summary>
    private const double Kept = 0.6;

    private const double HistoryWeight = 1.5;
    private const double HistoryPointsMin = 300, HistoryPointsMax = 100_000, HistoryPointsUnit = 1_000;

    /// <summary>Keeps the deviation of the sum the same whatever share is kept.</summary>
    private static readonly double Scale = Math.Sqrt(1 - Kept);

    public static void Weigh(in SeriesState state, ref SeriesJudgement judged)
    {
        if (state.Points < SeriesModel.ColdPoints)
        {
            judged.Sum = double.NaN;
            return;
        }
        var sum = 0.0;
        for (var component = 0; component < SeriesJudgement.Components; component++)
        {
            var deviation = judged.Deviations[component];
            if (!(deviation > 0))
                continue;
            var decades = Weights[component] * Math.Max(0, state.PartTails[component].Rarity(deviation) - CommonDecades);
            judged.Decades[component] = decades;
            sum += decades;
        }
        ref var evidence = ref judged.Next.Evidence;
        evidence = (Kept * evidence) + Math.Max(0, sum - Allowance(state.Points));
        judged.Sum = Scale * evidence;
        judged.RarityOfSum = state.SumTail.Rarity(judged.Sum);
        judged.IsEcho = (float)judged.Total <= state.Gate.Peak;
    }

    /// <summary>Splits the total into parts that sum to it, and says what was expected.</summary>
    public static SeriesExplanation Explain(in SeriesState state, in SeriesJudgement judged, double value, Span<SeriesPart> parts)
    {
        var (written, explained) = (0, 0.0);
        var share = ShareKept(state, judged);
        for (var component = 0; component < SeriesJudgement.Components; component++)
        {
            var decades = share * judged.Decades[component];
            if (decades <= 0)
                continue;
            parts[written++] = new SeriesPart((SeriesComponent)component, decades);
            explained += decades;
        }
        parts[written++] = new SeriesPart(SeriesComponent.Carried, Math.Max(0, judged.Sum - explained));
        parts[written++] = new SeriesPart(SeriesComponent.RarityOfSum, judged.RarityOfSum);
        var season = judged.Season;
        return new SeriesExplanation(value, state.Anchor + season.Nearest(judged.Value),
            state.Anchor + season.Low, state.Anchor + season.High, written);
    }

    /// <summary>
    /// The share of a component's decades that reaches the total, after the allowance for the length of the history.
    /// </summary>
    private static double ShareKept(in SeriesState state, in SeriesJudgement judged)
    {
        var sum = System.Numerics.Tensors.TensorPrimitives.Sum<double>(judged.Decades);
        return sum <= 0 ? 0 : Scale * Math.Clamp((sum - Allowance(state.Points)) / sum, 0, 1);
    }

    private static double Allowance(int points) =>
        HistoryWeight * Math.Log10(Math.Clamp(points, HistoryPointsMin, HistoryPointsMax) / HistoryPointsUnit);
}
