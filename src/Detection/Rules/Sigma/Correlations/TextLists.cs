using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Lists of texts in blocks of an arena: the values of a key, the identifiers of events.</summary>
/// <remarks>A list is two bytes of length before each text, behind four bytes with the length of the whole. Handle -1 is the empty list.</remarks>
internal sealed class TextLists(BlockArena arena)
{
    /// <summary>Longest text kept, in bytes; what is longer is cut.</summary>
    public const int TextBytesMax = 1_024;

    public const int Empty = -1;

    private const int HeaderBytes = sizeof(int);

    /// <summary>Bytes of all lists.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps a list as <see cref="Append"/> writes it.</summary>
    public int Add(ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty)
            return Empty;
        var words = WordsFor(list.Length);
        var block = arena.Rent(words);
        var bytes = MemoryMarshal.AsBytes(arena.Write(block, words));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, list.Length);
        list.CopyTo(bytes[HeaderBytes..]);
        Bytes += list.Length;
        return block;
    }

    /// <summary>The list as it was written.</summary>
    public ReadOnlySpan<byte> this[int handle]
    {
        get
        {
            if (handle == Empty)
                return default;
            var length = BinaryPrimitives.ReadInt32LittleEndian(MemoryMarshal.AsBytes(arena.Read(handle, 1)));
            return MemoryMarshal.AsBytes(arena.Read(handle, WordsFor(length))).Slice(HeaderBytes, length);
        }
    }

    public void Remove(int handle)
    {
        if (handle == Empty)
            return;
        var length = this[handle].Length;
        arena.Return(handle, WordsFor(length));
        Bytes -= length;
    }

    /// <summary>Takes over how much another one has; the arenas must be alike.</summary>
    public void TakeOver(TextLists other) => Bytes = other.Bytes;

    /// <summary>Writes a text behind a list.</summary>
    public static void Append(ref ByteBuffer list, ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, TextBytesMax)];
        var room = list.Extend(sizeof(ushort) + text.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)text.Length);
        text.CopyTo(room[sizeof(ushort)..]);
    }

    /// <summary>Takes the first text off a list; false at its end.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (list.IsEmpty)
            return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(list);
        text = list.Slice(sizeof(ushort), length);
        list = list[(sizeof(ushort) + length)..];
        return true;
    }

    /// <summary>The text at a place of a list.</summary>
    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> list, int place)
    {
        for (; place > 0; place--)
            list = list[(sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(list))..];
        return list.Slice(sizeof(ushort), BinaryPrimitives.ReadUInt16LittleEndian(list));
    }

    /// <summary>How many texts a list has.</summary>
    public static int CountOf(ReadOnlySpan<byte> list)
    {
        var count = 0;
        while (TryTake(ref list, out _))
            count++;
        return count;
    }

    /// <summary>The texts of a list, decoded.</summary>
    public static string[] Decode(ReadOnlySpan<byte> list)
    {
        var texts = new string[CountOf(list)];
        for (var place = 0; TryTake(ref list, out var text); place++)
            texts[place] = System.Text.Encoding.UTF8.GetString(text);
        return texts;
    }

    private static int WordsFor(int bytes) => BlockArena.RoundUp((HeaderBytes + bytes + sizeof(long) - 1) / sizeof(long));
}
