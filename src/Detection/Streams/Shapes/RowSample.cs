using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Shapes;

/// <summary>A bounded sample of trusted rows, from which the judges of shape are rebuilt now and then.</summary>
/// <remarks>
/// Algorithm R (Vitter 1985) up to a horizon of rows, after which older rows fade from it exponentially (biased reservoir,
/// Aggarwal 2006). Its choices come from a splitmix sequence that is part of the state. O(columns) a row; 4 bytes times
/// columns times 512.
/// </remarks>
internal sealed class RowSample(int columns, ulong seed)
{
    public const int RowsMax = 512;
    private const int HorizonRows = 100_000;

    /// <summary>Beyond this, numbers are taken for this, so that squares of deviations stay finite.</summary>
    private const double MagnitudeMax = 1e15;

    private readonly float[] _values = new float[columns * RowsMax];
    private ulong _sequence = seed;

    /// <summary>Rows offered, up to the horizon.</summary>
    public int Offered { get; private set; }

    public int Columns => columns;

    public int Count => Math.Min(Offered, RowsMax);

    public long SizeBytes => (_values.Length * sizeof(float)) + sizeof(ulong) + sizeof(int);

    public ReadOnlySpan<float> Row(int row) => _values.AsSpan(row * columns, columns);

    /// <summary>A number as the sample keeps it; NaN stays absent.</summary>
    public static float Bounded(double value) => (float)Math.Clamp(value, -MagnitudeMax, MagnitudeMax);

    /// <summary>Offers a row to the sample.</summary>
    public void Offer(ReadOnlySpan<double> numbers)
    {
        Offered = Math.Min(Offered + 1, HorizonRows);
        var place = Offered <= RowsMax ? Offered - 1 : (int)(Next() % (ulong)Offered);
        if (place >= RowsMax)
            return;
        var row = _values.AsSpan(place * columns, columns);
        for (var i = 0; i < columns; i++)
            row[i] = Bounded(numbers[i]);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(MemoryMarshal.AsBytes(_values.AsSpan()));
        writer.Write(_sequence);
        writer.Write(Offered);
    }

    public void Load(BinaryReader reader)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_values.AsSpan()));
        _sequence = reader.ReadUInt64();
        Offered = reader.ReadInt32();
        if (Offered is < 0 or > HorizonRows)
            throw new InvalidDataException($"A sample of {Offered} rows is over its horizon of {HorizonRows}.");
    }

    private ulong Next()
    {
        _sequence += 0x9E3779B97F4A7C15;
        var mixed = (_sequence ^ (_sequence >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
