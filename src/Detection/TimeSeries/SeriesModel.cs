namespace SentinelHealth.Detection.TimeSeries;

/// <summary>The steps by which a point is judged and then absorbed. Pure functions of a series' state.</summary>
internal static class SeriesModel
{
    /// <summary>Points before the first opinion.</summary>
    public const int ColdPoints = 50;

    private const int SmoothedPoints = 4;
    private const int StillnessPointsMin = 100;

    /// <summary>Points a half hour must have learned before a lasting distance from it is a shift.</summary>
    private const int ShiftWeightMin = 48;
    private const double LatelyRate = 0.05, UsuallyRate = 0.005, ShiftRate = 0.01;

    /// <summary>Differences from the anchor are held within this, so that no square of one overflows.</summary>
    private const float ValueMax = 1e18f;

    /// <summary>Judges a point. Cost: one lookup in each profile and seven tails of 64 buckets.</summary>
    public static void Judge(in SeriesState state, long atMs, double value, out SeriesJudgement judged)
    {
        judged = default;
        judged.AtMs = atMs;
        judged.Value = state.Points == 0 ? 0 : (float)Math.Clamp(value - state.Anchor, -ValueMax, ValueMax);
        judged.Season = state.Season.At(atMs);
        judged.Next = state.Averages;
        Novelties(state, ref judged);
        Residuals(state, ref judged);
        Evidence.Weigh(state, ref judged);
    }

    /// <summary>Learns a judged point.</summary>
    public static void Absorb(ref SeriesState state, double value, in SeriesJudgement judged)
    {
        if (state.Points == 0)
            state.Anchor = value;
        for (var component = 0; component < SeriesJudgement.Components; component++)
        {
            if (!double.IsNaN(judged.Deviations[component]))
                state.PartTails[component].Learn(judged.Deviations[component]);
        }
        if (!judged.IsCold)
            state.SumTail.Learn(judged.Sum);
        state.Gate.Learn(judged.IsCold ? 0 : (float)judged.Total);
        state.Averages = judged.Next;
        Remember(ref state, judged);
    }

    private static void Remember(ref SeriesState state, in SeriesJudgement judged)
    {
        if (++state.PointsInEpoch > SeriesState.EpochPoints)
        {
            state.PointsInEpoch = 1;
            state.Range.Turn();
            state.SmoothedRange.Turn();
            state.Season.Turn();
        }
        state.Range.Learn(judged.Value);
        state.SmoothedRange.Learn((float)judged.Next.Smoothed);
        state.Season.Learn(judged.AtMs, judged.Value);
        state.Points = Math.Min(state.Points + 1, 1 << 30);
    }

    private static void Novelties(in SeriesState state, ref SeriesJudgement judged)
    {
        ref var next = ref judged.Next;
        next.Smoothed += Math.Max(1.0 / (state.Points + 1.0), 1.0 / SmoothedPoints) * (judged.Value - next.Smoothed);
        var season = judged.Season;
        Set(ref judged, SeriesComponent.Novelty, state.Points > 0, state.Range.Outside(judged.Value));
        Set(ref judged, SeriesComponent.SmoothedNovelty, state.Points > SmoothedPoints,
            state.SmoothedRange.Outside((float)next.Smoothed));
        Set(ref judged, SeriesComponent.SeasonalNovelty, season.HasDay, SeenRange.Outside(judged.Value, season.Low, season.High));
    }

    private static void Residuals(in SeriesState state, ref SeriesJudgement judged)
    {
        ref var next = ref judged.Next;
        var season = judged.Season;
        // Where the season knows nothing it cannot be wrong: the shift leaks away, and how far the series moves stays unknown.
        var residual = season.HasDay ? (double)judged.Value - season.Nearest(judged.Value) : 0;
        if (season.HasDay)
        {
            next.MovementLately += LatelyRate * (Math.Abs(residual) - next.MovementLately);
            next.MovementUsually += UsuallyRate * (Math.Abs(residual) - next.MovementUsually);
        }
        next.Shift += ShiftRate * (residual - next.Shift);
        Set(ref judged, SeriesComponent.SeasonalResidual, season.HasDay && season.HasWeek, Math.Abs(residual));
        Set(ref judged, SeriesComponent.Stillness, state.Points > StillnessPointsMin, Stillness(next));
        Set(ref judged, SeriesComponent.LevelShift, season.DayWeight >= ShiftWeightMin, Math.Abs(next.Shift));
    }

    /// <summary>
    /// How many times less the series moves than usual, at most a thousand; 0 when it moves as much or never did.
    /// </summary>
    private static double Stillness(in SeriesAverages averages) => averages.MovementUsually <= 0
        ? 0
        : Math.Max(0, (averages.MovementUsually / (averages.MovementLately + (1e-3 * averages.MovementUsually))) - 1);

    private static void Set(ref SeriesJudgement judged, SeriesComponent component, bool hasOpinion, double deviation) =>
        judged.Deviations[(int)component] = hasOpinion ? deviation : double.NaN;
}
