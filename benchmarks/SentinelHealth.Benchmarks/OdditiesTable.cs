using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Benchmarks;

/// <summary>How many unusual but honest happenings of <c>sentinel simulate</c> raised an alert, per kind.</summary>
internal static class OdditiesTable
{
    /// <summary>Builds the table. Reviews of broken glass are due by rule and counted apart.</summary>
    public static string Of(string odditiesPath, string alertsPath)
    {
        var oddityOf = File.ReadLines(odditiesPath).Select(Label)
            .ToDictionary(label => label.EventId, label => (label.Kind, label.Id));
        Dictionary<string, HashSet<string>> alerted = [], reviewed = [];
        foreach (var line in File.ReadLines(alertsPath))
        {
            using var alert = JsonDocument.Parse(line);
            var isReview = alert.RootElement.GetProperty("source").GetString() == "access.break-glass";
            foreach (var id in alert.RootElement.GetProperty("eventIds").EnumerateArray())
            {
                if (oddityOf.TryGetValue(id.GetString()!, out var oddity))
                    Set(isReview ? reviewed : alerted, oddity.Kind).Add(oddity.Id);
            }
        }
        var rows = oddityOf.Values.GroupBy(oddity => oddity.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => Row(kind.Key, kind.Select(one => one.Id).Distinct().Count(), Set(alerted, kind.Key).Count,
                Set(reviewed, kind.Key).Count));
        return "| honest oddity | instances | alerted | share | break-glass reviews |\n|---|---:|---:|---:|---:|\n" + string.Concat(rows);
    }

    private static string Row(string kind, int instances, int alerted, int reviewed) => string.Create(
        CultureInfo.InvariantCulture, $"| {kind} | {instances} | {alerted} | {(double)alerted / instances:P1} | {reviewed} |\n");

    private static HashSet<string> Set(Dictionary<string, HashSet<string>> sets, string kind) =>
        sets.TryGetValue(kind, out var set) ? set : sets[kind] = [];

    private static (string EventId, string Kind, string Id) Label(string line)
    {
        using var label = JsonDocument.Parse(line);
        string Text(string name) => label.RootElement.GetProperty(name).GetString()!;
        return (Text("eventId"), Text("oddity"), Text("oddityId"));
    }
}
