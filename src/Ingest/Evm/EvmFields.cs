using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Named ABI values as JSON members, by the naming conventions of the reference contracts (NetworkContract.sol).</summary>
internal sealed class EvmFields(IReadOnlyList<AbiParameter> parameters, object[] values)
{
    private const string FixedPoint = "E6";
    private const string Instant = "At";
    private const long UnixSecondsMax = 253_402_300_799;

    private static readonly HashSet<string> Common =
        ["node", "actor", "actorRole", "organization", "subject", "purpose", "consentId", "grantId", "amountE6"];

    public static string Timestamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The name a parameter has in JSON, without the markers of its unit or place.</summary>
    public static string JsonName(string parameter) =>
        parameter.EndsWith(FixedPoint, StringComparison.Ordinal) ? parameter[..^FixedPoint.Length] : parameter.TrimEnd('_');

    public static bool IsCommon(string parameter) => Common.Contains(parameter);

    public static bool IsFixedPoint(string parameter) => parameter.EndsWith(FixedPoint, StringComparison.Ordinal);

    public static bool IsInstant(string parameter) => parameter.EndsWith(Instant, StringComparison.Ordinal);

    /// <summary>Writes the fields every event may have, at the top of the record.</summary>
    public void WriteCommon(Utf8JsonWriter writer) => Write(writer, isCommon: true);

    /// <summary>Writes the method's own arguments.</summary>
    public void WriteArguments(Utf8JsonWriter writer) => Write(writer, isCommon: false);

    private void Write(Utf8JsonWriter writer, bool isCommon)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var name = parameters[i].Name;
            if (name.Length > 0 && IsCommon(name) == isCommon)
                WriteMember(writer, name, values[i]);
        }
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, object value)
    {
        var member = JsonName(name);
        switch (value)
        {
            case byte[] { Length: 32 } word:
                // Zero stands for "none", and what is none is left out.
                if (EvmWord.Unpack(word) is { } identifier)
                    writer.WriteString(member, identifier);
                break;
            case EvmAddress address:
                // Parties are written as identifiers; the code behind a contract is a bare address.
                writer.WriteString(member, name == "implementation" ? address.Text : address.Did);
                break;
            case BigInteger number when IsFixedPoint(name):
                writer.WritePropertyName(member);
                writer.WriteRawValue(Decimal(number));
                break;
            case BigInteger seconds when IsInstant(name):
                if (seconds > 0 && seconds <= UnixSecondsMax)
                    writer.WriteString(member, Timestamp(DateTimeOffset.FromUnixTimeSeconds((long)seconds)));
                break;
            case BigInteger number:
                writer.WritePropertyName(member);
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case bool flag:
                writer.WriteBoolean(member, flag);
                break;
            case string text:
                writer.WriteString(member, text);
                break;
            case object[] items:
                writer.WriteStartArray(member);
                foreach (var item in items.OfType<byte[]>())
                    writer.WriteStringValue(EvmWord.Unpack(item) ?? "");
                writer.WriteEndArray();
                break;
            case byte[] bytes:
                writer.WriteString(member, Hex.Data(bytes));
                break;
        }
    }

    /// <summary>A fixed-point number as decimal digits, exactly: doubles would round large amounts.</summary>
    private static string Decimal(BigInteger value)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(7, '0');
        var fraction = digits[^6..].TrimEnd('0');
        var sign = value.Sign < 0 ? "-" : "";
        return sign + digits[..^6] + (fraction.Length == 0 ? "" : "." + fraction);
    }
}
