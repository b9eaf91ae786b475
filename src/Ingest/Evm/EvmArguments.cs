using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A native record's members as the values of a contract function: the inverse of <see cref="EvmFields"/>.</summary>
internal static class EvmArguments
{
    private const decimal Millionths = 1_000_000m;

    /// <summary>One value per parameter. Absent members become the type's zero, which stands for "none".</summary>
    /// <exception cref="EvmFormatException">A member does not fit its parameter.</exception>
    public static object?[] Read(AbiItem function, JsonElement act) =>
        [.. function.Inputs.Select(input => Value(input, Member(act, input.Name)))];

    public static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static string? Argument(JsonElement act, string name) => act.TryGetProperty("args", out var args) ? Text(args, name) : null;

    /// <summary>An RFC 3339 time as whole Unix seconds; 0 when absent.</summary>
    public static long Instant(string? text)
    {
        if (text is null)
            return 0;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeSeconds() : throw new EvmFormatException("A time is not RFC 3339.");
    }

    private static JsonElement Member(JsonElement act, string parameter)
    {
        var name = EvmFields.JsonName(parameter);
        JsonElement value = default;
        if (EvmFields.IsCommon(parameter))
            act.TryGetProperty(name, out value);
        else if (act.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Object)
            args.TryGetProperty(name, out value);
        return value;
    }

    private static object? Value(AbiParameter parameter, JsonElement member)
    {
        var text = member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        switch (parameter.Type.Kind)
        {
            case AbiKind.Natural or AbiKind.Whole when EvmFields.IsInstant(parameter.Name):
                return (BigInteger)Instant(text);
            case AbiKind.Natural or AbiKind.Whole:
                var number = member.ValueKind == JsonValueKind.Number && member.TryGetDecimal(out var given) ? given : 0;
                return new BigInteger(EvmFields.IsFixedPoint(parameter.Name) ? Math.Round(number * Millionths) : number);
            case AbiKind.Boolean:
                return member.ValueKind == JsonValueKind.True;
            case AbiKind.Address:
                return text is null ? default : EvmAddress.Parse(text);
            case AbiKind.Text:
                return text ?? "";
            case AbiKind.Array:
                return member.ValueKind == JsonValueKind.Array
                    ? member.EnumerateArray().Select(item => (object?)item.GetString()).ToArray()
                    : Array.Empty<object?>();
            default:
                return text;
        }
    }
}
