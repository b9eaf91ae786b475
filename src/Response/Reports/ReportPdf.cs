using System.Globalization;

namespace SentinelHealth.Response.Reports;

/// <summary>Draws a report as a PDF with page numbers, bookmarks, tables whose heads repeat, charts and embedded fonts.</summary>
public static class ReportPdf
{
    /// <summary>The file. The same report gives the same bytes: identifiers and dates in it come from the report.</summary>
    /// <exception cref="FileNotFoundException">The fonts are not installed.</exception>
    public static byte[] Render(SignedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var document = report.Document;
        var sheet = new PdfSheet(new PdfPalette(ReportFonts.Installed));
        Title(sheet, report);
        var sections = document.Sections.Append(SignatureSection.Of(report)).ToList();
        for (var i = 0; i < sections.Count; i++)
        {
            sheet.Heading(string.Create(CultureInfo.InvariantCulture, $"{i + 1}  {InertWords.Of(sections[i].Title)}"));
            foreach (var block in sections[i].Blocks)
                Block(sheet, block);
        }
        sheet.Finish($"{InertWords.Of(document.Title)}  ·  {report.Sha256[..16]}…");
        return Assemble(sheet, report);
    }

    private static byte[] Assemble(PdfSheet sheet, SignedReport report)
    {
        var (file, document) = (new PdfFile(), report.Document);
        var pages = file.Reserve();
        var fonts = string.Concat(sheet.Palette.Faces.Select(face =>
            string.Create(CultureInfo.InvariantCulture, $"/{face.Resource} {face.Write(file)} 0 R")));
        var numbers = sheet.Pages.Select(page => file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 595 842]/Resources<</Font<<{fonts}>>>>/Contents {file.AddStream("", page.Content)} 0 R>>"))).ToList();
        file.Set(pages, string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Pages/Count {numbers.Count}/Kids[{string.Join(' ', numbers.Select(number => $"{number} 0 R"))}]>>"));
        var outlines = Outlines(file, sheet, numbers);
        var root = file.Add(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Catalog/Pages {pages} 0 R/Outlines {outlines} 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>>>"));
        var info = file.Add($"<</Title{PdfFile.Text(InertWords.Of($"{document.Title}: {document.Subtitle}"))}"
            + $"/Author{PdfFile.Text(InertWords.Of(document.Organization))}/Creator{PdfFile.Text(InertWords.Of(document.WrittenBy))}"
            + $"/Keywords{PdfFile.Text(InertWords.Of(document.Id))}/CreationDate{PdfFile.Date(document.AsOf)}>>");
        return file.Finish(root, info, report.Sha256[..32].ToUpperInvariant());
    }

    private static int Outlines(PdfFile file, PdfSheet sheet, List<int> pages)
    {
        var root = file.Reserve();
        var items = sheet.Headings.Select(_ => file.Reserve()).ToList();
        for (var i = 0; i < items.Count; i++)
        {
            var (title, page, y) = sheet.Headings[i];
            var neighbors = (i > 0 ? $"/Prev {items[i - 1]} 0 R" : "") + (i + 1 < items.Count ? $"/Next {items[i + 1]} 0 R" : "");
            file.Set(items[i], string.Create(CultureInfo.InvariantCulture,
                $"<</Title{PdfFile.Text(title)}/Parent {root} 0 R{neighbors}/Dest[{pages[page]} 0 R/XYZ 0 {PdfPage.PageHeight - y + 8:0} null]>>"));
        }
        file.Set(root, string.Create(CultureInfo.InvariantCulture, $"<</Type/Outlines/Count {items.Count}/First {items[0]} 0 R/Last {items[^1]} 0 R>>"));
        return root;
    }

    private static void Title(PdfSheet sheet, SignedReport report)
    {
        var document = report.Document;
        sheet.Title(InertWords.Of(document.Organization), InertWords.Of(document.Title), InertWords.Of(document.Subtitle));
        sheet.Small(string.Create(CultureInfo.InvariantCulture,
            $"As of {ReportFormats.Stamp(document.AsOf)}  ·  version {report.Version}  ·  written by {InertWords.Of(document.WrittenBy)}"));
        sheet.Small($"SHA-256 {report.Sha256}");
    }

    private static void Block(PdfSheet sheet, ReportBlock block)
    {
        switch (block)
        {
            case ReportText text:
                sheet.Paragraph(InertWords.Of(text.Text), text.Tone);
                break;
            case ReportFacts facts:
                sheet.Facts(facts);
                break;
            case ReportTable table:
                new PdfTable(sheet, table).Draw();
                break;
            case ReportBars bars:
                PdfCharts.Bars(sheet, bars);
                break;
            case ReportColumns columns:
                PdfCharts.Columns(sheet, columns);
                break;
            case ReportTimeline timeline:
                PdfCharts.Timeline(sheet, timeline);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block));
        }
    }
}
