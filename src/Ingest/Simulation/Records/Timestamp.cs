using System.Text.Json;

namespace SentinelHealth.Ingest.Simulation.Records;

/// <summary>
/// Writes instants as <c>2026-11-02T08:14:03.120Z</c>. The library's formatter is right too, and three times slower.
/// </summary>
internal static class Timestamp
{
    private const int Length = 24;

    public static void Write(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset at)
    {
        Span<byte> text = stackalloc byte[Length];
        var time = at.UtcDateTime;
        Put(text, 0, 4, time.Year, '-');
        Put(text, 5, 2, time.Month, '-');
        Put(text, 8, 2, time.Day, 'T');
        Put(text, 11, 2, time.Hour, ':');
        Put(text, 14, 2, time.Minute, ':');
        Put(text, 17, 2, time.Second, '.');
        Put(text, 20, 3, time.Millisecond, 'Z');
        writer.WriteString(name, text);
    }

    private static void Put(Span<byte> text, int from, int digits, int value, char after)
    {
        for (var i = from + digits - 1; i >= from; i--)
        {
            text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
        text[from + digits] = (byte)after;
    }
}
