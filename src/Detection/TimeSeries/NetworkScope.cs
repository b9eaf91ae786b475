using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>What is counted of the network, or of one node, in the running ten minutes.</summary>
internal sealed class NetworkScope(EntityRef entity)
{
    private const int SharesMin = 20, MeansMin = 5;

    private Counts _counts;
    private byte[] _last = [], _lastFailed = [];
    private int _lastLength, _lastFailedLength;

    /// <summary>The node, or the network as a whole.</summary>
    public EntityRef Entity { get; } = entity;

    /// <summary>The newest event, and the newest that failed; empty when there was none.</summary>
    public string EventId(NetworkMetric metric) => System.Text.Encoding.UTF8.GetString(
        metric == NetworkMetric.Failures && _lastFailedLength > 0
            ? _lastFailed.AsSpan(0, _lastFailedLength) : _last.AsSpan(0, _lastLength));

    public void Count(SentinelEvent observed)
    {
        _counts.Events++;
        _counts.Actors.Add(observed.Key(TextField.Actor));
        var isFailed = observed.Is(TextField.Status, "reverted"u8) || observed.Is(TextField.Decision, "no-match"u8)
            || observed.Is(TextField.Decision, "denied"u8) || observed.Is(TextField.Decision, "error"u8);
        Keep(ref _last, ref _lastLength, observed);
        if (isFailed)
        {
            _counts.Failures++;
            Keep(ref _lastFailed, ref _lastFailedLength, observed);
        }
        var (latencyMs, gas) = (observed.Number(NumberField.LatencyMs), observed.Number(NumberField.GasUsed));
        if (double.IsFinite(latencyMs))
            (_counts.Timed, _counts.LogLatency) = (_counts.Timed + 1, _counts.LogLatency + QuantityHabit.ToScale(latencyMs));
        if (double.IsFinite(gas))
            (_counts.Priced, _counts.LogGas) = (_counts.Priced + 1, _counts.LogGas + QuantityHabit.ToScale(gas));
    }

    /// <summary>
    /// The value of a metric, on a scale where chance is even: twice the root of a count (Anscombe 1948), the mean of a logarithm. NaN
    /// where too little was seen to say.
    /// </summary>
    public double Value(NetworkMetric metric) => metric switch
    {
        NetworkMetric.Events => 2 * Math.Sqrt(_counts.Events + 0.375),
        NetworkMetric.Actors => 2 * Math.Sqrt(_counts.Actors.Estimate() + 0.375),
        NetworkMetric.Failures => _counts.Events < SharesMin
            ? double.NaN : Math.Asin(Math.Sqrt((double)_counts.Failures / _counts.Events)),
        NetworkMetric.Latency => _counts.Timed < MeansMin ? double.NaN : Math.Round(_counts.LogLatency / _counts.Timed, 6),
        NetworkMetric.Gas => _counts.Priced < MeansMin ? double.NaN : Math.Round(_counts.LogGas / _counts.Priced, 6),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A value of a metric as people write it: a count, a share, milliseconds, gas.</summary>
    public static double Plain(NetworkMetric metric, double value) => metric switch
    {
        NetworkMetric.Events or NetworkMetric.Actors => Math.Max(0, (value * value / 4) - 0.375),
        NetworkMetric.Failures => Math.Pow(Math.Sin(Math.Clamp(value, 0, Math.PI / 2)), 2),
        _ => QuantityHabit.FromScale(value),
    };

    public void Begin()
    {
        _counts = default;
        (_lastLength, _lastFailedLength) = (0, 0);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)Entity.Type);
        writer.Write(Entity.Id);
        SnapshotStructs.Write(writer, _counts);
        writer.Write(_lastLength);
        writer.Write(_last.AsSpan(0, _lastLength));
        writer.Write(_lastFailedLength);
        writer.Write(_lastFailed.AsSpan(0, _lastFailedLength));
    }

    public static NetworkScope Load(BinaryReader reader)
    {
        var scope = new NetworkScope(new EntityRef((EntityType)reader.ReadByte(), reader.ReadString()));
        SnapshotStructs.Read(reader, ref scope._counts);
        scope._last = reader.ReadBytes(scope._lastLength = Length(reader));
        scope._lastFailed = reader.ReadBytes(scope._lastFailedLength = Length(reader));
        return scope;
    }

    private static int Length(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length is >= 0 and <= 4_096 ? length : throw new InvalidDataException($"An identifier of {length} bytes.");
    }

    private static void Keep(ref byte[] kept, ref int length, SentinelEvent observed)
    {
        var id = observed.Text(TextField.Id);
        if (id.Length > 4_096)
            return;
        if (kept.Length < id.Length)
            kept = new byte[Math.Max(64, id.Length)];
        id.CopyTo(kept);
        length = id.Length;
    }

    private struct Counts
    {
        public int Events;
        public int Failures;
        public int Timed;
        public int Priced;
        public double LogLatency;
        public double LogGas;
        public DistinctCounter Actors;
    }
}

/// <summary>A number of the network or of a node, per ten minutes.</summary>
internal enum NetworkMetric : byte
{
    Events,
    Failures,
    Actors,
    Latency,
    Gas,
}
