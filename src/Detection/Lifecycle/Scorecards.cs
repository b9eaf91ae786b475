using System.Collections.Immutable;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Lifecycle;

/// <summary>What is decided about detectors and rules, and what each has done. At most 256 of them.</summary>
internal sealed class Scorecards : IKeptTable
{
    private const int RecordsMax = 256;
    private readonly SortedDictionary<string, DetectorRecord> _records = new(StringComparer.Ordinal);

    private SizedJson<DetectionTuning> _tuning = new(DetectionTuning.None);

    public Scorecards()
    {
    }

    /// <summary>What is decided and was done as of now, for a kept state.</summary>
    private Scorecards(Scorecards kept) => TakeOver(kept);

    public DetectionTuning Tuning => _tuning.Value;

    long IKeptTable.SavedBytes => SavedText.Counted(_tuning.Bytes) + sizeof(int)
        + _records.Sum(pair => SavedText.BytesOf(pair.Key) + pair.Value.SavedBytes);

    public void Tune(DetectionTuning tuning)
    {
        if (tuning.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(tuning));
        if (!ReferenceEquals(tuning, Tuning))
            _tuning = new(tuning);
    }

    /// <summary>The record of a detector or rule; those beyond the bound share one.</summary>
    public DetectorRecord Of(string name)
    {
        if (_records.TryGetValue(name, out var record))
            return record;
        name = _records.Count < RecordsMax - 1 ? name : "others";
        if (!_records.TryGetValue(name, out record))
            _records[name] = record = new DetectorRecord();
        return record;
    }

    /// <summary>Notes what people found an alert to be. False when it is not known (any more).</summary>
    public bool Decide(string alertId, Disposition disposition)
    {
        foreach (var record in _records.Values)
        {
            if (record.Decide(alertId, disposition))
                return true;
        }
        return false;
    }

    /// <summary>What stricter thresholds would have done, one proposal a model where there is something to gain.</summary>
    public IReadOnlyList<ThresholdAdvice> Advice() =>
        [.. _records.Select(pair => ThresholdAdvisor.Advise(pair.Key, pair.Value.Alerts)).OfType<ThresholdAdvice>()];

    public ImmutableArray<DetectorScorecard> All() =>
        [.. _records.Select(pair => new DetectorScorecard(
            pair.Key, Tuning.StageOf(pair.Key), pair.Value.ScoredCount, pair.Value.AlertCount, pair.Value.ShadowAlertCount,
            pair.Value.ConfirmedCount, pair.Value.BenignCount))];

    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new Scorecards(this));
            return;
        }
        writer.Write(JsonSerializer.Serialize(Tuning, AlertJson.Options));
        writer.Write(_records.Count);
        foreach (var (name, record) in _records)
        {
            writer.Write(name);
            record.Save(writer);
        }
    }

    public void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<Scorecards>(reader, "Scorecards were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _tuning = new(JsonSerializer.Deserialize<DetectionTuning>(reader.ReadString(), AlertJson.Options)
            ?? throw new InvalidDataException("The tuning in the snapshot is empty."));
        _records.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > RecordsMax)
            throw new InvalidDataException($"{count} scorecards are over the bound of {RecordsMax}.");
        for (var i = 0; i < count; i++)
            _records[reader.ReadString()] = DetectorRecord.Load(reader);
    }

    /// <summary>Becomes as another is now. O(records), whatever alerts they have.</summary>
    private void TakeOver(Scorecards other)
    {
        _tuning = other._tuning;
        _records.Clear();
        foreach (var (name, record) in other._records)
            _records.Add(name, record.Share());
    }
}
