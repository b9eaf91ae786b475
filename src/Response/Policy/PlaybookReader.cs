using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Policy;

/// <summary>Turns one YAML document into a playbook, collecting every fault with its line.</summary>
internal sealed class PlaybookReader(string fileName, List<PlaybookError> errors)
{
    private const int NameLengthMax = 64;
    private const int ListItemsMax = 64;
    private const int CountMax = 1_000_000;
    private static readonly TimeSpan TtlMin = TimeSpan.FromMinutes(1);
    private static readonly string[] ConditionNames =
        ["severityMin", "scoreMin", "sources", "entities", "tags", "alertsMin", "sourcesMin", "stageMin", "hours", "days"];

    private static readonly TimeSpan TtlMax = TimeSpan.FromDays(30);

    public Playbook? Read(YamlNode root)
    {
        var errorsBefore = errors.Count;
        if (Mapping(root, "A playbook", ["name", "description", "mode", "when", "actions"]) is not { } fields)
            return null;
        var name = Name(root, fields);
        var mode = Required(root, fields, "mode") is { } modeNode ? Choice<PlaybookMode>(modeNode, "mode") : null;
        var description = fields.TryGetValue("description", out var described) ? Text(described, "description") : "";
        var when = fields.TryGetValue("when", out var conditions) ? Conditions(conditions) : new PlaybookConditions();
        var steps = Required(root, fields, "actions") is { } actionsNode ? new PlaybookStepReader(this).Read(actionsNode) : null;
        if (errors.Count > errorsBefore || steps is null)
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

    private string Name(YamlNode root, Dictionary<string, YamlNode> fields)
    {
        if (Required(root, fields, "name") is not { } node || Text(node, "name") is not { } name)
            return "";
        if (name.Length is 0 or > NameLengthMax
            || name.Any(unit => !char.IsAsciiLetterLower(unit) && !char.IsAsciiDigit(unit) && unit != '-'))
            Fault(node, $"A name is 1 to {NameLengthMax} lower-case letters, digits and hyphens.");
        return name;
    }

    private PlaybookConditions Conditions(YamlNode node)
    {
        if (Mapping(node, "when", ConditionNames) is not { } fields)
            return new PlaybookConditions();
        return new PlaybookConditions
        {
            SeverityMin = fields.TryGetValue("severityMin", out var severity) ? Choice<Severity>(severity, "severityMin") : null,
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
        var text = Text(node, key);
        foreach (var value in Enum.GetValues<T>())
        {
            if (PublishedName(value) == text)
                return value;
        }
        Fault(node, $"{key} is one of {string.Join(", ", Enum.GetValues<T>().Select(PublishedName))}.");
        return null;
    }

    /// <summary>The names in files are those in JSON: the enum's own, starting in lower case.</summary>
    internal static string PublishedName<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private List<string> Texts(YamlNode node, string key) =>
        [.. Items(node, key).Select(item => Text(item, key)).OfType<string>()];

    internal IList<YamlNode> Items(YamlNode node, string key)
    {
        if (node is YamlSequenceNode { Children.Count: >= 1 and <= ListItemsMax } list)
            return list.Children;
        Fault(node, $"{key} is a list of 1 to {ListItemsMax}.");
        return [];
    }

    internal string? Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 and <= 1024 } value })
            return value;
        Fault(node, $"{key} is a text of 1 to 1024 characters.");
        return null;
    }

    internal YamlNode? Required(YamlNode owner, Dictionary<string, YamlNode> fields, string key)
    {
        if (fields.TryGetValue(key, out var node))
            return node;
        Fault(owner, $"{key} is missing.");
        return null;
    }

    internal Dictionary<string, YamlNode>? Mapping(YamlNode node, string what, IReadOnlyList<string> keys)
    {
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, $"{what} is a mapping.");
            return null;
        }
        var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            if (keys.Contains(key))
                fields[key] = value;
            else
                Fault(keyNode,
                    $"{what} has no key {(key.Length is > 0 and <= NameLengthMax ? $"'{key}'" : "like this")}; it has {string.Join(", ", keys)}.");
        }
        return fields;
    }

    internal void Fault(YamlNode node, string message) => errors.Add(new PlaybookError(fileName, node.Start.Line, message));
}
