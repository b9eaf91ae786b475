using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>A view of the alert queue, exactly as its address says it. Unknown words in an address restrict nothing.</summary>
public sealed record AlertQuery
{
    /// <summary>Longest filter text taken from an address, in characters.</summary>
    public const int TextCharactersMax = 200;

    /// <summary>Relative time ranges an address may name.</summary>
    public static IReadOnlyList<(string Key, string Name, TimeSpan Length)> Ranges { get; } =
    [
        ("15m", "Last 15 minutes", TimeSpan.FromMinutes(15)),
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
    ];

    /// <summary>The range that is given by <see cref="From"/> and <see cref="To"/>.</summary>
    public const string CustomRange = "custom";

    public Severity? SeverityMin { get; init; }
    public AlertKind? Kind { get; init; }
    public string Source { get; init; } = "";
    public string Entity { get; init; } = "";
    public string Incident { get; init; } = "";
    public string Text { get; init; } = "";
    public string Range { get; init; } = "";
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }

    /// <summary>Cursor of the page; empty for the newest.</summary>
    public string After { get; init; } = "";

    /// <summary>The alert whose details are open; empty for none.</summary>
    public string Selected { get; init; } = "";

    /// <summary>Whether anything is filtered out.</summary>
    public bool IsFiltered => this with { After = "", Selected = "" } != new AlertQuery();

    /// <summary>The address of this view.</summary>
    public string Address => QueryHelpers.AddQueryString("/alerts", Parts().Where(part => !string.IsNullOrEmpty(part.Value)));

    /// <summary>The view without open details.</summary>
    public AlertQuery Closed => this with { Selected = "" };

    /// <summary>What to ask the store, at a moment.</summary>
    public AlertFilter ToFilter(DateTimeOffset now)
    {
        var relative = Ranges.FirstOrDefault(range => range.Key == Range);
        return new AlertFilter
        {
            SeverityMin = SeverityMin,
            Kind = Kind,
            Source = NullIfEmpty(Source),
            EntityId = NullIfEmpty(Entity),
            IncidentId = NullIfEmpty(Incident),
            Text = NullIfEmpty(Text),
            From = relative.Key is not null ? now - relative.Length : From,
            To = relative.Key is not null ? null : To,
        };
    }

    /// <summary>A severity as an address spells it; null when it is none.</summary>
    public static Severity? ParseSeverity(string? text) =>
        Enum.GetValues<Severity>().Cast<Severity?>().FirstOrDefault(severity => Marks.Css(severity!.Value) == text);

    /// <summary>A kind as an address spells it; null when it is none.</summary>
    public static AlertKind? ParseKind(string? text) =>
        text switch { "rule" => AlertKind.Rule, "model" => AlertKind.Model, _ => null };

    /// <summary>An instant as an address or a date field spells it, taken as UTC; null when it is none.</summary>
    public static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at : null;

    /// <summary>Text from an address, bounded.</summary>
    public static string Clip(string? text) =>
        text is null ? "" : text.Length > TextCharactersMax ? text[..TextCharactersMax] : text;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private IEnumerable<KeyValuePair<string, string?>> Parts() =>
    [
        new("severity", SeverityMin is { } severity ? Marks.Css(severity) : null),
        new("kind", Kind is { } kind ? kind.ToString().ToLowerInvariant() : null),
        new("source", Source),
        new("entity", Entity),
        new("incident", Incident),
        new("q", Text),
        new("range", Range),
        new("from", From is { } from ? Wording.Iso(from) : null),
        new("to", To is { } to ? Wording.Iso(to) : null),
        new("after", After),
        new("alert", Selected),
    ];
}
