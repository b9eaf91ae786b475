namespace SentinelHealth.Detection.TimeSeries;

/// <summary>What can be strange about a point of a series.</summary>
public enum SeriesComponent : byte
{
    /// <summary>The value lies outside everything seen.</summary>
    Novelty,

    /// <summary>The mean of the last few values lies outside every such mean seen.</summary>
    SmoothedNovelty,

    /// <summary>The value lies outside what was seen around this time of day.</summary>
    SeasonalNovelty,

    /// <summary>The value is far from what this time of day and this hour of the week usually bring.</summary>
    SeasonalResidual,

    /// <summary>The series moves less than it used to: a flat line, a stuck sensor, silence.</summary>
    Stillness,

    /// <summary>The level has moved away from the season's for a while.</summary>
    LevelShift,

    /// <summary>What the points just before added and has not leaked away.</summary>
    Carried,

    /// <summary>How rare this much evidence is in this series.</summary>
    RarityOfSum,
}

/// <summary>One additive part of the evidence about a point.</summary>
/// <param name="Component">What is strange.</param>
/// <param name="Decades">Its share of <see cref="SeriesVerdict.Decades"/>; 0 or more.</param>
public readonly record struct SeriesPart(SeriesComponent Component, double Decades);

/// <summary>What the detector thinks of a point.</summary>
/// <param name="Score">0..1, higher is stranger: decades / (decades + 6), halved for an echo.</param>
/// <param name="Decades">Accumulated evidence, in decades of rarity; 0 or more.</param>
/// <param name="IsEcho">Whether the last 108 to 120 points held evidence at least as great, so that this is no new story.</param>
public readonly record struct SeriesVerdict(double Score, double Decades, bool IsEcho)
{
    /// <summary>
    /// The decades that score one half. Alarm levels lie near it, so an echo, being halved, stays below them.
    /// </summary>
    public const double HalfDecades = 6;

    /// <summary>
    /// A score worth telling a person about: about seven decades, which noise around a season reaches less than once in ten
    /// thousand points.
    /// </summary>
    public const double AlarmScore = 0.53;

    internal static SeriesVerdict Of(double decades, bool isEcho) =>
        new((isEcho ? 0.5 : 1) * decades / (decades + HalfDecades), decades, isEcho);
}

/// <summary>A point against what was expected, for the sentence of an alert.</summary>
/// <param name="Observed">The value.</param>
/// <param name="Expected">What the season that explains it better usually brings.</param>
/// <param name="Low">Least value seen around this time of day.</param>
/// <param name="High">Greatest value seen around this time of day.</param>
/// <param name="Parts">How many parts were written.</param>
public readonly record struct SeriesExplanation(double Observed, double Expected, double Low, double High, int Parts);
