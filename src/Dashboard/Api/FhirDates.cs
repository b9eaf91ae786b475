using System.Globalization;

namespace SentinelHealth.Dashboard.Api;

/// <summary>The dates of FHIR searches: year, month, day or instant, each a period, with a prefix that says on which side of it to look.</summary>
internal static class FhirDates
{
    private const int DatesMax = 2;
    private static readonly string[] Instants = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The range that all given dates leave; false when there is none or one cannot be read.</summary>
    public static bool TryRange(IReadOnlyList<string?> dates, out DateTimeOffset from, out DateTimeOffset to)
    {
        (from, to) = (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        if (dates.Count is < 1 or > DatesMax)
            return false;
        foreach (var date in dates)
        {
            if (date is null || !TryPrefix(date, out var prefix, out var text) || !TryPeriod(text, out var start, out var end))
                return false;
            var (low, high) = prefix switch
            {
                "ge" => (start, DateTimeOffset.MaxValue),
                "gt" => (end, DateTimeOffset.MaxValue),
                "le" => (DateTimeOffset.MinValue, end),
                "lt" => (DateTimeOffset.MinValue, start),
                _ => (start, end),
            };
            from = low > from ? low : from;
            to = high < to ? high : to;
        }
        return true;
    }

    private static bool TryPrefix(string date, out string prefix, out string text)
    {
        prefix = date.Length > 2 && char.IsAsciiLetter(date[0]) ? date[..2] : "eq";
        text = char.IsAsciiLetter(date.Length > 0 ? date[0] : '0') ? date[Math.Min(2, date.Length)..] : date;
        return prefix is "eq" or "ge" or "gt" or "le" or "lt";
    }

    /// <summary>A time without a zone is UTC.</summary>
    private static bool TryPeriod(string text, out DateTimeOffset start, out DateTimeOffset end)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        end = default;
        if (DateTimeOffset.TryParseExact(text, "yyyy", CultureInfo.InvariantCulture, utc, out start) && start.Year < 9999)
            end = start.AddYears(1);
        else if (DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, utc, out start) && start.Year < 9999)
            end = start.AddMonths(1);
        else if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, utc, out start) && start.Year < 9999)
            end = start.AddDays(1);
        // A plus sign that was not escaped arrives as a space.
        else if (DateTimeOffset.TryParseExact(text.Replace(' ', '+'), Instants, CultureInfo.InvariantCulture, utc, out start)
            && start.Year < 9999)
            end = start.AddMilliseconds(text.Contains('.', StringComparison.Ordinal) ? 1 : 1_000);
        else
            return false;
        return true;
    }
}
