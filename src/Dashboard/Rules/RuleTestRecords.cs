using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>The records of one test: every event over the base, with an identifier and a time where it has none.</summary>
/// <remarks>Time begins at 8:00 on a Monday. An event happens one step after the one before it, unless it states its own time.</remarks>
internal sealed class RuleTestRecords(JsonObject common)
{
    /// <summary>Records of a test at most.</summary>
    public const int RecordsMax = 10_000;

    private const string Counter = "{n}";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private readonly List<ReadOnlyMemory<byte>> _all = [];
    private DateTimeOffset _at = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Between two events that say nothing else.</summary>
    public static TimeSpan EveryDefault { get; } = TimeSpan.FromSeconds(1);

    public IReadOnlyList<ReadOnlyMemory<byte>> All => _all;

    /// <summary>Adds an event so many times; false beyond the bound.</summary>
    public bool TryAdd(JsonObject members, int repeat, TimeSpan every)
    {
        for (var n = 1; n <= repeat; n++)
        {
            if (_all.Count == RecordsMax)
                return false;
            _at = _all.Count == 0 ? _at : _at + every;
            _all.Add(JsonSerializer.SerializeToUtf8Bytes(Record(members, n.ToString(CultureInfo.InvariantCulture))));
        }
        return true;
    }

    /// <summary>Reads a number with one of s, m, h, d.</summary>
    public static bool TrySpan(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        span = TimeSpan.FromSeconds((double)unit * count);
        return unit > 0;
    }

    private JsonObject Record(JsonObject members, string n)
    {
        var record = new JsonObject { ["id"] = $"t-{_all.Count + 1}", ["time"] = _at.ToString(TimeFormat, CultureInfo.InvariantCulture) };
        foreach (var (name, value) in common.Concat(members))
            record[name] = Filled(value, n);
        return record;
    }

    private static JsonNode? Filled(JsonNode? value, string n) => value switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Filled(pair.Value, n)))),
        JsonArray list => new JsonArray([.. list.Select(item => Filled(item, n))]),
        JsonValue text when text.TryGetValue<string>(out var written) =>
            JsonValue.Create(written.Replace(Counter, n, StringComparison.Ordinal)),
        _ => value?.DeepClone(),
    };
}
