using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Reports;

/// <summary>An alert and when the monitor raised it.</summary>
/// <param name="Alert">The alert; its own instant is that of the event.</param>
/// <param name="RaisedAt">When it was entered into the evidence log.</param>
public sealed record PeriodAlert(Alert Alert, DateTimeOffset RaisedAt);

/// <summary>Something a person did or read.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">One of <see cref="EvidenceKind"/>.</param>
/// <param name="About">What it is about: an incident, a report, a rule or a person's pseudonym.</param>
/// <param name="By">Who.</param>
/// <param name="Action">What, in a word.</param>
/// <param name="Detail">What was said; empty when nothing was.</param>
public sealed record PeriodAct(DateTimeOffset At, string Kind, string About, string By, string Action, string Detail);

/// <summary>What the evidence log knows of a period: what activity reviews and summaries are written from. The same log gives the same record.</summary>
public sealed record PeriodRecord
{
    /// <summary>The kinds of entries it is made of.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        EvidenceKind.Alert, EvidenceKind.Incident, EvidenceKind.Decision, EvidenceKind.Refusal, EvidenceKind.Approval,
            EvidenceKind.Step,
        EvidenceKind.Receipt, EvidenceKind.Versions, EvidenceKind.Analyst, EvidenceKind.Read, EvidenceKind.Erasure,
            EvidenceKind.Heartbeat,
    };

    /// <summary>The beginning.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The end, which is not in it.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>As of when it is known.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Entries of the evidence log with this number or a higher one are not in it.</summary>
    public required long Below { get; init; }

    /// <summary>Alerts about events of the period, oldest first.</summary>
    public required IReadOnlyList<PeriodAlert> Alerts { get; init; }

    /// <summary>Incidents that began in the period, in their newest version, oldest first.</summary>
    public required IReadOnlyList<Incident> Incidents { get; init; }

    /// <summary>Containments decided in the period as they stood at last, oldest first.</summary>
    public required IReadOnlyList<ContainmentAction> Actions { get; init; }

    /// <summary>What guardrails refused.</summary>
    public required IReadOnlyList<GuardrailRefusal> Refusals { get; init; }

    /// <summary>What people did and read, in the order of the log.</summary>
    public required IReadOnlyList<PeriodAct> Acts { get; init; }

    /// <summary>Changes of program, rules, models, playbooks or settings, with the digest of what was in force then.</summary>
    public required IReadOnlyList<(DateTimeOffset At, string Sha256)> Versions { get; init; }

    /// <summary>How much of it was watched.</summary>
    public required PeriodCoverage Coverage { get; init; }

    /// <summary>Entries it was made of.</summary>
    public required int EntryCount { get; init; }

    /// <summary>Whether everything that was asked for could be read.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The record of a period. Pure; O(entries).</summary>
    /// <param name="page">Entries of <see cref="Kinds"/>, from the period's beginning or before.</param>
    /// <param name="from">The beginning.</param>
    /// <param name="to">The end.</param>
    /// <param name="asOf">As of when the entries are known.</param>
    public static PeriodRecord Of(JournalPage page, DateTimeOffset from, DateTimeOffset to, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(page);
        var known = page.Entries.ToLookup(item => item.Entry.Kind, StringComparer.Ordinal);
        // What happened in the network counts by its own time; what people and the monitor did, by when it was entered.
        bool Within(DateTimeOffset at) => at >= from && at < to;
        var within = page.Entries.Where(item => Within(item.Entry.At))
            .ToLookup(item => item.Entry.Kind, StringComparer.Ordinal);
        var incidents = Newest(known[EvidenceKind.Incident].Select(Read<Incident>), incident => incident.Id);
        var actions = Newest(
            page.Entries.Where(item => ActionKinds.Contains(item.Entry.Kind)).Select(ActionOf),
            action => action.Key);
        return new PeriodRecord
        {
            From = from,
            To = to,
            AsOf = asOf,
            Below = page.Below,
            Alerts = [.. known[EvidenceKind.Alert].Select(item => new PeriodAlert(Read<Alert>(item), item.Entry.At))
                .Where(item => Within(item.Alert.At)).DistinctBy(item => item.Alert.Id).OrderBy(item => item.Alert.At)],
            Incidents = [.. incidents.Where(incident => Within(incident.OpenedAt) && incident.MergedInto.Length == 0)
                .OrderBy(incident => incident.OpenedAt).ThenBy(incident => incident.Id, StringComparer.Ordinal)],
            Actions = [.. actions.Where(action => Within(action.DecidedAt))
                .OrderBy(action => action.DecidedAt).ThenBy(action => action.Key, StringComparer.Ordinal)],
            Refusals = [.. within[EvidenceKind.Refusal].Select(Read<GuardrailRefusal>)],
            Acts = [.. ActKinds.SelectMany(kind => within[kind]).OrderBy(item => item.Entry.Number).Select(PeriodActs.Of)],
            Versions = [.. within[EvidenceKind.Versions]
                .Select(item => (item.Entry.At, Sha256: Convert.ToHexStringLower(SHA256.HashData(item.Body.Span))))
                .DistinctBy(item => item.Sha256)],
            Coverage = PeriodCoverage.Of(
                [.. within[EvidenceKind.Heartbeat].Select(Heartbeat.Of).OfType<Heartbeat>()], from, to < asOf ? to : asOf),
            EntryCount = within.Sum(group => group.Count()),
            IsWhole = page.IsWhole,
        };
    }

    private static readonly HashSet<string> ActionKinds =
        [EvidenceKind.Decision, EvidenceKind.Approval, EvidenceKind.Step, EvidenceKind.Receipt];

    private static readonly string[] ActKinds =
        [EvidenceKind.Analyst, EvidenceKind.Approval, EvidenceKind.Read, EvidenceKind.Erasure];

    private static List<T> Newest<T>(IEnumerable<T> versions, Func<T, string> id) where T : class
    {
        var newest = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var version in versions)
            newest[id(version)] = version;
        return [.. newest.Values];
    }

    private static ContainmentAction ActionOf(JournalEntry item)
    {
        using var body = JsonDocument.Parse(item.Body);
        return body.RootElement.GetProperty("action").Deserialize<ContainmentAction>(AlertJson.Options)
            ?? throw new InvalidDataException($"Entry {item.Entry.Number} of the evidence log names no action.");
    }

    private static T Read<T>(JournalEntry item) => JsonSerializer.Deserialize<T>(item.Body.Span, AlertJson.Options)
        ?? throw new InvalidDataException($"Entry {item.Entry.Number} of the evidence log is empty.");
}

/// <summary>What people did, from the bodies of their entries.</summary>
internal static class PeriodActs
{
    public static PeriodAct Of(JournalEntry item)
    {
        using var body = JsonDocument.Parse(item.Body.Length > 0 ? item.Body : "{}"u8.ToArray());
        var root = body.RootElement;
        return item.Entry.Kind == EvidenceKind.Approval
            ? new PeriodAct(item.Entry.At, item.Entry.Kind, item.Entry.IncidentId, Text(root, "by"), "approved", ActionOf(root))
            : new PeriodAct(
                item.Entry.At, item.Entry.Kind, item.Entry.IncidentId.Length > 0 ? item.Entry.IncidentId : item.Entry.Key,
                Names(root, "by"), FirstText(root, "action", "act"), FirstText(root, "reason", "detail", "note"));
    }

    private static string FirstText(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(root, name) is { Length: > 0 } text)
                return text;
        }
        return "";
    }

    private static string ActionOf(JsonElement root) =>
        root.TryGetProperty("action", out var action) && action.ValueKind == JsonValueKind.Object
            ? $"{Text(action, "kind")} of {(action.TryGetProperty("target", out var target) ? Text(target, "id") : "")}" : "";

    private static string Names(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? string.Join(", ", value.EnumerateArray().Select(item => item.GetString())) : Text(root, name);

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
