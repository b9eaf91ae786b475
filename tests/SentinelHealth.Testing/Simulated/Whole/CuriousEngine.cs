using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>A broken engine: a question about risk counts the last event once more.</summary>
internal sealed class CuriousEngine(IDetectionEngine inner, IEventDecoder decoder) : IDetectionEngine
{
    private byte[] _last = [];

    public DetectionStatus? Status => inner.Status;

    public EventVerdict Process(SentinelEvent observed)
    {
        _last = observed.Raw.ToArray();
        return inner.Process(observed);
    }

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax)
    {
        var again = new SentinelEvent();
        if (_last.Length > 0 && decoder.TryDecode(_last, again, out _))
            inner.Process(again);
        return inner.TopRisks(entitiesMax);
    }

    public void Tune(DetectionTuning tuning) => inner.Tune(tuning);

    public void Save(Stream destination) => inner.Save(destination);
}
