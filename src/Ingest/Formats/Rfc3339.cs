namespace SentinelHealth.Ingest.Formats;

/// <summary>Reads RFC 3339 instants from UTF-8 without allocating.</summary>
public static class Rfc3339
{
    private const int SecondsEnd = 19;
    private const int FractionDigitsKept = 7;

    /// <summary>The earliest instant accepted: before it no monitored network existed, so the clock or the unit is wrong.</summary>
    public static DateTimeOffset Earliest { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first instant no longer accepted.</summary>
    public static DateTimeOffset Latest { get; } = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Reads <c>2026-11-02T08:14:03.120Z</c>, any offset, any number of fraction digits (beyond 100 ns they are cut off),
    /// <c>T</c> and <c>Z</c> in either case. O(bytes), no allocation.
    /// </summary>
    /// <remarks>
    /// A leap second exists only as 23:59:60 UTC. It is read as the last representable instant of that minute, so that it sorts
    /// after 23:59:59 and before midnight. Any other second 60 is refused.
    /// </remarks>
    /// <returns>False when the text has another shape or lies outside [<see cref="Earliest"/>, <see cref="Latest"/>).</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length <= SecondsEnd || !TryDateAndTime(text, out var ticks, out var isLeapSecond))
            return false;
        var rest = text[SecondsEnd..];
        if (!TryFraction(ref rest, out var fractionTicks) || !TryOffset(rest, out var offsetMinutes))
            return false;
        ticks -= offsetMinutes * TimeSpan.TicksPerMinute;
        // The date part holds second 59 for a leap second; only the last second of a UTC day may be one.
        if (isLeapSecond && ((ticks / TimeSpan.TicksPerSecond) + 1) % 86_400 != 0)
            return false;
        ticks += isLeapSecond ? TimeSpan.TicksPerSecond - 1 : fractionTicks;
        if (ticks < Earliest.Ticks || ticks >= Latest.Ticks)
            return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryDateAndTime(ReadOnlySpan<byte> text, out long ticks, out bool isLeapSecond)
    {
        ticks = 0;
        isLeapSecond = false;
        if (text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':')
            return false;
        int year = (Pair(text, 0) * 100) + Pair(text, 2), month = Pair(text, 5), day = Pair(text, 8);
        int hour = Pair(text, 11), minute = Pair(text, 14), second = Pair(text, 17);
        // A pair that is not two digits is -1 000 000, which no check below lets pass.
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60)
            return false;
        isLeapSecond = second == 60;
        ticks = new DateTime(year, month, day, hour, minute, isLeapSecond ? 59 : second, DateTimeKind.Utc).Ticks;
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest[0] != '.')
            return true;
        var digits = 1;
        while (digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9')
        {
            if (digits <= FractionDigitsKept)
                ticks = (ticks * 10) + (rest[digits] - '0');
            digits++;
        }
        for (var missing = digits - 1; missing < FractionDigitsKept; missing++)
            ticks *= 10;
        rest = rest[digits..];
        return digits > 1;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length == 1)
            return (rest[0] | 0x20) == 'z';
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':')
            return false;
        int hours = Pair(rest, 1), remainder = Pair(rest, 4);
        minutes = ((hours * 60) + remainder) * (rest[0] == '-' ? -1 : 1);
        return hours is >= 0 and <= 23 && remainder is >= 0 and <= 59;
    }

    private static int Pair(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', units = text[at + 1] - '0';
        return (uint)tens <= 9 && (uint)units <= 9 ? (tens * 10) + units : -1_000_000;
    }
}
