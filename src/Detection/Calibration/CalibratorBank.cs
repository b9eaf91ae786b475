namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Calibrators of one statistic: one for each group that has history enough, and one for everybody as the fallback.
/// </summary>
/// <remarks>Bounded to 512 groups; later groups use everybody's.</remarks>
/// <param name="groupWeightMin">Scores a group needs before it is ranked by its own; default 500.</param>
public sealed class CalibratorBank(double groupWeightMin = 500)
{
    private const int GroupsMax = 512;

    private readonly ConformalCalibrator _everybody = new();
    private readonly Dictionary<ulong, ConformalCalibrator> _groups = [];

    /// <summary>Scores learned in all.</summary>
    public double Weight => _everybody.Weight;

    /// <summary>Bytes of state.</summary>
    public long SizeBytes => (_groups.Count + 1) * 1_100L;

    /// <summary>The p-value of a score within its group, or within everybody while the group has too few.</summary>
    public double PValue(ulong group, double score) =>
        _groups.TryGetValue(group, out var own) && own.Weight >= groupWeightMin ? own.PValue(score) : _everybody.PValue(score);

    /// <summary>Learns a score.</summary>
    public void Learn(ulong group, double score, float trust)
    {
        _everybody.Learn(score, trust);
        if (!_groups.TryGetValue(group, out var own))
        {
            if (_groups.Count >= GroupsMax)
                return;
            _groups[group] = own = new ConformalCalibrator();
        }
        own.Learn(score, trust);
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
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
        _everybody.Load(reader);
        _groups.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > GroupsMax)
            throw new InvalidDataException($"{count} calibration groups are over the bound of {GroupsMax}.");
        for (var i = 0; i < count; i++)
        {
            var group = reader.ReadUInt64();
            (_groups[group] = new ConformalCalibrator()).Load(reader);
        }
    }
}
