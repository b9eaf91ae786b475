using System.Globalization;

namespace SentinelHealth.Response.Reports;

/// <summary>Pages that text flows onto, from top to bottom. Lengths are points.</summary>
internal sealed class PdfSheet(PdfPalette palette)
{
    public const double Left = 46, Gap = 7, Width = PdfPage.PageWidth - (2 * Left);
    private const double Top = 46, Bottom = 54, FootLine = 40, FootText = 34;

    private readonly List<PdfPage> _pages = [];
    private readonly List<(string Title, int Page, double Y)> _headings = [];

    public PdfPalette Palette => palette;

    public IReadOnlyList<PdfPage> Pages => _pages;

    /// <summary>Headings with the page, from 0, and the height at which they stand.</summary>
    public IReadOnlyList<(string Title, int Page, double Y)> Headings => _headings;

    public PdfPage Page => _pages.Count > 0 ? _pages[^1] : NewPage();

    public double Y { get; set; }

    /// <summary>Starts another page when less than this is left.</summary>
    public void Need(double height)
    {
        if (_pages.Count == 0 || Y + height > PdfPage.PageHeight - Bottom)
            NewPage();
    }

    public void Title(string organization, string name, string subtitle)
    {
        Need(110);
        Page.Rectangle(PdfPalette.Brand, 0, 0, PdfPage.PageWidth, 10);
        Lines(organization, palette.Strong, PdfPalette.Brand, Left, Width);
        Lines(name, palette.Huge, PdfPalette.Ink, Left, Width);
        Lines(subtitle, palette.Under, PdfPalette.Ink, Left, Width);
        Y += Gap;
    }

    public void Small(string text) => Lines(text, palette.Note, PdfPalette.Soft, Left, Width);

    public void Heading(string text)
    {
        const double keptTogether = 74;
        Y += 14;
        // A heading never stands alone at the foot of a page.
        Need(keptTogether);
        _headings.Add((text, _pages.Count - 1, Y));
        Lines(text, palette.Head, PdfPalette.Ink, Left, Width);
        Page.Line(PdfPalette.Brand, 0.9, Left, Left + Width, Y + 1);
        Y += Gap;
    }

    public void Paragraph(string text, ReportTone tone)
    {
        var (font, color) = tone switch
        {
            ReportTone.Lead => (palette.Lead, PdfPalette.Ink),
            ReportTone.Note => (palette.Note, PdfPalette.Soft),
            ReportTone.Warning => (palette.Strong, PdfPalette.Amber),
            _ => (palette.Body, PdfPalette.Ink),
        };
        var (begun, page) = (Y, _pages.Count);
        var indent = tone == ReportTone.Warning ? 10 : 0;
        Lines(text, font, color, Left + indent, Width - indent);
        if (tone == ReportTone.Warning && page == _pages.Count)
            Page.Rectangle(PdfPalette.Amber, Left, begun + 1, 3, Y - begun - 1);
        Y += Gap;
    }

    public void Facts(ReportFacts facts)
    {
        const double nameWidth = 140, keptTogetherMax = 400;
        foreach (var fact in facts.Items)
        {
            var name = Wrap(InertWords.Of(fact.Name), palette.Body, nameWidth - 8);
            var value = Wrap(InertWords.Of(fact.Value), palette.Strong, Width - nameWidth);
            var basis = fact.Basis.Length == 0 ? [] : Wrap(InertWords.Of(fact.Basis), palette.Note, Width - nameWidth);
            var height = Math.Max(
                name.Count * palette.Body.Height,
                    (value.Count * palette.Strong.Height) + (basis.Count * palette.Note.Height)) + 5;
            Need(Math.Min(height, keptTogetherMax));
            var top = Y;
            Draw(name, palette.Body, PdfPalette.Soft, Left);
            var left = Y;
            Y = top;
            Draw(value, palette.Strong, PdfPalette.Ink, Left + nameWidth);
            Draw(basis, palette.Note, PdfPalette.Soft, Left + nameWidth);
            Y = Math.Max(left, Y) + 2;
            Page.Line(PdfPalette.Line, 0.5, Left, Left + Width, Y);
            Y += 3;
        }
        Y += Gap;
    }

    public void Caption(string text) => Lines(InertWords.Of(text), palette.Strong, PdfPalette.Ink, Left, Width);

    public void Lines(string text, PdfFont font, PdfColor color, double x, double width) => Draw(Wrap(text, font, width), font,
        color, x);

    /// <summary>Breaks text at spaces, and words that are longer than a line wherever they must be.</summary>
    public static List<string> Wrap(string text, PdfFont font, double width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (font.Measure(longer) <= width)
            {
                line = longer;
                continue;
            }
            if (line.Length > 0)
                lines.Add(line);
            line = word;
            while (font.Measure(line) > width && line.Length > 1)
            {
                var fit = Fitting(line, font, width);
                lines.Add(line[..fit]);
                line = line[fit..];
            }
        }
        if (line.Length > 0 || lines.Count == 0)
            lines.Add(line);
        return lines;
    }

    /// <summary>Writes the foot of every page, once their number is known.</summary>
    public void Finish(string foot)
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"Page {i + 1} of {_pages.Count}");
            _pages[i].Line(PdfPalette.Line, 0.5, Left, Left + Width, PdfPage.PageHeight - FootLine);
            _pages[i].Text(foot, palette.Running, PdfPalette.Soft, Left, PdfPage.PageHeight - FootText);
            _pages[i].Text(number, palette.Running, PdfPalette.Soft,
                Left + Width - palette.Running.Measure(number), PdfPage.PageHeight - FootText);
        }
    }

    /// <summary>How many characters fit; never parts a surrogate pair.</summary>
    private static int Fitting(string text, PdfFont font, double width)
    {
        var (low, high) = (1, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (font.Measure(text[..middle]) <= width)
                low = middle;
            else
                high = middle - 1;
        }
        return low < text.Length && char.IsLowSurrogate(text[low]) ? Math.Max(low - 1, 2) : low;
    }

    private void Draw(List<string> lines, PdfFont font, PdfColor color, double x)
    {
        foreach (var line in lines)
        {
            Need(font.Height);
            Page.Text(line, font, color, x, Y);
            Y += font.Height;
        }
    }

    private PdfPage NewPage()
    {
        var page = new PdfPage();
        _pages.Add(page);
        Y = Top;
        return page;
    }
}
