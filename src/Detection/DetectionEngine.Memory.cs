using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <content>How much memory the state takes, and asking for it before it is needed.</content>
public sealed partial class DetectionEngine
{
    /// <summary>Below so many actors the processor's own memory holds what is needed, and asking only takes time.</summary>
    private const int ForeseeFrom = 8_192;

    private readonly IEntityTable[] _byActor, _byPatient, _byDevice;

    /// <summary>Bytes of detector state.</summary>
    public long SizeBytes =>
        _slots.Sum(slot => slot.Detector.SizeBytes + slot.Calibrators.SizeBytes) + _combiner.SizeBytes
        + _persistence.SizeBytes + _features.SizeBytes + _series.SizeBytes;

    /// <summary>Actors, patients and devices that have a state, counted in tables that know each of them; for measuring.</summary>
    internal (int Actors, int Patients, int Devices) EntitiesHeld =>
        (_features.Steps.Table.Count, _features.Ties.Table.Count, _byDevice.Max(table => table.Count));

    /// <summary>Bytes of detector state by part; for measuring.</summary>
    internal Dictionary<string, long> BytesByPart()
    {
        Dictionary<string, long> bytes = new()
        {
            ["combination"] = _combiner.SizeBytes,
            ["persistence"] = _persistence.SizeBytes,
            ["features"] = _features.SizeBytes,
            ["series"] = _series.SizeBytes,
        };
        foreach (var slot in _slots)
            bytes[$"{slot.View}.{slot.Detector.Name}"] = slot.Detector.SizeBytes + slot.Calibrators.SizeBytes;
        return bytes;
    }

    private (IEntityTable[] Actor, IEntityTable[] Patient, IEntityTable[] Device) TablesByEntity() => (
        [_features.Steps.Table, .. TablesOf(EntityView.Actor), .. TablesOf(EntityView.Doing), .. TablesOf(EntityView.Dealing),
            _combiner.Table, .. _persistence.Tables],
        [_features.Ties.Table, .. TablesOf(EntityView.Patient)],
        [.. TablesOf(EntityView.Device)]);

    private IEnumerable<IEntityTable> TablesOf(EntityView view) =>
        _slots.Where(slot => slot.View == view).Select(slot => slot.Detector).OfType<ITabular>()
            .SelectMany(detector => detector.Tables);

    /// <summary>
    /// Asks memory for all that the event will need of its actor, patient and device, first for the ways and then for the states.
    /// </summary>
    private void Foresee(SentinelEvent observed)
    {
        if (_features.Steps.Table.Count < ForeseeFrom)
            return;
        var (actor, patient) = (observed.Key(TextField.Actor), observed.Key(TextField.Subject));
        var device = observed.Key(TextField.Device);
        foreach (var table in _byActor)
            table.FetchHead(actor);
        foreach (var table in _byPatient)
            table.FetchHead(patient);
        foreach (var table in _byDevice)
            table.FetchHead(device);
        foreach (var table in _byPatient)
            table.FetchState(patient);
        foreach (var table in _byActor)
            table.FetchState(actor);
        foreach (var table in _byDevice)
            table.FetchState(device);
    }
}
