namespace SentinelHealth.Response.Reports;

/// <summary>Draws a table: its head repeats on every page, and a row moves to the next page rather than being parted.</summary>
internal sealed class PdfTable(PdfSheet sheet, ReportTable table)
{
    private const double Pad = 4, RowHeightMax = 560;

    private readonly double[] _widths = [.. table.Columns.Select(column =>
        column.Weight / table.Columns.Sum(other => other.Weight) * PdfSheet.Width)];

    private PdfFont Cell => sheet.Palette.Cell;

    private PdfFont Strong => sheet.Palette.CellStrong;

    public void Draw()
    {
        sheet.Need(70);
        sheet.Caption(table.Caption);
        sheet.Y += 2;
        Head();
        for (var i = 0; i < table.Rows.Count; i++)
            Row(table.Rows[i], i % 2 == 1);
        sheet.Y += PdfSheet.Gap + 3;
    }

    private void Head()
    {
        var cells = table.Columns.Select((column, i) => PdfSheet.Wrap(InertWords.Of(column.Name), Strong,
            _widths[i] - (2 * Pad))).ToList();
        var height = (cells.Max(lines => lines.Count) * Strong.Height) + (2 * Pad);
        sheet.Page.Rectangle(PdfPalette.Brand, PdfSheet.Left, sheet.Y, PdfSheet.Width, height);
        Cells(cells, _ => Strong, PdfPalette.White);
        sheet.Y += height;
    }

    private void Row(IReadOnlyList<string> row, bool isTinted)
    {
        var cells = row.Select((cell, i) => PdfSheet.Wrap(InertWords.Of(cell), FontOf(i), _widths[i] - (2 * Pad))).ToList();
        var linesMax = (int)(RowHeightMax / Cell.Height);
        foreach (var lines in cells.Where(lines => lines.Count > linesMax))
        {
            lines.RemoveRange(linesMax, lines.Count - linesMax);
            lines[^1] = "… (the JSON has it whole)";
        }
        var height = cells.Select((lines, i) => lines.Count * FontOf(i).Height).Max() + (2 * Pad) - 2;
        var before = sheet.Y;
        sheet.Need(height);
        if (sheet.Y < before)
            Head();
        if (isTinted)
            sheet.Page.Rectangle(PdfPalette.Tint, PdfSheet.Left, sheet.Y, PdfSheet.Width, height);
        Cells(cells, FontOf, PdfPalette.Ink);
        sheet.Y += height;
        sheet.Page.Line(PdfPalette.Line, 0.4, PdfSheet.Left, PdfSheet.Left + PdfSheet.Width, sheet.Y);
    }

    private void Cells(List<List<string>> cells, Func<int, PdfFont> font, PdfColor color)
    {
        var x = PdfSheet.Left;
        for (var i = 0; i < cells.Count; i++)
        {
            var y = sheet.Y + Pad - 1;
            foreach (var line in cells[i])
            {
                sheet.Page.Text(line, font(i), color, x + Pad, y);
                y += font(i).Height;
            }
            x += _widths[i];
        }
    }

    private PdfFont FontOf(int column) => table.Columns[column].IsCode ? sheet.Palette.Code : Cell;
}
