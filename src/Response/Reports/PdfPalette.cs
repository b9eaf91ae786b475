namespace SentinelHealth.Response.Reports;

/// <summary>The fonts and colors of printed reports, with one set of faces per file.</summary>
internal sealed class PdfPalette
{
    public static readonly PdfColor Ink = new(22, 35, 46), Soft = new(74, 91, 105), Brand = new(11, 92, 125), Line = new(205,
        214, 222),
        Tint = new(241, 245, 248), Amber = new(138, 75, 0), White = new(255, 255, 255);

    public PdfPalette(ReportFonts fonts)
    {
        PdfFace regular = new("F1", fonts.Regular), bold = new("F2", fonts.Bold), mono = new("F3", fonts.Mono);
        Faces = [regular, bold, mono];
        (Body, Lead, Under) = (new(regular, 9.2), new(regular, 10.8), new(regular, 12.5));
        (Note, Cell, Running) = (new(regular, 7.8), new(regular, 7.8), new(regular, 7.4));
        (Strong, CellStrong, Head, Huge) = (new(bold, 9.2), new(bold, 7.8), new(bold, 13), new(bold, 22));
        Code = new(mono, 7.2);
    }

    public IReadOnlyList<PdfFace> Faces { get; }

    public PdfFont Body { get; }

    public PdfFont Lead { get; }

    public PdfFont Under { get; }

    public PdfFont Note { get; }

    public PdfFont Cell { get; }

    public PdfFont Running { get; }

    public PdfFont Strong { get; }

    public PdfFont CellStrong { get; }

    public PdfFont Head { get; }

    public PdfFont Huge { get; }

    public PdfFont Code { get; }
}
