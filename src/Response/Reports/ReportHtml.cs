using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Draws a report as one HTML file: no script, nothing fetched, readable by a screen reader and on paper.</summary>
/// <remarks>Text from outside is encoded and made inert; the file's own policy allows no source but its one style.</remarks>
public static class ReportHtml
{
    /// <summary>The file. The same report gives the same bytes.</summary>
    public static byte[] Render(SignedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var document = report.Document;
        var page = new StringBuilder(64 * 1024);
        var sections = document.Sections.Append(SignatureSection.Of(report)).ToList();
        var style = ReportStyle.Css;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(document.Title)}</title>\n<style>{style}</style>\n</head>\n<body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<header>\n<p class=\"org\">{Text(document.Organization)}</p>\n<h1>{Text(document.Title)}</h1>\n");
        if (document.Subtitle.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">{Text(document.Subtitle)}</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"meta\">As of {Time(document.AsOf)} · version {report.Version} · written by {Text(document.WrittenBy)}</p>\n</header>\n");
        Contents(page, sections);
        page.Append("<main>\n");
        for (var i = 0; i < sections.Count; i++)
            Section(page, sections[i], i + 1);
        page.Append(CultureInfo.InvariantCulture, $"</main>\n<footer><p>Report {Text(document.Id)} · SHA-256 <span class=\"code\">{report.Sha256}</span></p></footer>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void Contents(StringBuilder page, List<ReportSection> sections)
    {
        page.Append("<nav aria-label=\"Contents\"><h2>Contents</h2><ol>\n");
        for (var i = 0; i < sections.Count; i++)
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#s{i + 1}\">{Text(sections[i].Title)}</a></li>\n");
        page.Append("</ol></nav>\n");
    }

    private static void Section(StringBuilder page, ReportSection section, int number)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"s{number}\" aria-labelledby=\"h{number}\">\n<h2 id=\"h{number}\"><span class=\"no\">{number}</span> {Text(section.Title)}</h2>\n");
        foreach (var block in section.Blocks)
            Block(page, block);
        page.Append("</section>\n");
    }

    private static void Block(StringBuilder page, ReportBlock block)
    {
        switch (block)
        {
            case ReportText text:
                page.Append(CultureInfo.InvariantCulture, $"<p class=\"{text.Tone.ToString().ToLowerInvariant()}\">{Text(text.Text)}</p>\n");
                break;
            case ReportFacts facts:
                Facts(page, facts);
                break;
            case ReportTable table:
                Table(page, table);
                break;
            case ReportBars bars:
                ReportSvg.Bars(page, bars);
                break;
            case ReportColumns columns:
                ReportSvg.Columns(page, columns);
                break;
            case ReportTimeline timeline:
                ReportSvg.Timeline(page, timeline);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block));
        }
    }

    private static void Facts(StringBuilder page, ReportFacts facts)
    {
        page.Append("<dl>\n");
        foreach (var fact in facts.Items)
        {
            var basis = fact.Basis.Length == 0 ? "" : $"<span class=\"basis\">{Text(fact.Basis)}</span>";
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Text(fact.Name)}</dt><dd>{Text(fact.Value)}{basis}</dd></div>\n");
        }
        page.Append("</dl>\n");
    }

    private static void Table(StringBuilder page, ReportTable table)
    {
        // A table that scrolls must be reachable by keyboard, and then it needs a name.
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{Text(table.Caption)}\"><table>\n<caption>{Text(table.Caption)}</caption>\n<thead><tr>");
        foreach (var column in table.Columns)
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Text(column.Name)}</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
                page.Append(table.Columns[i].IsCode ? "<td class=\"code\">" : "<td>").Append(Text(row[i])).Append("</td>");
            page.Append("</tr>\n");
        }
        page.Append("</tbody></table></div>\n");
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(InertWords.Of(text));

    private static string Time(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture,
        $"<time datetime=\"{at.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}\">{ReportFormats.Stamp(at)}</time>");
}
