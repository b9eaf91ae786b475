namespace SentinelHealth.Response.Reports;

/// <summary>Draws charts as vectors.</summary>
internal static class PdfCharts
{
    private const double LabelWidth = 165, ValueWidth = 60, RowHeight = 15;

    public static void Bars(PdfSheet sheet, ReportBars chart)
    {
        if (chart.Bars.Count == 0)
            return;
        sheet.Need((chart.Bars.Count * RowHeight) + 30);
        sheet.Caption(chart.Caption);
        sheet.Y += 3;
        var largest = Math.Max(1e-9, chart.Bars.Max(bar => bar.Value));
        var room = PdfSheet.Width - LabelWidth - ValueWidth;
        foreach (var bar in chart.Bars)
        {
            sheet.Need(RowHeight);
            sheet.Page.Text(Short(sheet, bar.Label, LabelWidth - 8), sheet.Palette.Cell, PdfPalette.Ink, PdfSheet.Left,
                sheet.Y + 1);
            sheet.Page.Rectangle(PdfPalette.Tint, PdfSheet.Left + LabelWidth, sheet.Y + 2, room, 9);
            sheet.Page.Rectangle(
                PdfPalette.Brand, PdfSheet.Left + LabelWidth, sheet.Y + 2, Math.Max(0.5, bar.Value / largest * room), 9);
            sheet.Page.Text(Short(sheet, bar.Text, ValueWidth), sheet.Palette.Cell, PdfPalette.Ink,
                PdfSheet.Left + LabelWidth + room + 6, sheet.Y + 1);
            sheet.Y += RowHeight;
        }
        sheet.Y += PdfSheet.Gap;
    }

    public static void Columns(PdfSheet sheet, ReportColumns chart)
    {
        const double height = 92, labelStepMin = 34, valueStepMin = 15;
        if (chart.Columns.Count == 0)
            return;
        sheet.Need(height + 46);
        sheet.Caption(chart.Caption);
        sheet.Y += 12;
        var foot = sheet.Y + height;
        var largest = Math.Max(1e-9, chart.Columns.Max(column => column.Value));
        var step = PdfSheet.Width / chart.Columns.Count;
        var labelEvery = (int)Math.Ceiling(labelStepMin / step);
        for (var i = 0; i < chart.Columns.Count; i++)
        {
            var (column, x) = (chart.Columns[i], PdfSheet.Left + (i * step));
            var length = Math.Max(column.Value > 0 ? 1 : 0, column.Value / largest * height);
            sheet.Page.Rectangle(PdfPalette.Brand, x + (step * 0.15), foot - length, step * 0.7, length);
            if (column.Value > 0 && step >= valueStepMin)
                Middle(sheet, column.Text, x + (step / 2), foot - length - 10);
            if (i % labelEvery == 0)
                Middle(sheet, column.Label, x + (step / 2), foot + 4);
        }
        sheet.Page.Line(PdfPalette.Line, 0.8, PdfSheet.Left, PdfSheet.Left + PdfSheet.Width, foot);
        sheet.Y = foot + 18 + PdfSheet.Gap;
    }

    private static void Middle(PdfSheet sheet, string text, double x, double y)
    {
        var inert = InertWords.Of(text);
        var left = Math.Clamp(x - (sheet.Palette.Running.Measure(inert) / 2), PdfSheet.Left,
            PdfSheet.Left + PdfSheet.Width - sheet.Palette.Running.Measure(inert));
        sheet.Page.Text(inert, sheet.Palette.Running, PdfPalette.Soft, left, y);
    }

    public static void Timeline(PdfSheet sheet, ReportTimeline chart)
    {
        if (chart.Marks.Count == 0)
            return;
        var scale = new TimelineScale(chart.Marks);
        sheet.Need((scale.Lanes.Count * RowHeight) + 44);
        sheet.Caption(chart.Caption);
        sheet.Y += 3;
        var room = PdfSheet.Width - LabelWidth - 6;
        for (var i = 0; i < scale.Lanes.Count; i++)
        {
            var y = sheet.Y + (i * RowHeight);
            sheet.Page.Text(Short(sheet, scale.Lanes[i], LabelWidth - 8), sheet.Palette.Cell, PdfPalette.Ink, PdfSheet.Left,
                y + 1);
            sheet.Page.Line(PdfPalette.Line, 0.6, PdfSheet.Left + LabelWidth, PdfSheet.Left + PdfSheet.Width, y + 6);
        }
        foreach (var mark in chart.Marks)
            sheet.Page.Disc(PdfPalette.Brand,
                PdfSheet.Left + LabelWidth + 3 + (scale.Share(mark.At) * room), sheet.Y + (scale.LaneOf(mark) * RowHeight) + 6,
                    3);
        sheet.Y += scale.Lanes.Count * RowHeight;
        var (from, to) = (ReportFormats.Stamp(scale.From), ReportFormats.Stamp(scale.To));
        sheet.Page.Text(from, sheet.Palette.Note, PdfPalette.Soft, PdfSheet.Left + LabelWidth, sheet.Y);
        sheet.Page.Text(to, sheet.Palette.Note, PdfPalette.Soft,
            PdfSheet.Left + PdfSheet.Width - sheet.Palette.Note.Measure(to), sheet.Y);
        sheet.Y += 14 + PdfSheet.Gap;
    }

    private static string Short(PdfSheet sheet, string text, double width)
    {
        var lines = PdfSheet.Wrap(InertWords.Of(text), sheet.Palette.Cell, width);
        return lines.Count == 1 ? lines[0] : lines[0] + "…";
    }
}
