using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Response.Export;

/// <summary>The rules of the OCSF 1.8.0 schema for the three classes we write: what is required, what values there are, what goes together.</summary>
public static class OcsfRules
{
    private static readonly Dictionary<int, ClassRule> Classes = new()
    {
        [2004] = new(2, [0, 1, 2, 3, 99], ["finding_info"], [0, 1, 2, 3, 4, 5, 6, 99], []),
        [2005] = new(2, [0, 1, 2, 3, 99], ["finding_info_list", "status_id"], [0, 1, 2, 3, 4, 5, 99], ["assignee", "assignee_group"]),
        [7001] = new(7, [0, 1, 2, 3, 4, 5, 6, 99], ["command_uid"], [0, 1, 2, 3, 4, 5, 6, 99], []),
    };

    private static readonly string[] Base = ["activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "metadata"];
    private static readonly int[] Severities = [0, 1, 2, 3, 4, 5, 6, 99];
    private static readonly int[] Verdicts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99];

    /// <summary>Everything in which a document breaks the schema; empty when it keeps it. O(document).</summary>
    public static IReadOnlyList<string> Problems(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var problems = Base.Where(name => document[name] is null).Select(name => $"{name} is required.").ToList();
        if (problems.Count > 0)
            return problems;
        var (type, activity) = (Number(document, "class_uid"), Number(document, "activity_id"));
        if (!Classes.TryGetValue(type, out var rule))
            return [$"class_uid {type} is not one that is written here."];
        Expect(Number(document, "category_uid") == rule.Category, "category_uid is not that of the class.");
        Expect(rule.Activities.Contains(activity), $"activity_id {activity} is not one of the class.");
        Expect(Number(document, "type_uid") == (type * 100) + activity, "type_uid is class_uid * 100 + activity_id.");
        Expect(Severities.Contains(Number(document, "severity_id")), "severity_id is not one of the schema.");
        Expect(document["metadata"]?["version"]?.GetValueKind() == JsonValueKind.String, "metadata.version is required.");
        Expect(document["metadata"]?["product"]?["vendor_name"] is not null, "metadata.product.vendor_name is required.");
        Expect(document["time"]!.GetValueKind() == JsonValueKind.Number, "time is in milliseconds since 1970.");
        problems.AddRange(rule.Required.Where(name => document[name] is null).Select(name => $"{name} is required in class {type}."));
        Expect(document["status_id"] is null || rule.Statuses.Contains(Number(document, "status_id")), "status_id is not one of the class.");
        Expect(document["verdict_id"] is null || Verdicts.Contains(Number(document, "verdict_id")), "verdict_id is not one of the schema.");
        Expect(rule.AtLeastOne.Length == 0 || rule.AtLeastOne.Any(name => document[name] is not null),
            $"At least one of {string.Join(", ", rule.AtLeastOne)} is needed.");
        problems.AddRange(Findings(document).SelectMany(OfFinding));
        return problems;

        void Expect(bool holds, string problem)
        {
            if (!holds)
                problems.Add(problem);
        }
    }

    private static IEnumerable<JsonNode> Findings(JsonObject document) =>
        (document["finding_info_list"] as JsonArray ?? []).Append(document["finding_info"]).OfType<JsonNode>();

    private static IEnumerable<string> OfFinding(JsonNode finding)
    {
        if (finding["uid"] is null)
            yield return "finding_info.uid is required.";
        if (finding["analytic"] is { } analytic && analytic["type_id"] is null)
            yield return "analytic.type_id is required.";
        foreach (var attack in finding["attacks"] as JsonArray ?? [])
        {
            if (attack?["technique"] is null && attack?["tactic"] is null && attack?["sub_technique"] is null)
                yield return "attacks[] needs a technique, a sub-technique or a tactic.";
        }
    }

    private static int Number(JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : -1;

    private sealed record ClassRule(int Category, int[] Activities, string[] Required, int[] Statuses, string[] AtLeastOne);
}
