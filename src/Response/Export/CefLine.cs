using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Export;

/// <summary>An alert as one line of the Common Event Format.</summary>
public static class CefLine
{
    private static readonly Dictionary<Severity, int> Severities = new()
    {
        [Severity.Informational] = 1,
        [Severity.Low] = 3,
        [Severity.Medium] = 5,
        [Severity.High] = 8,
        [Severity.Critical] = 10,
    };

    /// <summary>The line, without a line break. Whatever stands in the alert stays within its field.</summary>
    public static string Of(Alert alert, string program)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var score = (100 * alert.Score).ToString("0", CultureInfo.InvariantCulture);
        return $"CEF:0|SentinelHealth|SentinelHealth|{Header(program)}|{Header(alert.Source)}|{Header(alert.Reason)}|{Severities[alert.Severity]}|"
            + $"rt={alert.At.ToUnixTimeMilliseconds()} externalId={Value(alert.Id)} suser={Value(alert.Entity.Id)} cat={alert.Kind.ToString().ToLowerInvariant()} "
            + $"cs1Label=incident cs1={Value(alert.IncidentId)} cn1Label=score cn1={score} msg={Value(alert.Reason)}";
    }

    private static string Header(string text) => Plain(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);

    private static string Value(string text) => Plain(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>Line breaks and other control characters would begin a new record for whoever reads lines.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var unit in text)
            plain.Append(char.IsControl(unit) || unit is '\u2028' or '\u2029' ? ' ' : unit);
        return plain.ToString();
    }
}
