using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Ingest.Formats;

/// <summary>
/// A perfect hash from field names to fields: one multiplication and one comparison a lookup, no allocation.
/// </summary>
/// <remarks>
/// Names have at most 16 bytes, so a name is two numbers and its length, without which a name and the same name with a zero byte behind
/// it would be one. The multiplier is the first of a fixed sequence that puts all names in different slots; it is found once, when the table is made.
/// </remarks>
internal sealed class FieldTable
{
    private const int NameBytesMax = 16;
    private const int SlotBits = 8;
    private const int AttemptsMax = 10_000;

    /// <summary>By length, what of 16 bytes is a name's: looked up, because lengths are too irregular for a branch to be foreseen.</summary>
    private static readonly (ulong Head, ulong Tail)[] Masks =
        [.. Enumerable.Range(0, NameBytesMax + 1).Select(length => (LowBytes(length), LowBytes(Math.Max(0, length - 8))))];

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
    public NativeField Find(ReadOnlySpan<byte> name) => Find(name, name.Length);

    /// <summary>The field whose name is the first <paramref name="length"/> bytes of a text; the default when there is none.</summary>
    /// <param name="text">Bytes behind the name make the look-up quicker.</param>
    /// <param name="length">At most the text's.</param>
    public NativeField Find(ReadOnlySpan<byte> text, int length)
    {
        if (length is 0 or > NameBytesMax)
            return default;
        var (head, tail) = Words(text, length);
        ref readonly var slot = ref _slots[Index(head, tail, length, _multiplier)];
        return slot.Head == head && slot.Tail == tail && slot.Length == length ? slot.Field : default;
    }

    private bool TryFill(IReadOnlyList<(string Name, NativeField Field)> fields, ulong multiplier)
    {
        Array.Clear(_slots);
        foreach (var (name, field) in fields)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            if (bytes.Length is 0 or > NameBytesMax)
                throw new ArgumentException($"Field name '{name}' does not have 1 to {NameBytesMax} bytes.", nameof(fields));
            var (head, tail) = Words(bytes, bytes.Length);
            ref var slot = ref _slots[Index(head, tail, bytes.Length, multiplier)];
            if (slot.Length != 0)
                return false;
            slot = new Slot(head, tail, bytes.Length, field);
        }
        return true;
    }

    private static int Index(ulong head, ulong tail, int length, ulong multiplier) =>
        (int)(((head ^ (tail << 5) ^ (tail >> 59) ^ (ulong)length) * multiplier) >> (64 - SlotBits));

    /// <summary>The first 16 bytes as two numbers, with zeros for what is not the name's.</summary>
    private static (ulong Head, ulong Tail) Words(ReadOnlySpan<byte> text, int length)
    {
        if (text.Length < NameBytesMax)
        {
            Span<byte> padded = stackalloc byte[NameBytesMax];
            padded.Clear();
            text[..length].CopyTo(padded);
            return (BinaryPrimitives.ReadUInt64LittleEndian(padded), BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]));
        }
        var (head, tail) = Masks[length];
        return (BinaryPrimitives.ReadUInt64LittleEndian(text) & head, BinaryPrimitives.ReadUInt64LittleEndian(text[8..]) & tail);
    }

    /// <summary>A mask of the first bytes, of 0 to 8.</summary>
    private static ulong LowBytes(int count) => count >= 8 ? ulong.MaxValue : (1UL << (count * 8)) - 1;

    private readonly record struct Slot(ulong Head, ulong Tail, int Length, NativeField Field);
}
