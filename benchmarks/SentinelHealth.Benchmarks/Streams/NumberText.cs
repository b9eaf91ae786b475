using System.Buffers.Text;
using System.Globalization;

namespace SentinelHealth.Benchmarks.Streams;

/// <summary>Numbers and times of CSV fields.</summary>
internal static class NumberText
{
    private const int ExactDigitsMax = 15;

    private static readonly double[] PowersOfTen =
        [.. Enumerable.Range(0, ExactDigitsMax + 1).Select(power => Math.Pow(10, power))];

    /// <summary>A number; NaN when the field is empty or not one. Plain decimals take a short, exact way.</summary>
    public static double Parse(ReadOnlySpan<byte> field)
    {
        var (mantissa, digits, decimals, i) = (0L, 0, -1, 0);
        var isNegative = !field.IsEmpty && field[0] == (byte)'-';
        for (i = isNegative ? 1 : 0; i < field.Length && digits <= ExactDigitsMax; i++)
        {
            if (field[i] == (byte)'.' && decimals < 0)
            {
                decimals = 0;
                continue;
            }
            var digit = field[i] - '0';
            if ((uint)digit > 9)
                break;
            mantissa = (mantissa * 10) + digit;
            digits++;
            decimals += decimals >= 0 ? 1 : 0;
        }
        if (i < field.Length || digits is 0 or > ExactDigitsMax)
            return Utf8Parser.TryParse(field, out double value, out var used) && used == field.Length ? value : double.NaN;
        var magnitude = mantissa / PowersOfTen[Math.Max(0, decimals)];
        return isNegative ? -magnitude : magnitude;
    }

    /// <summary>A time: a number in the file's own unit, or a date and time, told in seconds.</summary>
    public static double ParseTime(ReadOnlySpan<byte> field)
    {
        var number = Parse(field);
        if (!double.IsNaN(number))
            return number;
        var text = System.Text.Encoding.UTF8.GetString(field);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds() / 1_000.0
            : double.NaN;
    }
}
