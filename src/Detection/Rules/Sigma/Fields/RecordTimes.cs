using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>When a record says that it happened, by the members that records of its shape have for it.</summary>
internal static class RecordTimes
{
    /// <summary>Numbers beyond this are milliseconds since 1970, others seconds.</summary>
    private const double SecondsMax = 100_000_000_000;

    /// <summary>The end of the year 9999.</summary>
    private const double MillisecondsMax = 253_402_300_799_000;

    /// <summary>Members by name, best first; those of several levels are written with slashes, because names may hold dots.</summary>
    private static readonly string[][] Paths =
    [
        .. new[]
        {
            "Event/System/TimeCreated/#attributes/SystemTime", "Event/System/TimeCreated/@SystemTime",
            "Event/System/TimeCreated_attributes/SystemTime", "@timestamp", "recorded", "occurredDateTime", "eventTime", "EventTime",
            "TimeCreated", "UtcTime", "timestamp", "time", "_time", "ts", "date",
        }.Select(path => path.Split('/')),
    ];

    /// <summary>The time, or null when no member of these tells one. O(bytes).</summary>
    public static DateTimeOffset? Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var record = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = SigmaRecord.DepthMax });
            foreach (var path in Paths)
            {
                if (Seek(record.RootElement, path) is { } found && TimeOf(found) is { } at)
                    return at;
            }
        }
        catch (JsonException)
        {
            // Whoever reads it says what is wrong with it.
        }
        return null;
    }

    private static JsonElement? Seek(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element;
    }

    private static DateTimeOffset? TimeOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            var isTime = DateTimeOffset.TryParse(
                value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
            return isTime ? at : null;
        }
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is < 0 or > MillisecondsMax)
            return null;
        return number > SecondsMax
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)number)
            : DateTimeOffset.FromUnixTimeMilliseconds((long)(number * 1000));
    }
}
