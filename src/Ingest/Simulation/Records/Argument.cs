using System.Text.Json;

namespace SentinelHealth.Ingest.Simulation.Records;

/// <summary>One member of a transaction's <c>args</c>.</summary>
internal readonly struct Argument
{
    private readonly JsonEncodedText _name;
    private readonly object? _value;
    private readonly double _number;

    private Argument(JsonEncodedText name, object? value, double number) => (_name, _value, _number) = (name, value, number);

    public static Argument Text(JsonEncodedText name, string value) => new(name, value, 0);

    public static Argument List(JsonEncodedText name, string[] values) => new(name, values, 0);

    /// <summary>A number, written with at most four decimals.</summary>
    public static Argument Number(JsonEncodedText name, double value) => new(name, null, Math.Round(value, 4));

    public static Argument Flag(JsonEncodedText name, bool value) => new(name, value ? Boxed.True : Boxed.False, 0);

    public static Argument Time(JsonEncodedText name, DateTimeOffset at) =>
        new(name, Boxed.Time, BitConverter.Int64BitsToDouble(at.UtcTicks));

    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (_value)
        {
            case null:
                writer.WriteNumber(_name, _number);
                break;
            case string text:
                writer.WriteString(_name, text);
                break;
            case string[] list:
                writer.WriteStartArray(_name);
                foreach (var item in list)
                    writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            default:
                WriteBoxed(writer);
                break;
        }
    }

    private void WriteBoxed(Utf8JsonWriter writer)
    {
        if (ReferenceEquals(_value, Boxed.Time))
            Timestamp.Write(writer, _name, new DateTimeOffset(BitConverter.DoubleToInt64Bits(_number), TimeSpan.Zero));
        else
            writer.WriteBoolean(_name, ReferenceEquals(_value, Boxed.True));
    }

    private static class Boxed
    {
        public static readonly object True = new(), False = new(), Time = new();
    }
}
