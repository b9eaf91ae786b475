using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Policy;

/// <summary>A playbook's conditions as one comparison expression in the manner of STIX patterns, and back.</summary>
/// <remarks>A conjunction of <c>x-sentinel-incident:NAME OPERATOR VALUE</c>; lists are <c>IN ('a', 'b')</c>. Nothing else is read. O(length).</remarks>
internal static class CacaoConditions
{
    private const string Start = "x-sentinel-incident:";
    private const string And = " AND ";
    private const int TermsMax = 16, ItemsMax = 64;

    public static string Write(PlaybookConditions when)
    {
        var terms = new List<string>();
        Add(terms, "severity >= ", when.SeverityMin is { } severity ? Quoted(PublishedName.Of(severity)) : null);
        Add(terms, "score >= ", when.ScoreMin?.ToString("R", CultureInfo.InvariantCulture));
        Add(terms, "confidence >= ", when.ConfidenceMin is { } confidence ? Quoted(PublishedName.Of(confidence)) : null);
        Add(terms, "alerts >= ", when.AlertsMin?.ToString(CultureInfo.InvariantCulture));
        Add(terms, "source_count >= ", when.SourcesMin?.ToString(CultureInfo.InvariantCulture));
        Add(terms, "stage >= ", when.StageMin is { } stage ? Quoted(PublishedName.Of(stage)) : null);
        Add(terms, "hours = ", when.Hours is { } hours ? Quoted($"{hours.From:HH\\:mm}-{hours.Until:HH\\:mm}") : null);
        Add(terms, "sources IN ", List(when.Sources));
        Add(terms, "tags IN ", List(when.Tags));
        Add(terms, "entities IN ", List(when.Entities.Select(PublishedName.Of)));
        Add(terms, "days IN ", List(when.Days.Select(PublishedName.Of)));
        return terms.Count == 0 ? Start + "always = true" : string.Join(And, terms);
    }

    /// <summary>The conditions; null with a sentence when the text is no such expression.</summary>
    public static (PlaybookConditions? When, string Problem) Read(string text)
    {
        var when = new PlaybookConditions();
        if (text == Start + "always = true")
            return (when, "");
        var terms = Split(text);
        if (terms.Count > TermsMax)
            return (null, $"A condition has at most {TermsMax} terms.");
        foreach (var term in terms)
        {
            if (!term.StartsWith(Start, StringComparison.Ordinal)
                || term[Start.Length..].Split(' ', 3) is not [var name, var sign, var value]
                || Take(when, (name, sign), value) is not { } taken)
                return (null, $"'{(term.Length > 80 ? term[..80] : term)}' is not a condition that can be run here.");
            when = taken;
        }
        return (when, "");
    }

    private static PlaybookConditions? Take(PlaybookConditions when, (string Name, string Sign) what, string value) => what switch
    {
        ("severity", ">=") => Name<Severity>(Text(value)) is { } severity ? when with { SeverityMin = severity } : null,
        ("confidence", ">=") => Name<Confidence>(Text(value)) is { } confidence ? when with { ConfidenceMin = confidence } : null,
        ("stage", ">=") => Name<AttackStage>(Text(value)) is { } stage ? when with { StageMin = stage } : null,
        ("score", ">=") => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var score)
            && score is >= 0 and <= 1 ? when with { ScoreMin = score } : null,
        ("alerts", ">=") => Count(value) is { } alerts ? when with { AlertsMin = alerts } : null,
        ("source_count", ">=") => Count(value) is { } sources ? when with { SourcesMin = sources } : null,
        ("hours", "=") => HoursOf(Text(value)) is { } hours ? when with { Hours = hours } : null,
        ("sources", "IN") => Items(value) is { } sources ? when with { Sources = sources } : null,
        ("tags", "IN") => Items(value) is { } tags ? when with { Tags = tags } : null,
        ("entities", "IN") => Names<EntityType>(value) is { } entities ? when with { Entities = entities } : null,
        ("days", "IN") => Names<DayOfWeek>(value) is { } days ? when with { Days = days } : null,
        _ => null,
    };

    /// <summary>Cuts at AND, except inside quotes.</summary>
    private static List<string> Split(string text)
    {
        var terms = new List<string>();
        var (from, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && isQuoted)
                i++;
            else if (text[i] == '\'')
                isQuoted = !isQuoted;
            else if (!isQuoted && string.CompareOrdinal(text, i, And, 0, And.Length) == 0)
            {
                terms.Add(text[from..i]);
                from = i + And.Length;
                i = from - 1;
            }
        }
        terms.Add(text[from..]);
        return terms;
    }

    private static List<string>? Items(string value)
    {
        if (value is not ['(', .. var inner, ')'])
            return null;
        var items = new List<string>();
        for (var at = 0; at < inner.Length;)
        {
            var end = at + 1;
            while (end < inner.Length && inner[end] != '\'')
                end += inner[end] == '\\' ? 2 : 1;
            if (inner[at] != '\'' || end >= inner.Length || items.Count >= ItemsMax)
                return null;
            items.Add(Text(inner[at..(end + 1)])!);
            at = end + 1;
            if (at < inner.Length && !inner.AsSpan(at).StartsWith(", ", StringComparison.Ordinal))
                return null;
            at += at < inner.Length ? 2 : 0;
        }
        return items.Count > 0 && items.All(item => item.Length > 0) ? items : null;
    }

    private static List<T>? Names<T>(string value) where T : struct, Enum =>
        Items(value)?.ConvertAll(Name<T>) is { } names && names.TrueForAll(name => name is not null)
            ? names.ConvertAll(name => name!.Value) : null;

    private static T? Name<T>(string? text) where T : struct, Enum => text is null ? null : PublishedName.Find<T>(text);

    private static int? Count(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1_000_000
            ? count : null;

    private static DailyHours? HoursOf(string? text) => text?.Split('-') is [var from, var until]
        && TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
        && TimeOnly.TryParseExact(until, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
            ? new DailyHours(start, end) : null;

    private static string? Text(string value) => value is ['\'', .. var inner, '\'']
        ? inner.Replace(@"\'", "'", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal) : null;

    private static string Quoted(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private static string? List(IEnumerable<string> texts) =>
        string.Join(", ", texts.Select(Quoted)) is { Length: > 0 } list ? $"({list})" : null;

    private static void Add(List<string> terms, string name, string? value)
    {
        if (value is not null)
            terms.Add(Start + name + value);
    }
}
