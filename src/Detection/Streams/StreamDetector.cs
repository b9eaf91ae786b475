using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams.Aspects;
using SentinelHealth.Detection.Streams.Evidence;
using SentinelHealth.Detection.Streams.Shapes;

namespace SentinelHealth.Detection.Streams;

/// <summary>
/// The generic detector: scores any row of categories, numbers and a time, for bursts of rows alike in some aspect, for rare
/// values and combinations, and for shapes far from what is usual.
/// </summary>
/// <remarks>
/// Three families of witnesses: bursts and rarities of every aspect (<see cref="AspectCounts"/>), tails of the numeric columns
/// (<see cref="ColumnTails"/>) and distances in small samples (<see cref="SampleNeighbors"/>). Each raw score becomes evidence in
/// nats (<see cref="TailEvidence"/>), weighted by how far its witness agrees with others (<see cref="AgreementWeights"/>); the
/// score is the weighted sum, so the parts of the explanation add up to it. What is strange teaches nothing
/// (<see cref="SuspicionGate"/>). The score of a row depends on the schema and on earlier rows, never on whose row it is:
/// <see cref="Observation.Entity"/> and <see cref="Observation.Peers"/> are not read. O(columns) a row, no allocation, one owner
/// thread; bytes as <see cref="SizeBytes"/> says.
/// </remarks>
public sealed partial class StreamDetector : IDetector
{
    private readonly StreamOptions _options;
    private readonly FeatureSchema _schema;
    private readonly AspectCounts _counts;
    private readonly ShapeJudges _shapes;
    private readonly TailEvidence[] _tails;
    private readonly AgreementWeights _agreement;
    private readonly SuspicionGate _gate;
    private readonly string[] _partNames;
    private readonly double[] _raw, _evidence;
    private readonly int _aspectCount;
    private long _rowCount;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="schema">The columns of its rows; count channels are not used.</param>
    /// <param name="options">Sizes and horizons.</param>
    public StreamDetector(string name, FeatureSchema schema, StreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        (Name, _schema, _options) = (name, schema, options);
        _counts = new AspectCounts(schema, options);
        _shapes = new ShapeJudges(schema.Numeric.Count, options.Seed);
        _aspectCount = _counts.Aspects.Length;
        var witnesses = Witness.Of(_counts.Aspects, schema.Numeric.Count > 0 ? ShapeJudges.Names : []);
        _partNames = [.. witnesses.Select(witness => witness.Name)];
        _tails = [.. witnesses.Select(TailOf)];
        _agreement = new AgreementWeights([.. witnesses.Select(witness => (int)witness.Family)]);
        var doubtShare = options.Clock == StreamClock.None ? options.SuspectShare : options.DoubtShare;
        _gate = new SuspicionGate(doubtShare, options.SuspectShare);
        (_raw, _evidence) = (new double[witnesses.Length], new double[witnesses.Length]);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _partNames;

    /// <inheritdoc/>
    public long SizeBytes => _counts.SizeBytes + _shapes.SizeBytes + _agreement.SizeBytes + SuspicionGate.SizeBytes
        + (_tails.Length * (TailEvidence.SizeBytes + (2 * sizeof(double)))) + sizeof(long);

    private bool IsCold => _rowCount < _options.ColdRows;

    /// <inheritdoc/>
    public double? Score(in Observation observed) => IsCold ? null : Judge(observed);

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        var score = Judge(observed);
        LearnJudged(observed, score, trust);
    }

    /// <summary>Scores a row and then learns it: the same as <see cref="Score"/> followed by <see cref="Learn"/>, at half the
    /// cost.</summary>
    /// <param name="observed">The row.</param>
    /// <param name="trust">0..1: how much it may shape the baseline.</param>
    /// <returns>The score before the row was learned, or null while cold.</returns>
    public double? ScoreThenLearn(in Observation observed, float trust)
    {
        var score = Judge(observed);
        double? opinion = IsCold ? null : score;
        LearnJudged(observed, score, trust);
        return opinion;
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (IsCold)
            return 0;
        Judge(observed);
        var weights = _agreement.Weights;
        var written = 0;
        for (var i = 0; i < _evidence.Length; i++)
        {
            var surprise = weights[i] * _evidence[i];
            if (surprise > 0)
                parts[written++] = new(i, surprise, _raw[i], double.NaN, 0, Novelty.Known);
        }
        return written;
    }

    /// <summary>Leaves raw scores and evidence of a row in scratch space, and nothing else behind.</summary>
    private double Judge(in Observation observed)
    {
        var bursts = _raw.AsSpan(0, _aspectCount);
        _counts.Judge(observed, _gate.OrdinaryTrust, bursts, _raw.AsSpan(_aspectCount, _aspectCount));
        _shapes.Judge(observed.Numbers, _raw.AsSpan(2 * _aspectCount));
        var weights = _agreement.Weights;
        var score = 0.0;
        for (var i = 0; i < _raw.Length; i++)
        {
            _evidence[i] = _raw[i] > 0 ? _tails[i].Of(_raw[i]) : 0;
            score += weights[i] * _evidence[i];
        }
        return score;
    }

    private void LearnJudged(in Observation observed, double score, float trust)
    {
        var weight = _counts.WeightAt(observed.AtMs);
        var admitted = trust * _gate.Admit(score, weight);
        for (var i = 0; i < _tails.Length; i++)
            _tails[i].Learn(_raw[i], weight * admitted);
        _agreement.Learn(_evidence, weight);
        _counts.Learn(observed.AtMs, admitted);
        if (admitted > 0)
            _shapes.Learn(observed.Numbers);
        _rowCount++;
    }

    private static TailEvidence TailOf(Witness witness) =>
        new(witness.Family == WitnessFamily.Rarity ? TailScale.Linear : TailScale.Logarithmic);
}
