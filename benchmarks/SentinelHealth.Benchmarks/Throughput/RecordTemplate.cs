using System.Buffers.Text;
using System.Text;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary>
/// A simulated record with the places found at which it names a person, a patient, a device, a permission or a transaction, so that it
/// can be written again and again with other ones.
/// </summary>
/// <remarks>Long hexadecimal numbers begin otherwise in each copy, names get a suffix. A copy costs about as much as copying its bytes.</remarks>
internal sealed class RecordTemplate
{
    /// <summary>No copy is longer than this; the longest simulated record has about 2 KB.</summary>
    public const int BytesMax = 8_192;

    private const int HexMin = 16;

    private static readonly byte[][] Own =
        [.. new[] { "patient:", "c-", "g-", "r-", "vc-", "bq-", "dev-", "s-" }.Select(Encoding.UTF8.GetBytes)];

    private readonly byte[] _record;
    private readonly List<Place> _places = [];

    public RecordTemplate(byte[] record)
    {
        _record = record;
        for (var from = 0; TextAfter(from) is { } text; from = text.End.Value + 1)
            Note(text);
    }

    /// <summary>The record as a copy has it.</summary>
    /// <param name="copy">Which; equal numbers give equal records. 0 or above.</param>
    public byte[] Copy(int copy)
    {
        Span<byte> room = stackalloc byte[BytesMax];
        return room[..Write(room, copy)].ToArray();
    }

    /// <summary>Writes the record as a copy has it, and tells its length.</summary>
    /// <param name="room">At least <see cref="BytesMax"/>.</param>
    /// <param name="copy">Which; equal numbers give equal records. 0 or above.</param>
    public int Write(Span<byte> room, int copy)
    {
        var (from, to) = (0, 0);
        foreach (var place in _places)
        {
            _record.AsSpan(from, place.At - from).CopyTo(room[to..]);
            (from, to) = (place.At, to + place.At - from);
            if (!place.IsHex)
                to += WriteSuffix(room[to..], copy);
            for (var rest = copy; place.IsHex && rest > 0; rest >>= 4)
                room[to++] = "0123456789abcdef"u8[Digit(_record[from++]) ^ (rest & 15)];
        }
        _record.AsSpan(from).CopyTo(room[to..]);
        return to + _record.Length - from;
    }

    /// <summary>What stands between the next two quotes; null at the end.</summary>
    private Range? TextAfter(int from)
    {
        var quote = _record.AsSpan(from).IndexOf((byte)'"');
        var end = quote < 0 ? -1 : _record.AsSpan(from + quote + 1).IndexOf((byte)'"');
        return end < 0 ? null : (from + quote + 1)..(from + quote + 1 + end);
    }

    private void Note(Range range)
    {
        ReadOnlySpan<byte> text = _record.AsSpan(range);
        if (HexAt(text) is { } hexAt)
            _places.Add(new Place(range.Start.Value + hexAt, IsHex: true));
        else if (HasOwn(text))
            _places.Add(new Place(range.End.Value, IsHex: false));
    }

    private static int? HexAt(ReadOnlySpan<byte> text)
    {
        var run = 0;
        for (var i = 0; i < text.Length; i++)
        {
            run = IsHex(text[i]) ? run + 1 : 0;
            if (run == HexMin)
                return i - HexMin + 1;
        }
        return null;
    }

    private static bool HasOwn(ReadOnlySpan<byte> text)
    {
        foreach (var prefix in Own)
        {
            if (text.StartsWith(prefix))
                return true;
        }
        return false;
    }

    private static int WriteSuffix(Span<byte> room, int copy)
    {
        room[0] = (byte)'.';
        Utf8Formatter.TryFormat(copy, room[1..], out var written);
        return written + 1;
    }

    private static bool IsHex(byte value) => value is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f';

    private static int Digit(byte value) => value <= '9' ? value - '0' : value - 'a' + 10;

    /// <summary>Where a copy differs: from a hexadecimal digit on, or by a suffix before a quote.</summary>
    private readonly record struct Place(int At, bool IsHex);
}
