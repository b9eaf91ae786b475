namespace SentinelHealth.Detection.Streams.Shapes;

/// <summary>The witnesses of a row's shape: tails of its columns, and distances in samples of two sizes.</summary>
internal sealed class ShapeJudges
{
    /// <summary>The sample is taken over again when it has been offered an eighth more rows, at most this many.</summary>
    private const int RebuildRowsMax = 2_048, RebuildShare = 8;

    private readonly RowSample _sample;
    private readonly ColumnTails _tails;
    private readonly SampleNeighbors _neighbors;
    private int _untilRebuild;

    public ShapeJudges(int columns, ulong seed)
    {
        _sample = new RowSample(columns, seed);
        _tails = new ColumnTails(columns);
        _neighbors = new SampleNeighbors(columns);
    }

    /// <summary>Names of the witnesses, in the order of their scores.</summary>
    public static string[] Names { get; } =
        ["tails of the numbers", .. SampleNeighbors.SampleSizes.Select(size => $"distance in samples of {size}")];

    public long SizeBytes => _sample.SizeBytes + _tails.SizeBytes + _neighbors.SizeBytes + sizeof(int);

    /// <summary>Writes the raw scores; none without numeric columns.</summary>
    public void Judge(ReadOnlySpan<double> numbers, Span<double> scores)
    {
        if (_sample.Columns == 0)
            return;
        scores[0] = _tails.Of(numbers);
        _neighbors.Of(numbers, scores[1..]);
    }

    public void Learn(ReadOnlySpan<double> numbers)
    {
        if (_sample.Columns == 0)
            return;
        _sample.Offer(numbers);
        if (--_untilRebuild > 0)
            return;
        Rebuild();
        _untilRebuild = Math.Clamp(_sample.Offered / RebuildShare, 1, RebuildRowsMax);
    }

    public void Save(BinaryWriter writer)
    {
        _sample.Save(writer);
        _tails.Save(writer);
        _neighbors.Save(writer);
        writer.Write(_untilRebuild);
    }

    public void Load(BinaryReader reader)
    {
        _sample.Load(reader);
        _tails.Load(reader);
        _neighbors.Load(reader);
        _untilRebuild = reader.ReadInt32();
    }

    private void Rebuild()
    {
        _tails.Rebuild(_sample);
        _neighbors.Rebuild(_sample);
    }
}
