using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>The time series detector under the laws of <see cref="IDetector"/>: an entity is a series, its first number the value.</summary>
internal sealed class SeriesAsDetector(int seriesMax) : IDetector
{
    private readonly TimeSeriesDetector _series = new(seriesMax);

    public string Name => "time-series";

    public IReadOnlyList<string> PartNames { get; } = Enum.GetNames<SeriesComponent>();

    public long SizeBytes => _series.SizeBytes;

    public double? Score(in Observation observed) => _series.Judge(observed.Entity, observed.AtMs, observed.Numbers[0])?.Decades;

    public void Learn(in Observation observed, float trust) => _series.Learn(observed.Entity, observed.AtMs, observed.Numbers[0]);

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        var found = new SeriesPart[PartNames.Count];
        if (_series.Explain(observed.Entity, observed.AtMs, observed.Numbers[0], found) is not { } explained)
            return 0;
        for (var i = 0; i < explained.Parts; i++)
            parts[i] = new((int)found[i].Component, found[i].Decades, explained.Observed, 0, 0, Novelty.Known);
        return explained.Parts;
    }

    public void Save(BinaryWriter writer) => _series.Save(writer);

    public void Load(BinaryReader reader) => _series.Load(reader);
}
