using System.Text;
using SentinelHealth.Dashboard.Components.Controls;

namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>Geometry of line charts, kept apart from markup so that it can be tested.</summary>
internal static class SeriesPath
{
    /// <summary>SVG path of a line through evenly spaced values, zero at the bottom.</summary>
    public static string Line(IReadOnlyList<double> values, double top, double width, double height)
    {
        if (values.Count < 2) return $"M0 {Wording.Svg(height)}L{Wording.Svg(width)} {Wording.Svg(height)}";
        var scale = top > 0 ? (height - 1) / top : 0;
        var path = new StringBuilder(values.Count * 12);
        for (var i = 0; i < values.Count; i++)
        {
            path.Append(i == 0 ? 'M' : 'L').Append(Wording.Svg(width * i / (values.Count - 1)));
            path.Append(' ').Append(Wording.Svg(height - (Math.Max(0, values[i]) * scale)));
        }
        return path.ToString();
    }

    /// <summary>SVG path of the area between two lines, closed.</summary>
    public static string Band(IReadOnlyList<(double Low, double High)> band, double top, double width, double height)
    {
        var upper = Line([.. band.Select(item => item.High)], top, width, height);
        var lower = Line([.. band.Select(item => item.Low)], top, width, height).TrimStart('M').Split('L');
        return upper + "L" + string.Join('L', lower.Reverse()) + "Z";
    }

    /// <summary>
    /// The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below a value: a readable end of an axis.
    /// </summary>
    public static double NiceTop(double value)
    {
        if (!(value > 0)) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (var step in (ReadOnlySpan<double>)[1, 1.5, 2, 3, 4, 5, 6, 8])
        {
            if (step * power >= value) return step * power;
        }
        return 10 * power;
    }
}
