namespace SentinelHealth.Detection.Calibration;

/// <summary>Ranks the mean of an hour of the network among the same hours of earlier working days, or of earlier weekends.</summary>
/// <remarks>48 kinds of hour; 256 values each, after which a kind keeps what it has: a year of working days. O(values).</remarks>
internal sealed class HourRanks
{
    private const int HoursOfDay = 24;
    private const int Kinds = 2 * HoursOfDay;
    private const int ValuesMax = 256;

    private readonly List<double>[] _values = [.. Enumerable.Range(0, Kinds).Select(_ => new List<double>())];

    /// <summary>The smoothed share of earlier hours of the kind with a mean this low; keeps the mean.</summary>
    /// <param name="hour">Hours since 1970.</param>
    /// <param name="mean">The mean rank, 0..1; low when actors were stranger than usual.</param>
    /// <param name="chance">Uniform in 0..1.</param>
    public double Next(long hour, double mean, double chance)
    {
        // 1 January 1970 was a Thursday.
        var isWeekend = ((hour / HoursOfDay) + 4) % 7 is 0 or 6;
        var values = _values[(int)(hour % HoursOfDay) + (isWeekend ? HoursOfDay : 0)];
        var below = 0;
        foreach (var value in values)
            below += value < mean ? 1 : 0;
        var pValue = (below + chance) / (values.Count + 1);
        if (values.Count < ValuesMax)
            values.Add(mean);
        return pValue;
    }

    public void Clear()
    {
        foreach (var values in _values)
            values.Clear();
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var values in _values)
        {
            writer.Write(values.Count);
            foreach (var value in values)
                writer.Write(value);
        }
    }

    public void Load(BinaryReader reader)
    {
        foreach (var values in _values)
        {
            values.Clear();
            var count = reader.ReadInt32();
            if (count is < 0 or > ValuesMax)
                throw new InvalidDataException($"{count} values of an hour are over the bound of {ValuesMax}.");
            for (var i = 0; i < count; i++)
                values.Add(reader.ReadDouble());
        }
    }
}
