using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>What correlations mean, written down without a thought for speed or memory: sort everything, look at every instant.</summary>
internal sealed class NaiveCorrelation(SigmaRuleBook book, IReadOnlyList<NaiveCorrelation.Event> events)
{
    private readonly Dictionary<SigmaDocument, List<Hit>> _tells = new(ReferenceEqualityComparer.Instance);

    /// <summary>An event of the stream.</summary>
    internal sealed record Event(int Second, string Id, JsonElement Json);

    private sealed record Hit(int Second, IReadOnlyList<string> Ids, Func<string, string?> Field, bool IsNew);

    private sealed record Counted(int Second, string Value, IReadOnlyList<string> Ids, Hit Source)
    {
        public string IdText { get; } = string.Concat(Ids);
    }

    /// <summary>Every match of a correlation that is told, as <see cref="SigmaStream.Text"/> writes it.</summary>
    public IReadOnlyList<string> Matches()
    {
        foreach (var rule in book.Rules)
            _tells[rule] = [.. events.Where(one => NaiveSigma.Holds(rule.Condition, one.Json))
                .Select(one => new Hit(one.Second, [one.Id], name => TextOf(one.Json, name), true))];
        var told = new List<string>();
        foreach (var correlation in book.Correlations)
        {
            var isSilent = book.Correlations.Any(other => other.Referenced.Contains(correlation));
            Run(correlation, isSilent ? [] : told);
        }
        return told;
    }

    private void Run(SigmaCorrelation correlation, List<string> told)
    {
        _tells[correlation] = [];
        var hits = correlation.Referenced.SelectMany((document, rule) => _tells[document]
            .Where(hit => hit.IsNew || IsIdempotent(correlation.Type))
            .Select(hit => (
                Hit: hit, Rule: rule, Key: Texts(hit, correlation, correlation.GroupBy, rule),
                Values: Texts(hit, correlation, correlation.ValueFields, rule))));
        var whole = hits.Where(hit => hit.Key is not null && hit.Values is not null);
        foreach (var key in whole.GroupBy(hit => string.Join('\n', hit.Key!)))
        {
            var counted = key
                .Select(hit => new Counted(
                    hit.Hit.Second, ValueOf(correlation.Type, hit.Rule, hit.Hit, hit.Values!), hit.Hit.Ids, hit.Hit))
                .Where(hit => !IsNumeric(correlation) || double.TryParse(hit.Value, CultureInfo.InvariantCulture, out _))
                .DistinctBy(hit => (hit.Second, hit.Value, hit.IdText)).ToList();
            RunKey(correlation, key.First().Key!, counted, told);
        }
    }

    private void RunKey(SigmaCorrelation correlation, IReadOnlyList<string> key, List<Counted> counted, List<string> told)
    {
        var span = (int)correlation.Timespan.TotalSeconds;
        int? matchedAt = null;
        foreach (var instant in counted.Select(hit => hit.Second).Distinct().Order())
        {
            var window = counted.Where(hit => hit.Second >= instant - span && hit.Second <= instant)
                .OrderBy(hit => hit.Second).ThenBy(hit => IsTemporal(correlation.Type) ? hit.Value : "", StringComparer.Ordinal)
                .ThenBy(hit => hit.IdText, StringComparer.Ordinal).ToList();
            if (!Holds(correlation, window))
                continue;
            var isNew = matchedAt is null || instant - matchedAt > span;
            matchedAt = isNew ? instant : matchedAt;
            var last = window[^1].Source;
            string[] ids = [.. Newest(correlation, window).SelectMany(hit => hit.Ids).Distinct()];
            _tells[correlation].Add(new Hit(instant, ids, name => Field(correlation, key, last, name), isNew));
            if (isNew)
                told.Add($"{correlation.Title} {instant} {string.Join(',', key)} {string.Join('+', ids)}");
        }
    }

    private static string? Field(SigmaCorrelation correlation, IReadOnlyList<string> key, Hit last, string name) =>
        correlation.GroupBy.ToList().IndexOf(name) is var place and >= 0 ? key[place] : last.Field(name);

    /// <summary>Of hits of one rule in a row the newest stands for all.</summary>
    private static IEnumerable<Counted> Newest(SigmaCorrelation correlation, List<Counted> window) =>
        window.Where((hit, place) =>
            !IsTemporal(correlation.Type) || place == window.Count - 1 || window[place + 1].Value != hit.Value);

    private static bool Holds(SigmaCorrelation correlation, List<Counted> window)
    {
        if (correlation is { Type: SigmaCorrelationType.ValuePercentile, Percentile: null })
            return window.Where(hit => hit.Second == window[^1].Second)
                .Select(hit => 100.0 * window.Count(other => other.Value == hit.Value) / window.Count)
                .Any(share => correlation.Bounds.All(bound => bound.Holds(share)));
        double[] numbers = IsNumeric(correlation)
            ? [.. window.Select(hit => double.Parse(hit.Value, CultureInfo.InvariantCulture))]
            : [];
        var measure = correlation.Type switch
        {
            SigmaCorrelationType.EventCount => window.Count,
            SigmaCorrelationType.ValueCount or SigmaCorrelationType.Temporal =>
                window.Select(hit => hit.Value).Distinct().Count(),
            SigmaCorrelationType.TemporalOrdered => Chain(window, 0, 0),
            SigmaCorrelationType.ValueSum => numbers.Sum(),
            SigmaCorrelationType.ValueAverage => numbers.Average(),
            SigmaCorrelationType.ValueMin => numbers.Min(),
            SigmaCorrelationType.ValueMax => numbers.Max(),
            _ => Percentile([.. numbers.Order()], correlation.Percentile!.Value),
        };
        return correlation.Bounds.All(bound => bound.Holds(measure));
    }

    /// <summary>The most rules that follow each other from a place on, none of them before a rule.</summary>
    private static int Chain(List<Counted> window, int from, int rule) =>
        Enumerable.Range(from, window.Count - from)
            .Select(place => (Place: place, Rule: int.Parse(window[place].Value, CultureInfo.InvariantCulture)))
            .Where(hit => hit.Rule >= rule)
            .Select(hit => 1 + Chain(window, hit.Place + 1, hit.Rule + 1)).DefaultIfEmpty(0).Max();

    private static double Percentile(double[] sorted, double percentile)
    {
        var rank = percentile / 100 * (sorted.Length - 1);
        var below = (int)rank;
        return below + 1 < sorted.Length ? sorted[below] + ((sorted[below + 1] - sorted[below]) * (rank - below)) : sorted[below];
    }

    private static List<string>? Texts(Hit hit, SigmaCorrelation correlation, IReadOnlyList<string> names, int rule)
    {
        var texts = names.Select(name => hit.Field(correlation.FieldOf(name, correlation.Rules[rule]))).ToList();
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }

    private static string ValueOf(SigmaCorrelationType type, int rule, Hit hit, List<string> values) =>
        IsTemporal(type) ? rule.ToString(CultureInfo.InvariantCulture)
            : type == SigmaCorrelationType.EventCount ? string.Concat(hit.Ids) : string.Join('\n', values);

    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;

    private static bool IsTemporal(SigmaCorrelationType type) =>
        type is SigmaCorrelationType.Temporal or SigmaCorrelationType.TemporalOrdered;

    private static bool IsIdempotent(SigmaCorrelationType type) => IsTemporal(type)
        || type is SigmaCorrelationType.ValueCount or SigmaCorrelationType.ValueMin or SigmaCorrelationType.ValueMax;

    private static bool IsNumeric(SigmaCorrelation correlation) => correlation.ValueFields.Count > 0
        && correlation.Type != SigmaCorrelationType.ValueCount
        && correlation is not { Type: SigmaCorrelationType.ValuePercentile, Percentile: null };
}
