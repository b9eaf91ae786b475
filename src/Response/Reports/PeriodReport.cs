using System.Globalization;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Reports;

/// <summary>Who a report is for and what wrote it.</summary>
/// <param name="Controller">Who is answerable.</param>
/// <param name="Program">The program's version.</param>
public sealed record ReportAuthor(ControllerProfile Controller, string Program);

/// <summary>What reports over periods have in common.</summary>
internal static class PeriodReport
{
    public static ReportDocument Of(string kind, string title, ReportScope scope, DateTimeOffset asOf, ReportAuthor author) =>
        new()
        {
            Kind = kind,
            Id = scope.Subject.Length > 0 ? $"{kind}/{scope.Subject}/{Dates(scope)}" : $"{kind}/{Dates(scope)}",
            Title = title,
            Subtitle = Words(scope),
            Organization = author.Controller.Name,
            AsOf = asOf,
            WrittenBy = $"SentinelHealth {author.Program}",
            Scope = scope,
            Sections = [],
        };

    /// <summary>A period as people say it: the last day is in it.</summary>
    public static string Words(ReportScope scope) => string.Create(CultureInfo.InvariantCulture,
        $"{scope.From.UtcDateTime:d MMMM yyyy} to {scope.To.AddTicks(-1).UtcDateTime:d MMMM yyyy} (UTC)");

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Rounded down: what was not wholly watched must never read as 100 %.</summary>
    public static string Percent(double share) =>
        (Math.Floor(share * 10_000) / 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>A duration in the largest unit that says it.</summary>
    public static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
    };

    /// <summary>One bar for each day of a period (UTC); for periods longer than ten weeks, one for each week.</summary>
    public static IReadOnlyList<ReportBar> ByDay(ReportScope scope, IEnumerable<DateTimeOffset> moments)
    {
        const int daysMax = 70;
        var days = (int)Math.Ceiling((scope.To - scope.From).TotalDays);
        var width = days > daysMax ? 7 : 1;
        var counts = new int[Math.Max(1, ((days + width) - 1) / width)];
        foreach (var at in moments)
        {
            var index = (int)((at - scope.From).TotalDays / width);
            if (index >= 0 && index < counts.Length)
                counts[index]++;
        }
        return [.. counts.Select((count, index) => new ReportBar(
            scope.From.AddDays(index * width).UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture), count, Count(count)))];
    }

    private static string Dates(ReportScope scope) => string.Create(CultureInfo.InvariantCulture,
        $"{scope.From.UtcDateTime:yyyy-MM-dd}..{scope.To.AddTicks(-1).UtcDateTime:yyyy-MM-dd}");
}

/// <summary>How much was watched, and when nobody did.</summary>
internal static class CoverageSection
{
    private const int GapsMax = 200;

    public static ReportBlock[] Of(PeriodRecord record)
    {
        var coverage = record.Coverage;
        var blocks = new List<ReportBlock>
        {
            new ReportFacts(
            [
                new("Watched", PeriodReport.Percent(coverage.Watched),
                    $"By {PeriodReport.Count(coverage.HeartbeatCount)} signed heartbeats in the evidence log. Three missing in a row make a gap."),
                new("Events scored", PeriodReport.Count(coverage.Events),
                    "Between the first and the last heartbeat of the period"),
                new("Could not be read", PeriodReport.Count(coverage.DeadLetters), "Kept as dead letters, each with the reason"),
                new("Left out on purpose", PeriodReport.Count(coverage.Filtered), "Duplicates and filtered records, each counted with the reason"),
                new("Most events that waited", PeriodReport.Count(coverage.LagMax),
                    "Largest distance between received and scored at a heartbeat"),
            ]),
        };
        if (coverage.Gaps.Count == 0)
            blocks.Add(new ReportText("There is no gap in the period."));
        else
            blocks.Add(new ReportTable(
                coverage.Gaps.Count > GapsMax ? $"The first {GapsMax} of {coverage.Gaps.Count} gaps" : "Gaps: nobody watched",
                [new("From", 1.5), new("To", 1.5), new("For")],
                [.. coverage.Gaps.Take(GapsMax).Select(gap => (IReadOnlyList<string>)
                    [ReportFormats.Stamp(gap.From), ReportFormats.Stamp(gap.To), PeriodReport.Span(gap.To - gap.From)])]));
        var silences = record.Alerts.Where(item => item.Alert.Source is "source.silent" or "node.silent").ToList();
        if (silences.Count > 0)
            blocks.Add(new ReportTable("Systems that fell silent", [new("When", 1.2), new("What", 3)],
                [.. silences.Take(GapsMax)
                    .Select(item => (IReadOnlyList<string>)[ReportFormats.Stamp(item.Alert.At), item.Alert.Reason])]));
        if (!record.IsWhole)
            blocks.Add(new ReportText("The period holds more entries than are read for one report; take a shorter one.", ReportTone.Warning));
        return [.. blocks];
    }
}
