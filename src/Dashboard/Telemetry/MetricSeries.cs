using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace SentinelHealth.Dashboard.Telemetry;

/// <summary>One series: a sum, a last value, or a histogram of durations.</summary>
internal sealed class MetricSeries(Instrument instrument)
{
    // Seconds: from a look into memory to a slow disk.
    private static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Kind _kind = KindOf(instrument);
    private readonly long[] _buckets = new long[Bounds.Length];
    private readonly Lock _gate = new();
    private double _value;
    private long _count;

    private enum Kind
    {
        /// <summary>Adds up, and only rises.</summary>
        Sum,

        /// <summary>Adds up, and may fall.</summary>
        Level,

        /// <summary>Is what it was last.</summary>
        Last,

        /// <summary>Is told as a sum already.</summary>
        Rising,

        /// <summary>Durations by size.</summary>
        Histogram,
    }

    public string Help { get; } = instrument.Description ?? "";

    public string Type => _kind switch { Kind.Sum or Kind.Rising => "counter", Kind.Histogram => "histogram", _ => "gauge" };

    public void Record(double value)
    {
        lock (_gate)
        {
            _value = _kind is Kind.Last or Kind.Rising ? value : _value + value;
            _count++;
            if (_kind == Kind.Histogram && Array.FindIndex(Bounds, bound => value <= bound) is >= 0 and var bucket)
                _buckets[bucket]++;
        }
    }

    public void Write(StringBuilder text, string name, string labels)
    {
        lock (_gate)
        {
            if (_kind != Kind.Histogram)
            {
                WriteLine(text, name, labels, _value);
                return;
            }
            var (start, below) = (labels.Length > 0 ? labels + "," : "", 0L);
            for (var i = 0; i < Bounds.Length; i++)
                WriteLine(text, name + "_bucket", start + MetricsBook.Label("le", Bounds[i].ToString(CultureInfo.InvariantCulture)), below += _buckets[i]);
            WriteLine(text, name + "_bucket", start + MetricsBook.Label("le", "+Inf"), _count);
            WriteLine(text, name + "_sum", labels, _value);
            WriteLine(text, name + "_count", labels, _count);
        }
    }

    public static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static Kind KindOf(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var type when type == typeof(Histogram<>) => Kind.Histogram,
        var type when type == typeof(ObservableCounter<>) => Kind.Rising,
        var type when type == typeof(ObservableGauge<>) || type == typeof(Gauge<>) => Kind.Last,
        var type when type == typeof(ObservableUpDownCounter<>) => Kind.Last,
        var type when type == typeof(UpDownCounter<>) => Kind.Level,
        _ => Kind.Sum,
    };
}
