using System.Globalization;
using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Incidents;

/// <summary>How far a count may be trusted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CountConfidence>))]
public enum CountConfidence
{
    /// <summary>Every event the alerts rest on was counted.</summary>
    [JsonStringEnumMemberName("exact")] Exact,

    /// <summary>Some events are not kept: there may be more.</summary>
    [JsonStringEnumMemberName("at-least")] AtLeast,
}

/// <summary>One count, with how it was made.</summary>
/// <param name="What">What was counted.</param>
/// <param name="Count">How many.</param>
/// <param name="Confidence">How far to trust it.</param>
/// <param name="Query">The exact query over the events in evidence that gives it again.</param>
/// <param name="Basis">One sentence: over how many events, and what is missing.</param>
public sealed record AffectedCount(string What, long Count, CountConfidence Confidence, string Query, string Basis);

/// <summary>Who and what an incident touched. Pure; O(events).</summary>
public sealed record AffectedCounts
{
    /// <summary>Different persons whose data or identity an event in evidence is about.</summary>
    public required AffectedCount Persons { get; init; }

    /// <summary>Different persons about whom something was carried out: not refused, not reverted.</summary>
    public required AffectedCount PersonsReached { get; init; }

    /// <summary>Different records: pairs of person and named record, or person and act where no record is named.</summary>
    public required AffectedCount Records { get; init; }

    /// <summary>Accesses and other acts.</summary>
    public required AffectedCount Accesses { get; init; }

    /// <summary>The persons, by pseudonym, in ordinal order.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>Acts for each category of data, most frequent first.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Categories { get; init; }

    /// <summary>Organizations whose people or nodes acted, in ordinal order.</summary>
    public required IReadOnlyList<string> Organizations { get; init; }

    /// <summary>Counts what a dossier holds.</summary>
    public static AffectedCounts Of(IncidentDossier dossier)
    {
        ArgumentNullException.ThrowIfNull(dossier);
        var events = dossier.Events;
        var about = events.Where(item => item.Subject.Length > 0).ToList();
        // Patients an alert names without an event in evidence are affected, too.
        var named = dossier.Alerts.SelectMany(alert => alert.RelatedEntities.Append(alert.Entity))
            .Where(entity => entity.Type == EntityType.Patient).Select(entity => entity.Id);
        var subjects = about.Select(item => item.Subject).Concat(named).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        var reached = about.Where(item => item.IsCarriedOut).Select(item => item.Subject)
            .Distinct(StringComparer.Ordinal).Count();
        var records = about.Select(item => (item.Subject, item.Record.Length > 0 ? item.Record : item.Act)).Distinct().Count();
        AffectedCount Counted(string what, long count, string query) => Of(dossier, what, count, query);
        return new AffectedCounts
        {
            Persons = Counted("persons", subjects.Count, "count distinct subject, and patients that alerts name"),
            PersonsReached = Counted("persons reached", reached, "count distinct subject where status = success or decision = match"),
            Records = Counted("records", records, "count distinct (subject, record or act) where subject is present"),
            Accesses = Counted("acts", events.Count, "count events"),
            Subjects = subjects,
            Categories = CategoriesOf(events),
            Organizations = [.. events.Select(item => item.Organization).Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    private static AffectedCount Of(IncidentDossier dossier, string what, long count, string query)
    {
        var beyond = dossier.Alerts.Sum(alert => Math.Max(0, alert.EventCount - alert.EventIds.Count));
        var unread = dossier.Incident.AlertCount - dossier.Alerts.Count;
        var isWhole = beyond == 0 && unread <= 0 && dossier.MissingEventIds.Count == 0;
        var basis = string.Create(CultureInfo.InvariantCulture,
            $"Over {dossier.Events.Count} events in evidence of {dossier.Alerts.Count} alerts");
        basis += isWhole ? "; none is missing." : string.Create(CultureInfo.InvariantCulture,
            $"; {dossier.MissingEventIds.Count} events are not kept, alerts rest on {beyond} more, {Math.Max(0, unread)} alerts were not read.");
        var scope = $"events in evidence of incident \"{dossier.Incident.Id}\" version {dossier.Incident.Version}: ";
        return new AffectedCount(what, count, isWhole ? CountConfidence.Exact : CountConfidence.AtLeast, scope + query, basis);
    }

    private static List<KeyValuePair<string, int>> CategoriesOf(IReadOnlyList<DossierEvent> events) =>
        [.. events.SelectMany(item => item.DataCategories).GroupBy(name => name, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, group.Count()))
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
}
