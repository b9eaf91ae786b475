using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// Watches numeric series (rate, failures, latency, gas, of the network or a node) for values never seen, seasons broken,
/// levels shifted and lines gone flat, one pass, without being told a period, a range or a threshold.
/// </summary>
/// <remarks>
/// <para>
/// Six simple deviations of a point (<see cref="SeriesComponent"/>) each become decades of rarity against the series' own
/// past, and their weighted sum is accumulated over points. The idea of summing many weak and quickly computed surprises
/// with a long memory of their tails is that of conformal anomaly detection (Laxhammar and Falkman 2011); each part names
/// its own paper. What is not done: no look-ahead, no minimum or maximum given from outside, no constant per series.
/// </para>
/// <para>
/// The laws of every detector hold: cold is null, judging alters nothing (I6), scores are finite and 0 or more, the same
/// points give the same scores, a reloaded detector is the same detector. Points are expected in time order; one that comes
/// late is taken as the latest. A value that is not finite is a gap: it has no score and teaches nothing. One owner thread.
/// Cost: O(1) per point, no allocation; <see cref="BytesPerSeries"/> per series, at most the bound of series; the one seen
/// longest ago makes room.
/// </para>
/// </remarks>
public sealed class TimeSeriesDetector
{
    private const uint Magic = 0x53_48_54_53;

    /// <summary>Grows when the layout of the state or the meaning of any number in it changes.</summary>
    private const int FormatVersion = 1;

    private readonly BoundedMap<SeriesState> _series;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="seriesMax">Bound on series held; 8 or more, rounded up to a power of two.</param>
    public TimeSeriesDetector(int seriesMax) => _series = new BoundedMap<SeriesState>(seriesMax);

    /// <summary>Bytes of state of one series.</summary>
    public static int BytesPerSeries => Unsafe.SizeOf<SeriesState>();

    /// <summary>Series held.</summary>
    public int Count => _series.Count;

    /// <summary>Bytes of state now, all series together.</summary>
    public long SizeBytes => _series.SizeBytes;

    /// <summary>How strange a value would be, 0..1, or null while the series is cold or when the value is not finite.</summary>
    /// <param name="series">Key of the series; 0 means absent.</param>
    /// <param name="atMs">When, in milliseconds since 1970 in UTC.</param>
    /// <param name="value">The value, in any unit that stays the same.</param>
    public double? Score(ulong series, long atMs, double value) => Judge(series, atMs, value)?.Score;

    /// <summary>The same as <see cref="Score"/>, with the evidence behind it.</summary>
    public SeriesVerdict? Judge(ulong series, long atMs, double value)
    {
        ref readonly var state = ref _series.Find(series);
        if (Unsafe.IsNullRef(in state) || !double.IsFinite(value))
            return null;
        SeriesModel.Judge(state, atMs, value, out var judged);
        return Verdict(judged);
    }

    /// <summary>Learns a value; one that is not finite is ignored.</summary>
    public void Learn(ulong series, long atMs, double value) => Observe(series, atMs, value);

    /// <summary>Judges a value and then learns it, at half the cost of doing one after the other.</summary>
    public SeriesVerdict? Observe(ulong series, long atMs, double value)
    {
        if (!double.IsFinite(value) || series == 0)
            return null;
        ref var state = ref _series.Touch(series, atMs, out _);
        SeriesModel.Judge(state, atMs, value, out var judged);
        SeriesModel.Absorb(ref state, value, judged);
        return Verdict(judged);
    }

    /// <summary>
    /// Says what a value's decades are the sum of and what was expected instead; null while there is no opinion.
    /// </summary>
    /// <param name="series">Key of the series.</param>
    /// <param name="atMs">When.</param>
    /// <param name="value">The value.</param>
    /// <param name="parts">Room for the parts, one per <see cref="SeriesComponent"/>; their decades sum to the verdict's.</param>
    public SeriesExplanation? Explain(ulong series, long atMs, double value, Span<SeriesPart> parts)
    {
        ref readonly var state = ref _series.Find(series);
        if (Unsafe.IsNullRef(in state) || !double.IsFinite(value))
            return null;
        SeriesModel.Judge(state, atMs, value, out var judged);
        return judged.IsCold ? null : Evidence.Explain(state, judged, value, parts);
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        _series.Save(writer);
    }

    /// <summary>Reads state written by <see cref="Save"/> under the same bound.</summary>
    /// <exception cref="InvalidDataException">The state is of another kind, version or bound.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.ReadUInt32() != Magic)
            throw new InvalidDataException("This is not the state of a time series detector.");
        var version = reader.ReadInt32();
        if (version != FormatVersion)
            throw new InvalidDataException($"The state has format {version}, this program reads format {FormatVersion}.");
        _series.Load(reader);
    }

    private static SeriesVerdict? Verdict(in SeriesJudgement judged) =>
        judged.IsCold ? null : SeriesVerdict.Of(judged.Total, judged.IsEcho);
}
