using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Yaml;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Policy;

/// <summary>Turns one YAML document into a playbook, collecting every fault with its line.</summary>
internal sealed class PlaybookReader(string fileName, List<YamlFault> faults) : YamlReader(fileName, faults)
{
    private const int CountMax = 1_000_000;
    private static readonly TimeSpan TtlMin = TimeSpan.FromMinutes(1);
    private static readonly string[] ConditionNames =
        ["severityMin", "scoreMin", "confidenceMin", "sources", "entities", "tags", "alertsMin", "sourcesMin", "stageMin", "hours", "days"];

    private static readonly TimeSpan TtlMax = TimeSpan.FromDays(30);

    public Playbook? Read(YamlNode root)
    {
        var faultsBefore = FaultCount;
        if (Mapping(root, "A playbook", ["name", "description", "mode", "when", "actions"]) is not { } fields)
            return null;
        var name = Name(root, fields);
        var mode = Required(root, fields, "mode") is { } modeNode ? Choice<PlaybookMode>(modeNode, "mode") : null;
        var description = fields.TryGetValue("description", out var described) ? Text(described, "description") : "";
        var when = fields.TryGetValue("when", out var conditions) ? Conditions(conditions) : new PlaybookConditions();
        var steps = Required(root, fields, "actions") is { } actionsNode ? new PlaybookStepReader(this).Read(actionsNode) : null;
        if (FaultCount > faultsBefore || steps is null)
            return null;
        return new Playbook
        {
            Name = name,
            Description = description ?? "",
            Mode = mode!.Value,
            When = when,
            Actions = steps.Actions,
            Notifies = steps.Notifies,
            Tasks = steps.Tasks,
            StepUpFor = steps.StepUpFor,
        };
    }

    private PlaybookConditions Conditions(YamlNode node)
    {
        if (Mapping(node, "when", ConditionNames) is not { } fields)
            return new PlaybookConditions();
        return new PlaybookConditions
        {
            SeverityMin = fields.TryGetValue("severityMin", out var severity) ? Choice<Severity>(severity, "severityMin") : null,
            ConfidenceMin = fields.TryGetValue("confidenceMin", out var sure) ? Choice<Confidence>(sure, "confidenceMin") : null,
            ScoreMin = fields.TryGetValue("scoreMin", out var score) ? Score(score) : null,
            Sources = fields.TryGetValue("sources", out var sources) ? Texts(sources, "sources") : [],
            Entities = fields.TryGetValue("entities", out var entities) ? Choices<EntityType>(entities, "entities") : [],
            Tags = fields.TryGetValue("tags", out var tags) ? Texts(tags, "tags") : [],
            AlertsMin = fields.TryGetValue("alertsMin", out var alerts) ? Count(alerts, "alertsMin") : null,
            SourcesMin = fields.TryGetValue("sourcesMin", out var count) ? Count(count, "sourcesMin") : null,
            StageMin = fields.TryGetValue("stageMin", out var stage) ? Choice<AttackStage>(stage, "stageMin") : null,
            Hours = fields.TryGetValue("hours", out var hours) ? Hours(hours) : null,
            Days = fields.TryGetValue("days", out var days) ? Choices<DayOfWeek>(days, "days") : [],
        };
    }

    private double? Score(YamlNode node)
    {
        if (Text(node, "scoreMin") is { } text
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var score)
                && score is >= 0 and <= 1)
            return score;
        Fault(node, "scoreMin is a number from 0 to 1.");
        return null;
    }

    private DailyHours? Hours(YamlNode node)
    {
        var parts = (Text(node, "hours") ?? "").Split('-');
        if (parts.Length == 2
            && TimeOnly.TryParseExact(parts[0], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from)
            && TimeOnly.TryParseExact(parts[1], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until))
            return new DailyHours(from, until);
        Fault(node, "hours is a part of the day in UTC, such as 22:00-06:00.");
        return null;
    }

    private int? Count(YamlNode node, string key)
    {
        if (Text(node, key) is { } text
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is >= 1 and <= CountMax)
            return count;
        Fault(node, $"{key} is a whole number from 1 to {CountMax}.");
        return null;
    }

    internal TimeSpan? Duration(YamlNode node, string key)
    {
        var text = Text(node, key) ?? "";
        if (text.Length is >= 2 and <= 6
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            TimeSpan? ttl = text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(amount),
                'h' => TimeSpan.FromHours(amount),
                'd' => TimeSpan.FromDays(amount),
                _ => null,
            };
            if (ttl >= TtlMin && ttl <= TtlMax)
                return ttl;
        }
        Fault(node, key + " is a whole number of minutes, hours or days, such as 30m, 4h or 1d, from 1m to 30d.");
        return null;
    }

    private List<T> Choices<T>(YamlNode node, string key) where T : struct, Enum =>
        [.. Items(node, key).Select(item => Choice<T>(item, key)).OfType<T>()];

    internal T? Choice<T>(YamlNode node, string key) where T : struct, Enum
    {
        if (Text(node, key) is { } text && PublishedName.Find<T>(text) is { } value)
            return value;
        Fault(node, $"{key} is one of {string.Join(", ", Enum.GetValues<T>().Select(PublishedName.Of))}.");
        return null;
    }
}
