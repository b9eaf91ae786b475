using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Compliance;

/// <summary>Turns one YAML document into a regime, collecting every fault with its line.</summary>
internal sealed class RegimeReader(string fileName, List<RegimeError> errors)
{
    private const int NameLengthMax = 64, TextLengthMax = 1_000, PhasesMax = 8, ItemsMax = 64, AmountMax = 10_000,
        PersonsMost = 1_000_000_000;
    private const string AfterTrigger = "trigger", AfterYearEnd = "year-end";

    private static readonly string[] Members =
        ["name", "title", "law", "recipient", "content", "trigger", "when", "phases", "pausedBy"];

    private static readonly string[] ConditionMembers =
        ["jurisdictions", "roles", "personsMin", "personsMax", "residentsOver", "residentsOf", "highRisk"];

    private static readonly Dictionary<string, ClockTrigger> Triggers = new(StringComparer.Ordinal)
    {
        ["discovered"] = ClockTrigger.Discovered,
        ["aware"] = ClockTrigger.Aware,
        ["reasonable-belief"] = ClockTrigger.ReasonableBelief,
        ["individuals-notified"] = ClockTrigger.IndividualsNotified,
    };

    public Regime? Read(YamlNode root)
    {
        var errorsBefore = errors.Count;
        if (Mapping(root, "A regime", Members) is not { } fields)
            return null;
        var regime = new Regime
        {
            Name = Name(root, fields),
            Title = Required(root, fields, "title"),
            Law = Required(root, fields, "law"),
            Recipient = Required(root, fields, "recipient"),
            Content = fields.TryGetValue("content", out var content) ? Text(content, "content") : "",
            Trigger = Trigger(root, fields),
            When = fields.TryGetValue("when", out var when) ? Conditions(when) : new RegimeConditions(),
            Phases = fields.TryGetValue("phases", out var phases) ? Phases(phases) : Missing(root, "phases"),
            PausedBy = fields.TryGetValue("pausedBy", out var paused) ? Texts(paused, "pausedBy") : [],
        };
        return errors.Count > errorsBefore ? null : regime;
    }

    private string Name(YamlNode root, Dictionary<string, YamlNode> fields)
    {
        var name = Required(root, fields, "name");
        if (name.Length is 0 or > NameLengthMax
            || name.Any(unit => !char.IsAsciiLetterLower(unit) && !char.IsAsciiDigit(unit) && unit != '-'))
            Fault(fields.GetValueOrDefault("name", root), $"A name is 1 to {NameLengthMax} lower-case letters, digits and hyphens.");
        return name;
    }

    private ClockTrigger Trigger(YamlNode root, Dictionary<string, YamlNode> fields)
    {
        if (Triggers.TryGetValue(Required(root, fields, "trigger"), out var trigger))
            return trigger;
        Fault(fields.GetValueOrDefault("trigger", root), $"trigger is one of {string.Join(", ", Triggers.Keys)}.");
        return default;
    }

    private RegimeConditions Conditions(YamlNode node)
    {
        if (Mapping(node, "when", ConditionMembers) is not { } fields)
            return new RegimeConditions();
        return new RegimeConditions
        {
            Jurisdictions = fields.TryGetValue("jurisdictions", out var places) ? Texts(places, "jurisdictions") : [],
            Roles = fields.TryGetValue("roles", out var roles) ? Texts(roles, "roles") : [],
            PersonsMin = fields.TryGetValue("personsMin", out var least) ? Number(least, "personsMin") : null,
            PersonsMax = fields.TryGetValue("personsMax", out var most) ? Number(most, "personsMax") : null,
            ResidentsOver = fields.TryGetValue("residentsOver", out var over) ? Number(over, "residentsOver") : null,
            ResidentsOf = fields.TryGetValue("residentsOf", out var of) ? Text(of, "residentsOf") : "",
            NeedsHighRisk = fields.TryGetValue("highRisk", out var risk) && Flag(risk, "highRisk"),
        };
    }

    private List<RegimePhase> Phases(YamlNode node)
    {
        var phases = new List<RegimePhase>();
        if (node is not YamlSequenceNode { Children.Count: > 0 and <= PhasesMax } items)
        {
            Fault(node, $"phases is a list of 1 to {PhasesMax} steps.");
            return phases;
        }
        foreach (var item in items)
        {
            if (Mapping(item, "A phase", ["name", "within", "after"]) is not { } fields)
                continue;
            var name = Required(item, fields, "name");
            var after = fields.TryGetValue("after", out var given) ? Text(given, "after") : AfterTrigger;
            if (after is not (AfterTrigger or AfterYearEnd) && phases.All(phase => phase.Name != after))
                Fault(fields.GetValueOrDefault("after", item), $"after is {AfterTrigger}, {AfterYearEnd} or an earlier phase.");
            if (phases.Any(phase => phase.Name == name))
                Fault(item, $"Two phases are named {name}.");
            phases.Add(new RegimePhase(name, Within(item, fields), after));
        }
        return phases;
    }

    private Period Within(YamlNode item, Dictionary<string, YamlNode> fields)
    {
        var parts = Required(item, fields, "within").Split(' ');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
                && amount is >= 1 and <= AmountMax
            && UnitOf(parts[1]) is { } unit)
            return new Period(amount, unit);
        Fault(fields.GetValueOrDefault("within", item), "within is a number of hours, days or months, such as 72 hours.");
        return default;
    }

    private static PeriodUnit? UnitOf(string text) => text switch
    {
        "hour" or "hours" => PeriodUnit.Hours,
        "day" or "days" => PeriodUnit.Days,
        "month" or "months" => PeriodUnit.Months,
        _ => null,
    };

    private int? Number(YamlNode node, string key)
    {
        if (int.TryParse(Text(node, key), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= PersonsMost)
            return number;
        Fault(node, $"{key} is a whole number.");
        return null;
    }

    private bool Flag(YamlNode node, string key)
    {
        var text = Text(node, key);
        if (text is not ("true" or "false"))
            Fault(node, $"{key} is true or false.");
        return text == "true";
    }

    private Dictionary<string, YamlNode>? Mapping(YamlNode node, string what, string[] names)
    {
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, $"{what} is a mapping of names to values.");
            return null;
        }
        var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!names.Contains(name, StringComparer.Ordinal))
                Fault(key, $"{what} has no {name}; it has {string.Join(", ", names)}.");
            fields[name] = value;
        }
        return fields;
    }

    private List<string> Texts(YamlNode node, string key)
    {
        if (node is YamlSequenceNode { Children.Count: <= ItemsMax } items)
            return [.. items.Select(item => Text(item, key))];
        Fault(node, $"{key} is a list of at most {ItemsMax}.");
        return [];
    }

    private string Required(YamlNode parent, Dictionary<string, YamlNode> fields, string key)
    {
        if (fields.TryGetValue(key, out var node))
            return Text(node, key);
        Fault(parent, $"{key} is missing.");
        return "";
    }

    private List<RegimePhase> Missing(YamlNode root, string key)
    {
        Fault(root, $"{key} is missing.");
        return [];
    }

    private string Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 and <= TextLengthMax } text })
            return text;
        Fault(node, $"{key} is a text of 1 to {TextLengthMax} characters.");
        return "";
    }

    private void Fault(YamlNode node, string message) => errors.Add(new RegimeError(fileName, node.Start.Line, message));
}
