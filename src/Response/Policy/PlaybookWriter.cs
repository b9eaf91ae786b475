using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Policy;

/// <summary>Writes a playbook as the YAML that <see cref="PlaybookLoader"/> reads. Pure; reading it back gives the same playbook.</summary>
public static class PlaybookWriter
{
    /// <summary>A playbook's text.</summary>
    public static string Write(Playbook playbook)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        var text = new StringBuilder();
        Line(text, "name: " + playbook.Name);
        if (playbook.Description.Length > 0)
            Line(text, "description: " + Quoted(playbook.Description));
        Line(text, "mode: " + PublishedName.Of(playbook.Mode));
        WriteConditions(text, playbook.When);
        Line(text, "actions:");
        foreach (var action in playbook.Actions)
            Step(text, PublishedName.Of(action.Kind), ("ttl", Time(action.Ttl)));
        if (playbook.StepUpFor is { } time)
            Step(text, "requireStepUp", ("ttl", Time(time)));
        foreach (var channel in playbook.Notifies)
            Step(text, "notify", ("channel", Quoted(channel)));
        foreach (var task in playbook.Tasks)
            Step(text, "openTask", ("title", Quoted(task.Title)), ("due", Time(task.Within)));
        return text.ToString();
    }

    private static void WriteConditions(StringBuilder text, PlaybookConditions when)
    {
        var lines = new List<string>();
        Add(lines, "severityMin", when.SeverityMin is { } severity ? PublishedName.Of(severity) : null);
        Add(lines, "scoreMin", when.ScoreMin?.ToString("0.################", CultureInfo.InvariantCulture));
        Add(lines, "confidenceMin", when.ConfidenceMin is { } confidence ? PublishedName.Of(confidence) : null);
        Add(lines, "alertsMin", when.AlertsMin?.ToString(CultureInfo.InvariantCulture));
        Add(lines, "sourcesMin", when.SourcesMin?.ToString(CultureInfo.InvariantCulture));
        Add(lines, "stageMin", when.StageMin is { } stage ? PublishedName.Of(stage) : null);
        Add(lines, "hours", when.Hours is { } hours ? Quoted($"{hours.From:HH\\:mm}-{hours.Until:HH\\:mm}") : null);
        Add(lines, "sources", List(when.Sources));
        Add(lines, "tags", List(when.Tags));
        Add(lines, "entities", List(when.Entities.Select(PublishedName.Of)));
        Add(lines, "days", List(when.Days.Select(PublishedName.Of)));
        if (lines.Count == 0)
            return;
        Line(text, "when:");
        foreach (var line in lines)
            Line(text, "  " + line);
    }

    private static void Step(StringBuilder text, string kind, params (string Name, string Value)[] fields)
    {
        Line(text, "  - kind: " + kind);
        foreach (var (name, value) in fields)
            Line(text, $"    {name}: {value}");
    }

    /// <summary>In the largest unit that says it exactly; what is not whole minutes is rounded up.</summary>
    private static string Time(TimeSpan time)
    {
        var minutes = (long)Math.Ceiling(time.TotalMinutes);
        var (amount, unit) = minutes % 1_440 == 0 ? (minutes / 1_440, 'd')
            : minutes % 60 == 0 ? (minutes / 60, 'h') : (minutes, 'm');
        return amount.ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static string? List(IEnumerable<string> texts) =>
        string.Join(", ", texts.Select(Quoted)) is { Length: > 0 } list ? $"[{list}]" : null;

    /// <summary>A double-quoted scalar: whatever stands in it stays in it.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var unit in text)
        {
            if (unit is '"' or '\\')
                quoted.Append('\\').Append(unit);
            else if (char.IsControl(unit) || unit is '\u2028' or '\u2029' or '\uFEFF')
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                quoted.Append(unit);
        }
        return quoted.Append('"').ToString();
    }

    private static void Add(List<string> lines, string name, string? value)
    {
        if (value is not null)
            lines.Add($"{name}: {value}");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
