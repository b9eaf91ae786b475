using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Export;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>A notice as text: a sentence for people, and CEF in RFC 5424 for collectors. Everything from outside is escaped.</summary>
public static class NoticeText
{
    private const int FieldLengthMax = 1_000;

    /// <summary>One line for a subject or title.</summary>
    public static string Subject(PlannedNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return Plain($"[{notice.Severity}] {notice.Title}");
    }

    /// <summary>A few lines for people.</summary>
    public static string Body(PlannedNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var text = new StringBuilder()
            .AppendLine(Subject(notice))
            .AppendLine(CultureInfo.InvariantCulture, $"About: {Plain(notice.Principal.ToString())}")
            .AppendLine(CultureInfo.InvariantCulture, $"Incident: {Plain(notice.IncidentId)}")
            .AppendLine(CultureInfo.InvariantCulture, $"Sources: {Plain(string.Join(", ", notice.Sources))}")
            .AppendLine(CultureInfo.InvariantCulture, $"Playbook: {Plain(notice.Playbook)}")
            .AppendLine(CultureInfo.InvariantCulture, $"Decided: {notice.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        if (notice.IsBreakGlass)
            text.AppendLine("Emergency access is involved: it is not blocked and must be reviewed.");
        return text.ToString();
    }

    /// <summary>A line of ArcSight's Common Event Format, version 0.</summary>
    public static string Cef(PlannedNotice notice, string version)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return CefLine.Of(version, Plain(notice.Sources.Count > 0 ? notice.Sources[0] : "incident"), Plain(notice.Title), notice.Severity,
        [
            ("rt", CefLine.Number(notice.At.ToUnixTimeMilliseconds())),
            ("externalId", Plain(notice.IncidentId)),
            ("suser", notice.Principal.Type == EntityType.Actor ? Plain(notice.Principal.Id) : ""),
            ("cs1Label", "principal"),
            ("cs1", Plain(notice.Principal.ToString())),
            ("cs2Label", "playbook"),
            ("cs2", Plain(notice.Playbook)),
            ("cat", notice.IsBreakGlass ? "break-glass" : "incident"),
            ("msg", Subject(notice)),
        ]);
    }

    /// <summary>A message of RFC 5424 around CEF: facility 13 (log audit), MSGID <c>incident</c>.</summary>
    public static string Syslog(PlannedNotice notice, string host, string version)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var priority = (13 * 8) + (notice.Severity >= Severity.Critical ? 2 : notice.Severity >= Severity.High ? 3 : 4);
        return string.Create(CultureInfo.InvariantCulture,
            $"<{priority}>1 {notice.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Name(host, 255)} sentinelhealth - incident "
            + $"[sentinelhealth@32473 incident=\"{Parameter(notice.IncidentId)}\" playbook=\"{Parameter(notice.Playbook)}\"] \uFEFF{Cef(notice, version)}");
    }

    private static string Parameter(string text) => Plain(text).Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal);

    private static string Name(string text, int lengthMax)
    {
        var name = new string([.. text.Where(unit => unit is > ' ' and < (char)127).Take(lengthMax)]);
        return name.Length == 0 ? "-" : name;
    }

    /// <summary>One line without control characters: what an attacker puts into a name must not become a line or a field of its own.</summary>
    private static string Plain(string text) => CefLine.Plain(text.Length > FieldLengthMax ? text[..FieldLengthMax] : text);
}
