using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>How a field's value is read.</summary>
internal enum FieldShape : byte
{
    Unknown,
    Schema,
    Time,
    Args,
    DeviceAttested,
    Text,
    Number,
}

/// <summary>A known field: its shape and, for texts and numbers, its place in the event.</summary>
internal readonly record struct NativeField(FieldShape Shape, byte Index)
{
    // Bits of the seen-mask: texts from 0, numbers from 32, the four special shapes from 56.
    private const int NumberBits = 32;
    private const int SpecialBits = 56;

    /// <summary>The field's own bit in a 64-bit mask; none for the default, an unknown field.</summary>
    public ulong Bit { get; } = Shape switch
    {
        FieldShape.Unknown => 0,
        FieldShape.Text => 1UL << Index,
        FieldShape.Number => 1UL << (NumberBits + Index),
        _ => 1UL << (SpecialBits + (int)Shape),
    };

    public static NativeField Of(TextField field) => new(FieldShape.Text, (byte)field);

    public static NativeField Of(NumberField field) => new(FieldShape.Number, (byte)field);

    public static NativeField Of(FieldShape shape) => new(shape, 0);

    /// <summary>The name in the published formats: the member's name in camel case.</summary>
    public string Name => Shape switch
    {
        FieldShape.Text => Camel(((TextField)Index).ToString()),
        FieldShape.Number => Camel(((NumberField)Index).ToString()),
        _ => Camel(Shape.ToString()),
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
