using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Triage;

/// <summary>What a query may ask about alerts, and where each field is in one.</summary>
public static class AlertFields
{
    private static readonly string[] Entities = [.. Enum.GetValues<EntityType>().Select(PublishedName.Of)];

    /// <summary>The fields.</summary>
    public static QuerySchema Schema { get; } = new(
    [
        Rank("severity", "How bad it is", Names<Severity>()),
        Rank("status", "How far people have come with it", Names<AlertStatus>()),
        Word("source", "The detector or rule") with { IsLowerCase = true, IsSearched = true },
        Rank("kind", "Rule or model", Names<AlertKind>()),
        new("reason", QueryFieldKind.Text, "The sentence that says what happened") { IsSearched = true },
        Word("entity", "Whom or what it is about, or any entity it touches") with { IsSearched = true },
        Word("about", "Whom or what it is about, alone"),
        Word("about.type", "Kind of what it is about") with { Names = Entities, IsLowerCase = true },
        new("at", QueryFieldKind.Instant, "When it happened"),
        new("score", QueryFieldKind.Number, "Calibrated strangeness, 0 to 1"),
        Word("assignee", "Who has it"),
        Rank("closeReason", "Why it was closed", Names<CloseReason>()),
        Word("tags", "ATT&CK techniques and our own tags") with { IsLowerCase = true, IsSearched = true },
        Word("feature", "A part of the score, by its name"),
        new("eventCount", QueryFieldKind.Number, "How many events it rests on"),
        Word("event", "An event it rests on"),
        Word("incident", "The incident it is shown in") with { IsSearched = true },
        new("breakGlass", QueryFieldKind.Flag, "Whether emergency access is involved"),
        Word("suppression", "The suppression that keeps it out of the queue"),
        new("notes", QueryFieldKind.Number, "How many notes people have written"),
        Word("id", "Its identifier") with { IsSearched = true },
    ],
    [
        new QueryGroup("entities", "Whom and what it touches", [Word("type", "Kind") with { Names = Entities, IsLowerCase = true }, Word("id", "Identifier")]),
        new QueryGroup("contributions", "Parts of the score",
            [Word("feature", "Its name"), new QueryField("share", QueryFieldKind.Number, "Its part of the score, 0 to 1")]),
    ]);

    /// <summary>Where the fields are.</summary>
    public static QueryReader<TriagedAlert> Reader { get; } = new QueryReader<TriagedAlert>()
        .Number("severity", item => (int)item.Alert.Severity)
        .Number("status", item => (int)item.Standing.Status)
        .Word("source", item => item.Alert.Source)
        .Number("kind", item => (int)item.Alert.Kind)
        .Word("reason", item => item.Alert.Reason)
        .Words("entity", item => EntitiesOf(item.Alert).Select(entity => entity.Id))
        .Word("about", item => item.Alert.Entity.Id)
        .Word("about.type", item => PublishedName.Of(item.Alert.Entity.Type))
        .Number("at", item => QueryLiteral.MillisecondsOf(item.Alert.At))
        .Number("score", item => item.Alert.Score)
        .Word("assignee", item => item.Standing.Assignee)
        .Number("closeReason", item => (int?)item.Standing.CloseReason)
        .Words("tags", item => item.Alert.Tags)
        .Words("feature", item => item.Alert.Contributions.Select(part => part.Feature))
        .Number("eventCount", item => item.Alert.EventCount)
        .Words("event", item => item.Alert.EventIds)
        .Word("incident", item => item.IncidentId)
        .Number("breakGlass", item => item.Alert.IsBreakGlass ? 1 : 0)
        .Word("suppression", item => item.Standing.SuppressionId)
        .Number("notes", item => item.Standing.NoteCount)
        .Word("id", item => item.Alert.Id)
        .Group("entities", item => EntitiesOf(item.Alert), new QueryReader<EntityRef>()
            .Word("type", entity => PublishedName.Of(entity.Type))
            .Word("id", entity => entity.Id))
        .Group("contributions", item => item.Alert.Contributions, new QueryReader<Contribution>()
            .Word("feature", part => part.Feature)
            .Number("share", part => part.Share));

    /// <summary>Everyone and everything an alert touches, what it is about first.</summary>
    public static IEnumerable<EntityRef> EntitiesOf(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.RelatedEntities.Prepend(alert.Entity).Distinct();
    }

    private static QueryField Word(string name, string meaning) => new(name, QueryFieldKind.Word, meaning);

    private static QueryField Rank(string name, string meaning, IReadOnlyList<string> names) =>
        new(name, QueryFieldKind.Rank, meaning) { Names = names };

    private static string[] Names<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(PublishedName.Of)];
}
