using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Draws charts as inline SVG with a text that says the same.</summary>
internal static class ReportSvg
{
    private const int Width = 860, LabelWidth = 270, ValueWidth = 110, RowHeight = 26, LabelCharactersMax = 38;

    /// <summary>Columns narrower than this carry no figure, and labels nearer than that are left out.</summary>
    private const double ValueStepMin = 24, LabelStepMin = 52;

    public static void Bars(StringBuilder page, ReportBars chart)
    {
        var largest = chart.Bars.Count == 0 ? 1 : Math.Max(1e-9, chart.Bars.Max(bar => bar.Value));
        var height = (chart.Bars.Count * RowHeight) + 6;
        Begin(page, chart.Caption, string.Join("; ", chart.Bars.Select(bar => $"{bar.Label}: {bar.Text}")), height);
        for (var i = 0; i < chart.Bars.Count; i++)
        {
            var bar = chart.Bars[i];
            var (top, room) = (i * RowHeight, Width - LabelWidth - ValueWidth);
            var length = Math.Max(bar.Value > 0 ? 2 : 0, bar.Value / largest * room);
            page.Append(CultureInfo.InvariantCulture,
                $"<text x=\"0\" y=\"{top + 18}\">{Short(bar.Label)}</text><rect class=\"track\" x=\"{LabelWidth}\" y=\"{top + 6}\" width=\"{room}\" height=\"15\" rx=\"2\"></rect><rect class=\"bar\" x=\"{LabelWidth}\" y=\"{top + 6}\" width=\"{length:0.#}\" height=\"15\" rx=\"2\"></rect><text x=\"{LabelWidth + room + 8}\" y=\"{top + 18}\">{Short(bar.Text)}</text>\n");
        }
        page.Append("</svg></figure>\n");
    }

    public static void Columns(StringBuilder page, ReportColumns chart)
    {
        const int height = 190, foot = 150, top = 22;
        var largest = chart.Columns.Count == 0 ? 1 : Math.Max(1e-9, chart.Columns.Max(column => column.Value));
        Begin(page, chart.Caption, string.Join("; ", chart.Columns.Select(column => $"{column.Label}: {column.Text}")), height);
        var step = (double)Width / Math.Max(1, chart.Columns.Count);
        var labelEvery = (int)Math.Ceiling(LabelStepMin / step);
        for (var i = 0; i < chart.Columns.Count; i++)
        {
            var (column, x) = (chart.Columns[i], i * step);
            var length = Math.Max(column.Value > 0 ? 2 : 0, column.Value / largest * (foot - top));
            page.Append(CultureInfo.InvariantCulture,
                $"<rect class=\"bar\" x=\"{x + (step * 0.15):0.#}\" y=\"{foot - length:0.#}\" width=\"{step * 0.7:0.#}\" height=\"{length:0.#}\" rx=\"2\"></rect>\n");
            if (column.Value > 0 && step >= ValueStepMin)
                page.Append(CultureInfo.InvariantCulture,
                    $"<text class=\"soft\" x=\"{x + (step / 2):0.#}\" y=\"{foot - length - 5:0.#}\" text-anchor=\"middle\">{Short(column.Text)}</text>\n");
            if (i % labelEvery == 0)
                page.Append(CultureInfo.InvariantCulture,
                    $"<text class=\"soft\" x=\"{x + (step / 2):0.#}\" y=\"{foot + 20}\" text-anchor=\"middle\">{Short(column.Label)}</text>\n");
        }
        page.Append(CultureInfo.InvariantCulture, $"<line class=\"line\" x1=\"0\" x2=\"{Width}\" y1=\"{foot}\" y2=\"{foot}\"></line>\n</svg></figure>\n");
    }

    public static void Timeline(StringBuilder page, ReportTimeline chart)
    {
        var scale = new TimelineScale(chart.Marks);
        var height = (scale.Lanes.Count * RowHeight) + 34;
        var said = chart.Marks.Count == 0 ? "Nothing." : string.Create(CultureInfo.InvariantCulture,
            $"{chart.Marks.Count} moments from {ReportFormats.Stamp(scale.From)} to {ReportFormats.Stamp(scale.To)}; the table lists them.");
        Begin(page, chart.Caption, said, height);
        var bottom = scale.Lanes.Count * RowHeight;
        for (var i = 0; i < scale.Lanes.Count; i++)
            page.Append(CultureInfo.InvariantCulture,
                $"<text x=\"0\" y=\"{(i * RowHeight) + 18}\">{Short(scale.Lanes[i])}</text><line class=\"line\" x1=\"{LabelWidth}\" x2=\"{Width - 10}\" y1=\"{(i * RowHeight) + 13}\" y2=\"{(i * RowHeight) + 13}\"></line>\n");
        foreach (var mark in chart.Marks)
        {
            var x = LabelWidth + (scale.Share(mark.At) * (Width - LabelWidth - 10));
            page.Append(CultureInfo.InvariantCulture,
                $"<circle class=\"bar\" cx=\"{x:0.#}\" cy=\"{(scale.LaneOf(mark) * RowHeight) + 13}\" r=\"5\"></circle>\n");
        }
        if (chart.Marks.Count > 0)
            page.Append(CultureInfo.InvariantCulture,
                $"<text class=\"soft\" x=\"{LabelWidth}\" y=\"{bottom + 22}\">{ReportFormats.Stamp(scale.From)}</text><text class=\"soft\" x=\"{Width - 10}\" y=\"{bottom + 22}\" text-anchor=\"end\">{ReportFormats.Stamp(scale.To)}</text>\n");
        page.Append("</svg></figure>\n");
    }

    private static void Begin(StringBuilder page, string caption, string said, int height) =>
        page.Append(CultureInfo.InvariantCulture,
            $"<figure><figcaption>{ReportHtml.Text(caption)}</figcaption><svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{ReportHtml.Text(caption + ". " + said)}\">\n");

    private static string Short(string text)
    {
        var inert = InertWords.Of(text);
        return System.Net.WebUtility.HtmlEncode(inert.Length <= LabelCharactersMax ? inert
            : inert[..(LabelCharactersMax - 1)] + "…");
    }
}

/// <summary>Where moments lie between the first and the last.</summary>
internal sealed class TimelineScale
{
    public TimelineScale(IReadOnlyList<ReportMark> marks)
    {
        Lanes = [.. marks.Select(mark => mark.Lane).Distinct(StringComparer.Ordinal)];
        From = marks.Count == 0 ? DateTimeOffset.UnixEpoch : marks.Min(mark => mark.At);
        To = marks.Count == 0 ? DateTimeOffset.UnixEpoch : marks.Max(mark => mark.At);
    }

    public IReadOnlyList<string> Lanes { get; }

    public DateTimeOffset From { get; }

    public DateTimeOffset To { get; }

    /// <summary>0 for the first moment, 1 for the last.</summary>
    public double Share(DateTimeOffset at) => To == From ? 0.5 : (at - From) / (To - From);

    public int LaneOf(ReportMark mark) => Lanes.Index().First(lane => lane.Item == mark.Lane).Index;
}
