using SentinelHealth.Detection.Detectors;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>An engine of one detector, so that it can be put through disorder: what an event means is drawn from its own identifier.</summary>
internal sealed class OneDetectorEngine : IDetectionEngine
{
    private readonly DetectorCase _case;
    private readonly IDetector _detector;

    public OneDetectorEngine(DetectorCase of, Stream? state)
    {
        (_case, _detector) = (of, of.Cold());
        if (state is not null)
            _detector.Load(new BinaryReader(state));
    }

    public EventVerdict Process(SentinelEvent observed)
    {
        var sample = _case.Ordinary(
            new Random((int)(observed.Key(TextField.Id) & 0x7FFFFFFF)), observed.OccurredAt.ToUnixTimeMilliseconds());
        var score = _detector.Score(sample.Seen);
        _detector.Learn(sample.Seen, 1);
        return new EventVerdict(score ?? -1, 1, [], []);
    }

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

    public void Save(Stream destination)
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        _detector.Save(writer);
    }
}
