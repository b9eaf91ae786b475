using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary>
/// The yardstick: what the engine's rarity, volume and spread count, as one would first write it, in dictionaries and doubles.
/// </summary>
/// <remarks>
/// Eight values at three levels; events of each kind per ten minutes, hour and day for actor, patient and node; distinct
/// patients, devices, nodes and readers per hour and day; a rank of each score in its peer group. No drip, drift, relation,
/// sequence, magnitude, biometric or ledger detector, no rule, no series, no run, no bound, no alert: under half of the work.
/// </remarks>
internal sealed class PlainStatistics
{
    private static readonly string[] Features = ["what", "hour", "node", "device", "country", "ip", "purpose", "amount"];
    private static readonly long[] WidthsMs = [600_000, 3_600_000, 86_400_000];

    private readonly Dictionary<string, Dictionary<string, double>> _values = [];
    private readonly Dictionary<string, Bucket> _buckets = [];
    private readonly Dictionary<string, SortedList> _ranks = [];

    /// <summary>Decodes, scores, ranks and learns one record.</summary>
    public double Process(byte[] record)
    {
        using var document = JsonDocument.Parse(record);
        var root = document.RootElement;
        var at = root.GetProperty("time").GetDateTimeOffset();
        var (actor, patient) = (Text(root, "actor"), Text(root, "subject"));
        var group = $"{Text(root, "actorRole")}@{Text(root, "organization")}";
        var values = Values(root, at);
        var evidence = Evidence(group, "rarity", Rarity(actor, group, values))
            + Evidence(group, "volume", Volume("actor", actor, group, values, at));
        if (patient.Length > 0)
            evidence += Evidence("patient", "volume", Volume("patient", patient, "all", values, at));
        evidence += Evidence("node", "volume", Volume("node", values[2], "all", values, at));
        evidence += Evidence(group, "spread", Spread("actor", actor, group, [patient, values[3], values[2]], at));
        if (patient.Length > 0)
            evidence += Evidence("patient", "spread", Spread("patient", patient, "all", [actor], at));
        if (values[3].Length > 0)
            evidence += Evidence("device", "spread", Spread("device", values[3], "all", [patient, actor], at));
        return Evidence(group, "sum", evidence);
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string[] Values(JsonElement root, DateTimeOffset at)
    {
        var isGiven = root.TryGetProperty("amount", out var given) && given.ValueKind == JsonValueKind.Number;
        var amount = isGiven ? given.GetDouble() : 0;
        var ip = Text(root, "ip");
        return
        [
            Text(root, "contract") + "." + Text(root, "method") + Text(root, "operation"),
            (at.Hour / 3).ToString(CultureInfo.InvariantCulture), Text(root, "node"), Text(root, "device"),
            Text(root, "country"), ip[..Math.Max(0, ip.LastIndexOf('.'))], Text(root, "purpose"),
            amount > 0 ? Math.Round(2 * Math.Log2(amount)).ToString(CultureInfo.InvariantCulture) : "",
        ];
    }

    private double Rarity(string actor, string group, string[] values)
    {
        var sum = 0.0;
        for (var feature = 0; feature < Features.Length; feature++)
        {
            if (values[feature].Length == 0)
                continue;
            var surprise = 0.0;
            foreach (var level in (string[])["network", group, actor])
            {
                var key = level + "/" + Features[feature];
                if (!_values.TryGetValue(key, out var counts))
                    _values[key] = counts = [];
                var total = counts.Values.Sum();
                var seen = counts.GetValueOrDefault(values[feature]);
                var usual = total > 0 ? counts.Values.Sum(count => count * count) / (total * total) : 1;
                var here = Math.Max(0, Math.Log(usual / ((seen + 0.5) / (total + 1))));
                var own = total / (total + 20);
                surprise = (own * (here + (seen > 0 ? 0 : surprise))) + ((1 - own) * surprise);
                counts[values[feature]] = seen + 1;
            }
            sum += surprise;
        }
        return sum;
    }

    private double Volume(string view, string entity, string group, string[] values, DateTimeOffset at)
    {
        var sum = 0.0;
        foreach (var channel in (string[])["events", values[0]])
        {
            var most = 0.0;
            foreach (var width in WidthsMs)
                most = Math.Max(most, Counted(new Place(view, "volume", channel, width), entity, group, "", at));
            sum += most;
        }
        return sum;
    }

    private double Spread(string view, string entity, string group, string[] keys, DateTimeOffset at)
    {
        var sum = 0.0;
        for (var dimension = 0; dimension < keys.Length; dimension++)
        {
            var most = 0.0;
            for (var width = 1; width < WidthsMs.Length && keys[dimension].Length > 0; width++)
            {
                var place = new Place(view, "spread", $"{dimension}", WidthsMs[width]);
                most = Math.Max(most, Counted(place, entity, group, keys[dimension], at));
            }
            sum += most;
        }
        return sum;
    }

    private readonly record struct Place(string View, string Detector, string What, long WidthMs);

    private double Counted(Place place, string entity, string group, string key, DateTimeOffset at)
    {
        var (own, peers) = (BucketOf($"{place}/{entity}"), BucketOf($"{place}/group/{group}"));
        var index = at.ToUnixTimeMilliseconds() / place.WidthMs;
        if (own.Index < index)
        {
            if (own.Count > 0)
            {
                own.Learn(Math.Log(1 + own.Count));
                peers.Learn(Math.Log(1 + own.Count));
            }
            (own.Index, own.Count) = (index, 0);
            own.Keys.Clear();
        }
        own.Count = key.Length == 0 ? own.Count + 1 : own.Keys.Add(key) ? own.Count + 1 : own.Count;
        var share = own.Weight / (own.Weight + 6);
        var mean = (share * own.Mean) + ((1 - share) * peers.Mean);
        var excess = Math.Log(1 + own.Count) - mean;
        var variance = (share * own.Variance) + ((1 - share) * peers.Variance) + (1 / (1 + Math.Exp(mean))) + 0.06;
        return excess <= 0 ? 0 : 12.5 * Math.Log(1 + (excess * excess / (variance * 24)));
    }

    private Bucket BucketOf(string key)
    {
        if (!_buckets.TryGetValue(key, out var bucket))
            _buckets[key] = bucket = new Bucket();
        return bucket;
    }

    /// <summary>ln(0.2 / p) of a score by its rank among the last thousand of its group.</summary>
    private double Evidence(string group, string detector, double score)
    {
        var key = group + "/" + detector;
        if (!_ranks.TryGetValue(key, out var ranks))
            _ranks[key] = ranks = new SortedList();
        return Math.Max(0, Math.Log(0.2 / ranks.PValue(score)));
    }

    private sealed class Bucket
    {
        public long Index;
        public double Count, Weight, Mean, Variance;
        public HashSet<string> Keys { get; } = [];

        public void Learn(double value)
        {
            Weight = Math.Min(64, Weight + 1);
            var (rate, deviation) = (1 / Weight, value - Mean);
            Mean += rate * deviation;
            Variance = (1 - rate) * (Variance + (rate * deviation * deviation));
        }
    }

    private sealed class SortedList
    {
        private const int ScoresMax = 1_000;
        private readonly List<double> _sorted = [];
        private readonly Queue<double> _recent = new();

        public double PValue(double score)
        {
            var place = _sorted.BinarySearch(score);
            place = place < 0 ? ~place : place;
            var pValue = (_sorted.Count - place + 1.0) / (_sorted.Count + 1.0);
            _sorted.Insert(place, score);
            _recent.Enqueue(score);
            if (_recent.Count > ScoresMax)
                _sorted.RemoveAt(_sorted.BinarySearch(_recent.Dequeue()));
            return pValue;
        }
    }
}
