using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace SentinelHealth.Dashboard.Telemetry;

/// <summary>
/// Everything this process measures, as Prometheus reads it (text format 0.0.4). Names are those of the instruments with underscores, except for those that have
/// a name of their own; units and <c>_total</c> stand at the end.
/// </summary>
internal sealed class MetricsBook : IDisposable
{
    /// <summary>Series at once; further ones are counted and not kept (I7).</summary>
    public const int SeriesMax = 2_000;

    private const int LabelCharactersMax = 128;

    private static readonly string[] Meters = ["SentinelHealth.", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Components"];

    private readonly ConcurrentDictionary<(string Name, string Labels), MetricSeries> _series = new();
    private readonly MeterListener _listener = new();
    private long _dropped;

    public MetricsBook()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Array.Exists(Meters, start => instrument.Meter.Name.StartsWith(start, StringComparison.Ordinal)))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The page of <c>/metrics</c>.</summary>
    public string Write(IEnumerable<(string Name, string Help, string Labels, double Value)> gauges)
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var family in _series.GroupBy(pair => pair.Key.Name).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var first = family.First().Value;
            WriteHead(text, family.Key, first.Help, first.Type);
            foreach (var (key, series) in family.OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal))
                series.Write(text, key.Name, key.Labels);
        }
        foreach (var family in gauges.GroupBy(gauge => gauge.Name))
        {
            WriteHead(text, family.Key, family.First().Help, "gauge");
            foreach (var gauge in family)
                MetricSeries.WriteLine(text, gauge.Name, gauge.Labels, gauge.Value);
        }
        WriteHead(text, "sentinel_metrics_dropped_total", "Measurements whose series were too many.", "counter");
        MetricSeries.WriteLine(text, "sentinel_metrics_dropped_total", "", Interlocked.Read(ref _dropped));
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>A label as it stands between braces.</summary>
    public static string Label(string name, string value)
    {
        var bounded = value.Length > LabelCharactersMax ? value[..LabelCharactersMax] : value;
        return $"{name}=\"{bounded.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n")}\"";
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (MetricNames.Of(instrument), LabelsOf(instrument.Name, tags));
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= SeriesMax)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            series = _series.GetOrAdd(key, _ => new MetricSeries(instrument));
        }
        series.Record(value);
    }

    private static string LabelsOf(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
            labels.Add(Label(MetricNames.LabelOf(instrument, name), Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    private static void WriteHead(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help.ReplaceLineEndings(" ")).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
}
