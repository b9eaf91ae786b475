using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Ingest.Formats;

/// <summary>
/// A perfect hash from field names to fields: one multiplication and one comparison a lookup, no allocation.
/// </summary>
/// <remarks>
/// Names have at most 16 bytes, so a name is told apart from every other by its length, its first 8 and its last 8 bytes. The
/// multiplier is the first of a fixed sequence that puts all names in different slots; it is found once, when the table is made.
/// </remarks>
internal sealed class FieldTable
{
    private const int NameBytesMax = 16;
    private const int SlotBits = 8;
    private const int AttemptsMax = 10_000;

    private readonly Slot[] _slots = new Slot[1 << SlotBits];
    private readonly ulong _multiplier;

    public FieldTable(IReadOnlyList<(string Name, NativeField Field)> fields)
    {
        var multiplier = 0x9E3779B97F4A7C15UL;
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (TryFill(fields, multiplier | 1))
            {
                _multiplier = multiplier | 1;
                return;
            }
            multiplier = (multiplier * 6364136223846793005UL) + 1442695040888963407UL;
        }
        throw new InvalidOperationException("No multiplier separates the field names; enlarge the table.");
    }

    /// <summary>The field of an unescaped name; the default (unknown) when there is none.</summary>
    public NativeField Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > NameBytesMax)
            return default;
        var (head, tail) = Ends(name);
        ref readonly var slot = ref _slots[Index(head, tail, name.Length, _multiplier)];
        return slot.Head == head && slot.Tail == tail && slot.Length == name.Length ? slot.Field : default;
    }

    private bool TryFill(IReadOnlyList<(string Name, NativeField Field)> fields, ulong multiplier)
    {
        Array.Clear(_slots);
        foreach (var (name, field) in fields)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            if (bytes.Length is 0 or > NameBytesMax)
                throw new ArgumentException($"Field name '{name}' does not have 1 to {NameBytesMax} bytes.", nameof(fields));
            var (head, tail) = Ends(bytes);
            ref var slot = ref _slots[Index(head, tail, bytes.Length, multiplier)];
            if (slot.Length != 0)
                return false;
            slot = new Slot(head, tail, bytes.Length, field);
        }
        return true;
    }

    private static int Index(ulong head, ulong tail, int length, ulong multiplier) =>
        (int)(((head ^ (tail << 5) ^ (tail >> 59) ^ (ulong)length) * multiplier) >> (64 - SlotBits));

    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<byte> name) => name.Length switch
    {
        >= 8 => (BinaryPrimitives.ReadUInt64LittleEndian(name), BinaryPrimitives.ReadUInt64LittleEndian(name[^8..])),
        >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(name), BinaryPrimitives.ReadUInt32LittleEndian(name[^4..])),
        _ => (name[0] | ((ulong)name[name.Length / 2] << 8) | ((ulong)name[^1] << 16), 0),
    };

    private readonly record struct Slot(ulong Head, ulong Tail, int Length, NativeField Field);
}
