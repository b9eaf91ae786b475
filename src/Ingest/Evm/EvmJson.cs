using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Members of a node's JSON, each checked before it is believed.</summary>
internal static class EvmJson
{
    // The last second DateTimeOffset can hold; a node that claims a later block time is not to be believed.
    private const long UnixSecondsMax = 253_402_300_799;

    public static string? Text(JsonElement of, string member)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(member, out var value)
            || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Malformed(member);
    }

    public static long Long(JsonElement of, string member) => Hex.ToLong(Text(of, member));

    public static string Hash(JsonElement of, string member) => Hex.Data(Hex.ToBytes(Text(of, member), 32));

    public static EvmAddress Address(JsonElement of, string member) =>
        EvmAddress.Parse(Text(of, member) ?? throw Malformed(member));

    public static DateTimeOffset Time(JsonElement of, string member)
    {
        var seconds = Long(of, member);
        return seconds <= UnixSecondsMax ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw Malformed(member);
    }

    public static IEnumerable<JsonElement> Items(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw Malformed(member);

    private static EvmFormatException Malformed(string member) => new($"The node's member \"{member}\" is missing or malformed.");
}
