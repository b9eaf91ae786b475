using System.Globalization;
using SentinelHealth.Response.Yaml;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Compliance;

/// <summary>Turns one YAML document into a regime, collecting every fault with its line.</summary>
internal sealed class RegimeReader(string fileName, List<YamlFault> faults) : YamlReader(fileName, faults)
{
    private const int PhasesMax = 8, AmountMax = 10_000, PersonsMost = 1_000_000_000;
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
        var faultsBefore = FaultCount;
        if (Mapping(root, "A regime", Members) is not { } fields)
            return null;
        var regime = new Regime
        {
            Name = Name(root, fields),
            Title = RequiredText(root, fields, "title"),
            Law = RequiredText(root, fields, "law"),
            Recipient = RequiredText(root, fields, "recipient"),
            Content = fields.TryGetValue("content", out var content) ? Text(content, "content") ?? "" : "",
            Trigger = Trigger(root, fields),
            When = fields.TryGetValue("when", out var when) ? Conditions(when) : new RegimeConditions(),
            Phases = fields.TryGetValue("phases", out var phases) ? Phases(phases) : Missing(root, "phases"),
            PausedBy = fields.TryGetValue("pausedBy", out var paused) ? Texts(paused, "pausedBy") : [],
        };
        return FaultCount > faultsBefore ? null : regime;
    }

    private ClockTrigger Trigger(YamlNode root, Dictionary<string, YamlNode> fields)
    {
        if (Triggers.TryGetValue(RequiredText(root, fields, "trigger"), out var trigger))
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
            ResidentsOf = fields.TryGetValue("residentsOf", out var of) ? Text(of, "residentsOf") ?? "" : "",
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
            var name = RequiredText(item, fields, "name");
            var after = fields.TryGetValue("after", out var given) ? Text(given, "after") ?? "" : AfterTrigger;
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
        var parts = RequiredText(item, fields, "within").Split(' ');
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

    /// <summary>The text of a key that must be there; empty when it is not.</summary>
    private string RequiredText(YamlNode parent, Dictionary<string, YamlNode> fields, string key) =>
        Required(parent, fields, key) is { } node ? Text(node, key) ?? "" : "";

    private List<RegimePhase> Missing(YamlNode root, string key)
    {
        Fault(root, $"{key} is missing.");
        return [];
    }
}
