using System.Globalization;
using System.Text;
using QRCoder;

namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>A text as the path of a QR code, to be drawn inline: no image leaves the page.</summary>
internal static class QrPicture
{
    /// <summary>The path, one unit a module, with the quiet zone that readers need.</summary>
    public static (string ViewBox, string Path) Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                if (rows[y][x])
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }
        return (string.Create(CultureInfo.InvariantCulture, $"0 0 {rows.Count} {rows.Count}"), path.ToString());
    }
}
