using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>A view of the alert queue, exactly as its address says it. Unknown words in an address restrict nothing.</summary>
public sealed record AlertQuery
{
    /// <summary>Longest filter text taken from an address, in characters.</summary>
    public const int TextCharactersMax = 1_000;

    /// <summary>Relative time ranges an address may name.</summary>
    public static IReadOnlyList<(string Key, string Name, TimeSpan Length)> Ranges { get; } =
    [
        ("15m", "Last 15 minutes", TimeSpan.FromMinutes(15)),
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
    ];

    /// <summary>Which alerts by how far people have come: the name in an address, for people, and as a condition.</summary>
    public static IReadOnlyList<(string Key, string Name, string Condition)> Statuses { get; } =
    [
        ("", "Open", "status < closed and not suppression: *"),
        ("new", "New", "status: new and not suppression: *"),
        ("acknowledged", "Acknowledged", "status: acknowledged and not suppression: *"),
        ("inProgress", "In progress", "status: inProgress and not suppression: *"),
        ("closed", "Closed", "status: closed"),
        ("suppressed", "Suppressed", "suppression: *"),
        ("all", "All", ""),
    ];

    /// <summary>Fields the queue can be grouped by.</summary>
    public static IReadOnlyList<(string Key, string Name)> GroupFields { get; } =
    [
        ("source", "Source"), ("severity", "Severity"), ("about", "Who"), ("about.type", "Kind of entity"), ("status", "Status"),
        ("assignee", "Assignee"), ("incident", "Incident"), ("kind", "Rule or model"), ("closeReason", "Close reason"),
    ];

    /// <summary>The range that is given by <see cref="From"/> and <see cref="To"/>.</summary>
    public const string CustomRange = "custom";

    /// <summary>The status an address names to say that it filters nothing on purpose: it is not led on to anybody's own view.</summary>
    public const string PlainStatus = "open";

    /// <summary>Most conditions that are pinned.</summary>
    public const int PinsMax = 8;

    private const int GroupsMax = 3;

    public Severity? SeverityMin { get; init; }
    public string Status { get; init; } = "";
    public string Source { get; init; } = "";
    public string Entity { get; init; } = "";
    public string Incident { get; init; } = "";

    /// <summary>In the query language.</summary>
    public string Text { get; init; } = "";

    /// <summary>Conditions in the query language that stay while the query changes, one in a line.</summary>
    public string Pins { get; init; } = "";

    public string Range { get; init; } = "";
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }

    /// <summary>Fields to group by, joined by commas.</summary>
    public string Groups { get; init; } = "";

    /// <summary>The alert whose details are open; empty for none.</summary>
    public string Selected { get; init; } = "";

    /// <summary>Whether anything is filtered out beside what is dealt with.</summary>
    public bool IsFiltered => this with { Selected = "", Groups = "" } != new AlertQuery();

    /// <summary>The fields to group by that exist.</summary>
    public IReadOnlyList<string> GroupBy =>
        [.. Groups.Split(',').Where(name => GroupFields.Any(known => known.Key == name)).Distinct().Take(GroupsMax)];

    /// <summary>The conditions that stay while the query changes.</summary>
    public IReadOnlyList<string> Pinned => Pins.Length == 0 ? [] : Pins.Split('\n');

    /// <summary>What is kept of this view under a name: its address after the question mark, without what is open.</summary>
    public string Kept => Closed.Address is var address && address.Contains('?', StringComparison.Ordinal)
        ? address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";

    /// <summary>The address of this view.</summary>
    public string Address => QueryHelpers.AddQueryString("/alerts", Parts().Where(part => !string.IsNullOrEmpty(part.Value)));

    /// <summary>The same view with an address that says so even where it filters nothing.</summary>
    public AlertQuery Plain => this == new AlertQuery() ? this with { Status = PlainStatus } : this;

    /// <summary>The view without open details.</summary>
    public AlertQuery Closed => this with { Selected = "" };

    /// <summary>From when to when, at a moment; nulls are open ends.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Span(DateTimeOffset now) =>
        Ranges.FirstOrDefault(range => range.Key == Range) is { Key: not null } relative
            ? (now - relative.Length, null) : (From, To);

    /// <summary>The whole view in the query language, at a moment: what is shown, counted and ordered over is this and nothing else.</summary>
    public string ToQuery(DateTimeOffset now)
    {
        var (from, to) = Span(now);
        string[] parts =
        [
            Statuses.FirstOrDefault(status => status.Key == Status).Condition ?? Statuses[0].Condition,
            SeverityMin is { } severity ? $"severity >= {severity.ToString().ToLowerInvariant()}" : "",
            QueryText.Is("source", Source), QueryText.Is("entity", Entity), QueryText.Is("incident", Incident),
            from is { } first ? $"at >= \"{Wording.Iso(first)}\"" : "",
            to is { } last ? $"at < \"{Wording.Iso(last)}\"" : "",
            .. Pinned.Select(pin => $"({pin})"),
            Text.Trim().Length > 0 ? $"({Text.Trim()})" : "",
        ];
        return string.Join(" and ", parts.Where(part => part.Length > 0));
    }

    /// <summary>The same view with only those alerts that have these values.</summary>
    public AlertQuery Narrowed(IReadOnlyList<string> fields, IReadOnlyList<string> values)
    {
        var conditions = fields.Zip(values).Select(pair => pair.Second.Length == 0 && pair.First == "closeReason"
            ? "not closeReason: *" : $"{pair.First}: {QueryText.Quoted(pair.Second)}");
        var text = string.Join(" and ", conditions.Prepend(Text.Trim().Length > 0 ? $"({Text.Trim()})" : "").Where(part => part.Length > 0));
        return this with { Text = Clip(text), Groups = "", Selected = "" };
    }

    /// <summary>A severity as an address spells it; null when it is none.</summary>
    public static Severity? ParseSeverity(string? text) =>
        Enum.GetValues<Severity>().Cast<Severity?>().FirstOrDefault(severity => Marks.Css(severity!.Value) == text);

    /// <summary>An instant as an address or a date field spells it, taken as UTC; null when it is none.</summary>
    public static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at : null;

    /// <summary>Text from an address, bounded.</summary>
    public static string Clip(string? text) =>
        text is null ? "" : text.Length > TextCharactersMax ? text[..TextCharactersMax] : text;

    /// <summary>The same view with what is written pinned: it stays while something else is written.</summary>
    public AlertQuery WithTextPinned() => this with { Pins = JoinPins([.. Pinned, Text]), Text = "" };

    /// <summary>The same view without one of its pins.</summary>
    public AlertQuery WithoutPin(string pin) => this with { Pins = JoinPins(Pinned.Where(one => one != pin)) };

    /// <summary>Pins from an address, each bounded and one line, the first so many.</summary>
    public static string JoinPins(IEnumerable<string?>? pins) => string.Join('\n', (pins ?? [])
        .Select(pin => Clip(pin).ReplaceLineEndings(" ").Trim()).Where(pin => pin.Length > 0).Distinct(StringComparer.Ordinal).Take(PinsMax));

    /// <summary>A view from what an address says after the question mark. What it does not know restricts nothing.</summary>
    public static AlertQuery Parse(string query)
    {
        var parts = QueryHelpers.ParseQuery(query);
        string Text(string name) => Clip(parts.TryGetValue(name, out var values) ? values[0] : "");
        return new AlertQuery
        {
            Status = Text("status") is PlainStatus ? "" : Text("status"),
            SeverityMin = ParseSeverity(Text("severity")),
            Source = Text("source"),
            Entity = Text("entity"),
            Incident = Text("incident"),
            Text = Text("q"),
            Pins = JoinPins(parts.TryGetValue("pin", out var pins) ? (IEnumerable<string?>)pins! : []),
            Range = Text("range"),
            From = ParseTime(Text("from")),
            To = ParseTime(Text("to")),
            Groups = Text("group"),
            Selected = Text("alert"),
        };
    }

    private IEnumerable<KeyValuePair<string, string?>> Parts() =>
    [
        .. Pinned.Select(pin => new KeyValuePair<string, string?>("pin", pin)),
        new("status", Status),
        new("severity", SeverityMin is { } severity ? Marks.Css(severity) : null),
        new("source", Source),
        new("entity", Entity),
        new("incident", Incident),
        new("q", Text),
        new("range", Range),
        new("from", From is { } from ? Wording.Iso(from) : null),
        new("to", To is { } to ? Wording.Iso(to) : null),
        new("group", Groups),
        new("alert", Selected),
    ];
}
