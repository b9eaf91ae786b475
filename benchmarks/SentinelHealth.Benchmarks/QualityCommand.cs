using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Benchmarks;

/// <summary>
/// <c>quality</c>: holds the alerts and scores of <c>sentinel score</c> against the labels of <c>sentinel simulate</c>, per attack.
/// </summary>
internal static class QualityCommand
{
    public static Command Create()
    {
        Option<FileInfo> input = new("--input") { Required = true, Description = "The events that were scored." };
        Option<FileInfo> labels = new("--labels") { Required = true, Description = "Their labels." };
        Option<FileInfo> output = new("--output") { Required = true, Description = "Their scores." };
        Option<FileInfo> alerts = new("--alerts") { Required = true, Description = "The alerts raised." };
        Option<FileInfo?> oddities = new("--oddities") { Description = "Their unusual but honest events, when those are to be counted." };
        Command command = new("quality", "Recall per attack and false alerts per day, as Markdown tables.")
            { input, labels, output, alerts, oddities };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Report(
                parsed.GetValue(input)!.FullName, parsed.GetValue(labels)!.FullName,
                parsed.GetValue(output)!.FullName, parsed.GetValue(alerts)!.FullName));
            if (parsed.GetValue(oddities) is { } odd)
                Console.Out.Write("\n" + OdditiesTable.Of(odd.FullName, parsed.GetValue(alerts)!.FullName));
        });
        return command;
    }

    /// <summary>Builds the table. Attacks count as found when any alert rests on one of their events.</summary>
    internal static string Report(string inputPath, string labelsPath, string outputPath, string alertsPath)
    {
        var attacks = ReadLabels(labelsPath);
        var attackOf = attacks.SelectMany(attack => attack.EventIds.Select(id => (id, attack)))
            .ToDictionary(pair => pair.id, pair => pair.attack);
        var times = ReadTimes(inputPath, attackOf.Keys.ToHashSet());
        var timeOf = times.AttackEventTimes.ToDictionary(pair => pair.Id, pair => pair.At);
        foreach (var (id, at) in timeOf)
            attackOf[id].Happens(at);
        ReadScores(outputPath, attackOf);
        var falseAlerts = ReadAlerts(alertsPath, attackOf, timeOf);
        return Table(attacks, falseAlerts, times.Days);
    }

    private static string Table(List<Attack> attacks, Dictionary<string, int> falseAlerts, double days)
    {
        var lines = new List<string>
        {
            "| attack | instances | found | recall | events in alerts | median minutes to first alert | median events to first alert | found by |",
            "|---|---:|---:|---:|---:|---:|---:|---|",
        };
        foreach (var kind in attacks.GroupBy(attack => attack.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            var found = kind.Where(attack => attack.Sources.Count > 0).ToList();
            var delays = found.Where(attack => attack.FirstAlertAt is not null)
                .Select(attack => (attack.FirstAlertAt!.Value - attack.StartsAt!.Value).TotalMinutes).Order().ToList();
            var steps = found.Where(attack => attack.FirstAlertAt is not null)
                .Select(attack => attack.EventsUntilAlert).Order().ToList();
            var sources = found.SelectMany(attack => attack.Sources).GroupBy(source => source)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(4);
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"| {kind.Key} | {kind.Count()} | {found.Count} | {(double)found.Count / kind.Count():P0} | {(double)kind.Sum(a => a.AlertedEventIds.Count) / kind.Sum(a => a.EventIds.Count):P0} | {(delays.Count == 0 ? "–" : delays[delays.Count / 2].ToString("0.0", CultureInfo.InvariantCulture))} | {(steps.Count == 0 ? "–" : steps[steps.Count / 2])} | {string.Join(", ", sources.Select(s => s.Key))} |"));
        }
        lines.Add("");
        lines.Add("| source | false alerts | per day |");
        lines.Add("|---|---:|---:|");
        foreach (var (source, count) in falseAlerts.OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal))
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {source} | {count} | {count / days:0.00} |"));
        var reviews = falseAlerts.GetValueOrDefault("access.break-glass");
        var all = falseAlerts.Values.Sum() - reviews;
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"| **all but break-glass reviews** | {all} | {all / days:0.00} |"));
        return string.Join('\n', lines) + "\n";
    }

    private static List<Attack> ReadLabels(string path)
    {
        Dictionary<string, Attack> byId = [];
        foreach (var line in File.ReadLines(path))
        {
            using var label = JsonDocument.Parse(line);
            var (kind, id) = (label.RootElement.GetProperty("attack").GetString()!, label.RootElement.GetProperty("attackId").GetString()!);
            if (!byId.TryGetValue(id, out var attack))
                byId[id] = attack = new Attack(kind);
            attack.EventIds.Add(label.RootElement.GetProperty("eventId").GetString()!);
        }
        return [.. byId.Values];
    }

    private static (List<(string Id, DateTimeOffset At)> AttackEventTimes, double Days) ReadTimes(
        string path, HashSet<string> attackEvents)
    {
        List<(string, DateTimeOffset)> times = [];
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var line in File.ReadLines(path))
        {
            using var record = JsonDocument.Parse(line);
            var at = record.RootElement.GetProperty("time").GetDateTimeOffset();
            (first, last) = (at < first ? at : first, at > last ? at : last);
            var id = record.RootElement.GetProperty("id").GetString()!;
            if (attackEvents.Contains(id))
                times.Add((id, at));
        }
        return (times, (last - first).TotalDays);
    }

    private static void ReadScores(string path, Dictionary<string, Attack> attackOf)
    {
        foreach (var line in File.ReadLines(path))
        {
            using var scored = JsonDocument.Parse(line);
            if (attackOf.TryGetValue(scored.RootElement.GetProperty("id").GetString()!, out var attack))
                attack.ScoreMax = Math.Max(attack.ScoreMax, scored.RootElement.GetProperty("score").GetDouble());
        }
    }

    private static Dictionary<string, int> ReadAlerts(
        string path, Dictionary<string, Attack> attackOf, Dictionary<string, DateTimeOffset> timeOf)
    {
        Dictionary<string, int> falseAlerts = [];
        foreach (var line in File.ReadLines(path))
        {
            using var alert = JsonDocument.Parse(line);
            var source = alert.RootElement.GetProperty("source").GetString()!;
            var eventIds = alert.RootElement.GetProperty("eventIds").EnumerateArray().Select(id => id.GetString()!).ToList();
            var isTrue = false;
            foreach (var id in eventIds.Where(attackOf.ContainsKey))
            {
                isTrue = true;
                var attack = attackOf[id];
                attack.Sources.Add(source);
                attack.AlertedEventIds.Add(id);
                // An alert exists from its first event on; its own time is that of its latest.
                attack.FirstAlertAt = attack.FirstAlertAt is { } earlier && earlier < timeOf[id] ? earlier : timeOf[id];
            }
            if (!isTrue)
                falseAlerts[source] = falseAlerts.GetValueOrDefault(source) + 1;
        }
        return falseAlerts;
    }

    private sealed class Attack(string kind)
    {
        private readonly List<DateTimeOffset> _times = [];

        public string Kind { get; } = kind;

        public HashSet<string> EventIds { get; } = [];

        public HashSet<string> AlertedEventIds { get; } = [];

        public HashSet<string> Sources { get; } = [];

        public double ScoreMax { get; set; }

        public DateTimeOffset? StartsAt => _times.Count == 0 ? null : _times.Min();

        /// <summary>Its events up to and with the one that first raised an alert.</summary>
        public int EventsUntilAlert => _times.Count(at => at <= FirstAlertAt);

        public DateTimeOffset? FirstAlertAt { get; set; }

        public void Happens(DateTimeOffset at) => _times.Add(at);
    }
}
