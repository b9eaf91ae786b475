using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Export;

/// <summary>Lines of ArcSight's Common Event Format, version 0. Whatever stands in a field stays within it.</summary>
public static class CefLine
{
    /// <summary>An alert, without a line break.</summary>
    public static string Of(Alert alert, string program)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return Of(program, alert.Source, alert.Reason, alert.Severity,
        [
            ("rt", Number(alert.At.ToUnixTimeMilliseconds())),
            ("externalId", alert.Id),
            ("suser", alert.Entity.Id),
            ("cat", alert.Kind.ToString().ToLowerInvariant()),
            ("cs1Label", "incident"),
            ("cs1", alert.IncidentId),
            ("cn1Label", "score"),
            ("cn1", (100 * alert.Score).ToString("0", CultureInfo.InvariantCulture)),
            ("msg", alert.Reason),
        ]);
    }

    /// <summary>A line of these fields; those that are empty are left out.</summary>
    internal static string Of(
        string program, string signature, string name, Severity severity, IEnumerable<(string Key, string Value)> fields)
    {
        var header = string.Join(
            '|', "CEF:0", "SentinelHealth", "SentinelHealth", Header(program), Header(signature), Header(name), Number(SeverityOf(severity)));
        return header + "|" + string.Join(' ', fields.Where(field => field.Value.Length > 0).Select(field => $"{field.Key}={Value(field.Value)}"));
    }

    /// <summary>Line breaks and other control characters would begin a new record for whoever reads lines.</summary>
    internal static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var unit in text)
            plain.Append(char.IsControl(unit) || unit is '\u2028' or '\u2029' ? ' ' : unit);
        return plain.ToString();
    }

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static int SeverityOf(Severity severity) => severity switch
    {
        Severity.Critical => 10,
        Severity.High => 8,
        Severity.Medium => 5,
        Severity.Low => 3,
        _ => 1,
    };

    private static string Header(string text) => Escaped(text, "|");

    private static string Value(string text) => Escaped(text, "=");

    private static string Escaped(string text, string mark) =>
        Plain(text).Replace(@"\", @"\\", StringComparison.Ordinal).Replace(mark, @"\" + mark, StringComparison.Ordinal);
}
