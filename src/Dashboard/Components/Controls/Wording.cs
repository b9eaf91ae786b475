using System.Globalization;
using Microsoft.Extensions.Localization;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>How numbers, times and states read on every page. Culture-invariant; times are UTC.</summary>
public static class Wording
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A whole number with thin groups: <c>1,234</c>.</summary>
    public static string Count(long value) => value.ToString("N0", Plain);

    /// <summary>A large count in at most four characters and a unit: <c>1.2 M</c>.</summary>
    public static string Compact(double value) => Math.Abs(value) switch
    {
        >= 1e9 => (value / 1e9).ToString("0.#", Plain) + " G",
        >= 1e6 => (value / 1e6).ToString("0.#", Plain) + " M",
        >= 1e4 => (value / 1e3).ToString("0.#", Plain) + " k",
        >= 100 => value.ToString("N0", Plain),
        _ => value.ToString("0.#", Plain),
    };

    /// <summary>A score or share to two places; three where two would round to one.</summary>
    public static string Score(double value) => value.ToString(value is > 0.99 and < 1 ? "0.000" : "0.00", Plain);

    /// <summary>A number for an SVG attribute.</summary>
    public static string Svg(double value) => value.ToString("0.##", Plain);

    /// <summary>A share of a whole as an SVG length.</summary>
    public static string Percent(double share) => (100 * Math.Clamp(share, 0, 1)).ToString("0.##", Plain) + "%";

    /// <summary>Time of day.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", Plain);

    /// <summary>Day and month.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM", Plain);

    /// <summary>Date and time of day.</summary>
    public static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM HH:mm:ss", Plain);

    /// <summary>Date and time with its zone, for titles.</summary>
    public static string FullStamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", Plain);

    /// <summary>The machine-readable form of an instant.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", Plain);

    /// <summary>How long ago, in one unit.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) =>
        now - at < TimeSpan.FromSeconds(1) ? "now" : Span(now - at) + " ago";

    /// <summary>How long ago, in the reader's language.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now, IStringLocalizer<Words>? words) =>
        words is null ? Ago(at, now) : now - at < TimeSpan.FromSeconds(1) ? words["now"] : words["{0} ago", Span(now - at)];

    /// <summary>A length of time in one or two units.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 24 } => span.Minutes == 0 ? $"{(int)span.TotalHours} h" : $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => span.Hours == 0 ? $"{(int)span.TotalDays} d" : $"{(int)span.TotalDays} d {span.Hours} h",
    };

    /// <summary>What is left, to the second: <c>1:04:09</c>.</summary>
    public static string Countdown(TimeSpan left)
    {
        if (left <= TimeSpan.Zero) return "0:00";
        var hours = (int)left.TotalHours;
        return hours > 0 ? $"{hours}:{left.Minutes:00}:{left.Seconds:00}" : $"{left.Minutes}:{left.Seconds:00}";
    }

    /// <summary>The severity's name.</summary>
    public static string Name(Severity severity) => severity == Severity.Informational ? "Info" : severity.ToString();

    /// <summary>How far people have come with an alert.</summary>
    public static string Name(AlertStatus status) => status == AlertStatus.InProgress ? "In progress" : status.ToString();

    /// <summary>Why an alert was closed.</summary>
    public static string Name(CloseReason reason) => reason switch
    {
        CloseReason.Harmful => "Real, with harm",
        CloseReason.Harmless => "Real, without harm",
        CloseReason.FalsePositive => "False alarm",
        _ => reason.ToString(),
    };

    /// <summary>What a reason for closing says, and what detection makes of it.</summary>
    public static string Meaning(CloseReason reason) => reason switch
    {
        CloseReason.Harmful => "An attack or violation that did damage. Its detector is credited.",
        CloseReason.Harmless => "An attack or violation that came to nothing. Its detector is credited.",
        CloseReason.Legitimate => "It happened as said, and was allowed. Its risk is taken back.",
        CloseReason.FalsePositive => "The alert was wrong. Its risk is taken back, and its detector is debited.",
        CloseReason.Duplicate => "Another alert says the same. Detection learns nothing from it.",
        _ => "It could not be found out. Detection learns nothing from it.",
    };

    /// <summary>What an action does, as a verb and an object.</summary>
    public static string Name(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => "Quarantine node",
        ActionKind.RevokeGrant => "Revoke grant",
        ActionKind.SuspendActor => "Suspend actor",
        ActionKind.PauseContract => "Pause contract",
        _ => kind.ToString(),
    };

    /// <summary>What undoing an action does.</summary>
    public static string Inverse(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => "Release node",
        ActionKind.RevokeGrant => "Restore grant",
        ActionKind.SuspendActor => "Reinstate actor",
        ActionKind.PauseContract => "Resume contract",
        _ => "Undo",
    };

    /// <summary>What a state means for a reader.</summary>
    public static string Name(ActionState state) => state switch
    {
        ActionState.Proposed => "Awaiting approval",
        ActionState.Confirmed => "In force",
        ActionState.Reconciled => "In force (reconciled)",
        ActionState.Unknown => "Asking the ledger",
        _ => state.ToString(),
    };

    /// <summary>The name of an enumeration's value as words: <c>Missing field</c>.</summary>
    public static string Words(Enum value) => string.Concat(value.ToString()
        .Select((letter, i) => i > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>A long identifier shortened in the middle.</summary>
    public static string Shorten(string id, int charactersMax = 20)
    {
        var shown = InertText.Of(id);
        if (shown.Length <= charactersMax) return shown;
        var head = charactersMax * 2 / 3;
        return string.Concat(shown.AsSpan(0, head), "…", shown.AsSpan(shown.Length - (charactersMax - head - 1)));
    }
}
