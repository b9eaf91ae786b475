using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Calibrators of one statistic: one for each group, and one for everybody that stands in for what a group's record does not tell.
/// </summary>
/// <remarks>
/// A group's p-value is the mean of what its own record says and what everybody's says, the latter with the weight of 100 scores:
/// the predictive distribution of a Dirichlet process around everybody (Ferguson 1973). A quiet group of few people so comes into
/// its own score by score, and is neither ranked among the loud all along nor left with a handful of scores at once. Up to a
/// stated number of scores a group's own record is its ranks alone; beyond, a tail is fitted to it. Bounded to 512 groups; later
/// groups use everybody's. O(buckets). A state that is kept in memory takes the records as they are; one that learns after that is copied first.
/// </remarks>
/// <param name="tailWeightMin">Scores a group needs before a tail beyond them is believed; default 500.</param>
public sealed class CalibratorBank(double tailWeightMin = 500) : IKeptTable
{
    private const int GroupsMax = 512;
    private const double EverybodyWeight = 100;

    /// <summary>Who has learned nothing. Nobody's own, so never changed.</summary>
    private static readonly ConformalCalibrator Blank = new();

    private ConformalCalibrator _everybody = Blank;
    private SharedMap<ulong, ConformalCalibrator> _groups = new((_, _) => sizeof(ulong) + ConformalCalibrator.SavedBytes);

    /// <summary>Whose records may be changed: another one each time a kept state has taken them.</summary>
    private object _owner = new();

    /// <summary>The records as they are now, for a kept state.</summary>
    private CalibratorBank(CalibratorBank kept)
        : this(kept.TailWeightMin) => TakeOver(kept);

    /// <summary>Scores learned in all.</summary>
    public double Weight => _everybody.Weight;

    long IKeptTable.SavedBytes => ConformalCalibrator.SavedBytes + sizeof(int) + _groups.SavedBytes;

    private double TailWeightMin { get; } = tailWeightMin;

    /// <summary>Bytes of state.</summary>
    public long SizeBytes => (_groups.Count + 1) * 1_100L;

    /// <summary>The p-value of a score within its group, for what the group's record is worth, and within everybody for the rest.</summary>
    public double PValue(ulong group, double score)
    {
        var everybody = _everybody.PValue(score);
        if (!_groups.TryGetValue(group, out var own))
            return everybody;
        var within = own.Weight >= TailWeightMin ? own.PValue(score) : own.ShareAtLeast(score);
        return ((own.Weight * within) + (EverybodyWeight * everybody)) / (own.Weight + EverybodyWeight);
    }

    /// <summary>Learns a score.</summary>
    public void Learn(ulong group, double score, float trust)
    {
        _everybody = Own(_everybody);
        _everybody.Learn(score, trust);
        if (!_groups.TryGetValue(group, out var own))
        {
            if (_groups.Count >= GroupsMax)
                return;
            _groups[group] = own = new ConformalCalibrator { Owner = _owner };
        }
        else if (own.Owner != _owner)
            _groups[group] = own = Own(own);
        own.Learn(score, trust);
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new CalibratorBank(this));
            return;
        }
        _everybody.Save(writer);
        writer.Write(_groups.Count);
        foreach (var (group, calibrator) in _groups)
        {
            writer.Write(group);
            calibrator.Save(writer);
        }
    }

    /// <summary>Reads state written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<CalibratorBank>(reader, "Calibrators were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _everybody = Own(_everybody);
        _everybody.Load(reader);
        _groups.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > GroupsMax)
            throw new InvalidDataException($"{count} calibration groups are over the bound of {GroupsMax}.");
        for (var i = 0; i < count; i++)
        {
            var group = reader.ReadUInt64();
            var calibrator = new ConformalCalibrator { Owner = _owner };
            calibrator.Load(reader);
            _groups[group] = calibrator;
        }
    }

    private ConformalCalibrator Own(ConformalCalibrator record) => record.Owner == _owner ? record : record.GoOn(_owner);

    /// <summary>Becomes as another is now; from here on neither may change what both have.</summary>
    private void TakeOver(CalibratorBank other)
    {
        (_everybody, _groups) = (other._everybody, other._groups.Share());
        (_owner, other._owner) = (new object(), new object());
    }
}
