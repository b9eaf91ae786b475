using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>A color of the palette of printed reports.</summary>
internal readonly record struct PdfColor(byte Red, byte Green, byte Blue);

/// <summary>A face in a size.</summary>
internal sealed record PdfFont(PdfFace Face, double Size)
{
    private const double LineFactor = 1.32;

    /// <summary>The height of a line.</summary>
    public double Height => Size * LineFactor;

    public double Measure(string text) => Face.Measure(text, Size);
}

/// <summary>What is drawn on one page. Points from the upper left corner, as people read.</summary>
internal sealed class PdfPage
{
    public const double PageWidth = 595, PageHeight = 842;

    private readonly StringBuilder _content = new();

    public byte[] Content => Encoding.ASCII.GetBytes(_content.ToString());

    public void Text(string text, PdfFont font, PdfColor color, double x, double y) => _content
        .Append(CultureInfo.InvariantCulture,
        $"BT {Fill(color)} /{font.Face.Resource} {font.Size:0.##} Tf {x:0.##} {PageHeight - y - font.Size:0.##} Td <{font.Face.Glyphs(text)}> Tj ET\n");

    public void Rectangle(PdfColor color, double x, double y, double width, double height) => _content
        .Append(CultureInfo.InvariantCulture,
        $"{Fill(color)} {x:0.##} {PageHeight - y - height:0.##} {width:0.##} {height:0.##} re f\n");

    public void Line(PdfColor color, double thickness, double fromX, double toX, double y) => _content
        .Append(CultureInfo.InvariantCulture,
        $"{Color(color)} RG {thickness:0.##} w {fromX:0.##} {PageHeight - y:0.##} m {toX:0.##} {PageHeight - y:0.##} l S\n");

    /// <summary>A disc, of four curves that stay within a thousandth of a circle.</summary>
    public void Disc(PdfColor color, double x, double y, double radius)
    {
        var (middle, handle) = (PageHeight - y, radius * 0.5523);
        _content.Append(CultureInfo.InvariantCulture, $"{Fill(color)} {x + radius:0.##} {middle:0.##} m\n")
            .Append(CultureInfo.InvariantCulture, $"{x + radius:0.##} {middle + handle:0.##} {x + handle:0.##} {middle + radius:0.##} {x:0.##} {middle + radius:0.##} c\n")
            .Append(CultureInfo.InvariantCulture, $"{x - handle:0.##} {middle + radius:0.##} {x - radius:0.##} {middle + handle:0.##} {x - radius:0.##} {middle:0.##} c\n")
            .Append(CultureInfo.InvariantCulture, $"{x - radius:0.##} {middle - handle:0.##} {x - handle:0.##} {middle - radius:0.##} {x:0.##} {middle - radius:0.##} c\n")
            .Append(CultureInfo.InvariantCulture, $"{x + handle:0.##} {middle - radius:0.##} {x + radius:0.##} {middle - handle:0.##} {x + radius:0.##} {middle:0.##} c f\n");
    }

    private static string Fill(PdfColor color) => Color(color) + " rg";

    private static string Color(PdfColor color) => string.Create(CultureInfo.InvariantCulture,
        $"{color.Red / 255.0:0.###} {color.Green / 255.0:0.###} {color.Blue / 255.0:0.###}");
}
