using System.Globalization;

namespace SentinelHealth.Response.Queries;

/// <summary>Turns the words after a field into a value of its kind.</summary>
internal static class QueryLiteral
{
    public static QueryWords Text(IReadOnlyList<QueryToken> words)
    {
        // A gap in a sentence says only that both sides occur; order is what quotations are for.
        var parts = words.SelectMany(word => word.Pieces).Where(piece => piece.Length > 0)
            .Select(piece => piece.ToLowerInvariant()).ToList();
        return parts.Count > 0 ? new QueryWords(parts) : throw Fault(words, "Nothing to look for.", "Write * for any value.");
    }

    public static QueryPattern Word(QueryField field, IReadOnlyList<QueryToken> words)
    {
        if (words.Count > 1)
            throw Fault(words, $"'{field.Name}' is one word.",
                $"Write {field.Name}: \"{string.Join(' ', words.Select(word => word.Text))}\" or {field.Name}: ({string.Join(" or ", words.Select(word => word.Text))}).");
        var pieces = words[0].Pieces;
        return new QueryPattern(field.IsLowerCase ? [.. pieces.Select(piece => piece.ToLowerInvariant())] : pieces);
    }

    public static double Number(QueryField field, IReadOnlyList<QueryToken> words, DateTimeOffset now)
    {
        var text = string.Join(' ', words.Select(word => word.Text));
        return field.Kind switch
        {
            QueryFieldKind.Flag => Flag(words, text),
            QueryFieldKind.Rank => Rank(field, words, text),
            QueryFieldKind.Instant => Instant(words, text, now),
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? number : throw Fault(words, $"'{text}' is no number.", ""),
        };
    }

    private static double Flag(IReadOnlyList<QueryToken> words, string text) => text.ToLowerInvariant() switch
    {
        "true" => 1,
        "false" => 0,
        _ => throw Fault(words, $"'{text}' is neither true nor false.", ""),
    };

    private static double Rank(QueryField field, IReadOnlyList<QueryToken> words, string text)
    {
        for (var place = 0; place < field.Names.Count; place++)
        {
            if (string.Equals(field.Names[place], text, StringComparison.OrdinalIgnoreCase))
                return place;
        }
        throw Fault(words, $"'{text}' is no {field.Name}.", $"One of {string.Join(", ", field.Names)}.");
    }

    private static double Instant(IReadOnlyList<QueryToken> words, string text, DateTimeOffset now)
    {
        if (text.StartsWith("now", StringComparison.OrdinalIgnoreCase) && Since(text[3..]) is { } span)
            return MillisecondsOf(now + span);
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? MillisecondsOf(at) : throw Fault(words, $"'{text}' is no time.", "Write \"2026-11-02T08:14:03Z\", 2026-11-02 or now-24h.");
    }

    /// <summary>Since 1970; exact to a tenth of a microsecond for thousands of years, which UTC ticks in a double would not be.</summary>
    public static double MillisecondsOf(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static TimeSpan? Since(string text)
    {
        if (text.Length == 0)
            return TimeSpan.Zero;
        if (text.Length < 3 || text[0] is not ('-' or '+') || !int.TryParse(
            text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 1_000_000)
            return null;
        var sign = text[0] == '-' ? -1 : 1;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(sign * count),
            'm' => TimeSpan.FromMinutes(sign * count),
            'h' => TimeSpan.FromHours(sign * count),
            'd' => TimeSpan.FromDays(sign * Math.Min(count, 36_500)),
            'w' => TimeSpan.FromDays(sign * 7 * Math.Min(count, 5_000)),
            _ => null,
        };
    }

    private static QueryFaultException Fault(IReadOnlyList<QueryToken> words, string message, string hint) =>
        new(new QueryFault(words[0].At, Math.Max(1, words[^1].At + words[^1].Length - words[0].At), message, hint));
}
