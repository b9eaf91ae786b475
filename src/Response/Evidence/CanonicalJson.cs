using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Evidence;

/// <summary>JSON in the one form that can be hashed: RFC 8785 (JCS). Members sorted by UTF-16 units, no space, ECMAScript numbers.</summary>
/// <remarks>Pure. O(n log n) in the number of members. Numbers are IEEE doubles, as the RFC has it; larger integers travel as strings.</remarks>
public static class CanonicalJson
{
    private const int DepthMax = 64;

    /// <summary>The canonical form of a value, as UTF-8.</summary>
    public static byte[] Of<T>(T value, JsonSerializerOptions options)
    {
        using var document = JsonSerializer.SerializeToDocument(value, options);
        return Of(document.RootElement);
    }

    /// <summary>The canonical form of a JSON element, as UTF-8.</summary>
    /// <exception cref="ArgumentException">Nested deeper than 64, or a number that is not finite.</exception>
    public static byte[] Of(JsonElement element)
    {
        var text = new StringBuilder();
        Write(text, element, depth: 0);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, JsonElement element, int depth)
    {
        if (depth > DepthMax)
            throw new ArgumentException($"JSON nested deeper than {DepthMax} has no canonical form here.", nameof(element));
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(text, element, depth); break;
            case JsonValueKind.Array: WriteArray(text, element, depth); break;
            case JsonValueKind.String: WriteString(text, element.GetString()!); break;
            case JsonValueKind.Number: text.Append(NumberText(element.GetDouble())); break;
            default: text.Append(element.GetRawText()); break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement element, int depth)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            WriteString(text, member.Name);
            text.Append(':');
            Write(text, member.Value, depth + 1);
        }
        text.Append('}');
    }

    private static void WriteArray(StringBuilder text, JsonElement element, int depth)
    {
        text.Append('[');
        var isFirst = true;
        foreach (var item in element.EnumerateArray())
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            Write(text, item, depth + 1);
        }
        text.Append(']');
    }

    internal static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
        {
            _ = unit switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => text.Append(unit),
            };
        }
        text.Append('"');
    }

    /// <summary>Number to text as ECMAScript has it (ECMA-262, Number::toString): plain between 1e-7 and 1e21, exponent outside.</summary>
    internal static string NumberText(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("Only finite numbers have a canonical form.", nameof(value));
        if (value == 0)
            return "0";
        // "E16" of the shortest round-trip text: digits without trailing zeros and a decimal exponent.
        var (digits, exponent) = Shortest(Math.Abs(value));
        var sign = value < 0 ? "-" : "";
        var point = exponent + 1;
        if (point is > 21 or < -5)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
        }
        if (point <= 0)
            return sign + "0." + new string('0', -point) + digits;
        return digits.Length <= point
            ? sign + digits + new string('0', point - digits.Length)
            : sign + digits[..point] + "." + digits[point..];
    }

    /// <summary>The shortest digits that read back as the same double, and the exponent of the first of them.</summary>
    private static (string Digits, int Exponent) Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        if (text.IndexOf('E', StringComparison.Ordinal) is var mark and >= 0)
        {
            exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var digits = whole + (point < 0 ? "" : text[(point + 1)..]);
        exponent += whole.Length - 1;
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), exponent - leading);
    }
}
