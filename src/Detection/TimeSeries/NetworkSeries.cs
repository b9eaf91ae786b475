using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// Watches the network and its nodes as series: events, failures and different accounts per ten minutes, and the network's latency
/// and gas.
/// </summary>
/// <remarks>
/// Each series is judged by <see cref="TimeSeriesDetector"/> when its ten minutes are over, by event time. There are many series, so
/// its alarm level alone would cry daily: the decades of all points are ranked together (<see cref="ConformalCalibrator"/>), and an
/// alert takes a point rare enough that a twentieth of the alert budget pays for all of them. Bounded to 512 nodes; further
/// ones count in the network alone. O(1) an event, O(series) each ten minutes; 5.7 KB a series, three a node.
/// </remarks>
internal sealed class NetworkSeries(double alertsPerDay)
{
    /// <summary>Its name in alerts.</summary>
    public const string Name = "time-series";

    private const int NodesMax = 512;
    private const long BucketMs = 600_000;
    private const double BudgetShare = 0.05, BucketsPerDay = 144;
    private const double RankedMin = 2_000;

    private static readonly NetworkMetric[] OfNetwork = Enum.GetValues<NetworkMetric>();
    private static readonly NetworkMetric[] OfNode = [NetworkMetric.Events, NetworkMetric.Failures, NetworkMetric.Actors];

    private readonly TimeSeriesDetector _series = new(NodesMax * 4);
    private readonly ConformalCalibrator _ranks = new();
    private readonly SortedDictionary<ulong, NetworkScope> _nodes = [];
    private NetworkScope _network = new(new EntityRef(EntityType.Chain, "network"));
    private long _bucket;

    public long SizeBytes => _series.SizeBytes + (_nodes.Count * 300L) + 1_100;

    /// <summary>Counts an event; when it is the first of its ten minutes, those before are judged first.</summary>
    public void Observe(SentinelEvent observed, List<SeriesFinding> findings)
    {
        var bucket = observed.OccurredAt.ToUnixTimeMilliseconds() / BucketMs;
        if (bucket > _bucket)
        {
            if (_bucket > 0)
                Close(findings);
            _bucket = bucket;
        }
        _network.Count(observed);
        if (NodeOf(observed) is { } node)
            node.Count(observed);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_bucket);
        _series.Save(writer);
        _ranks.Save(writer);
        _network.Save(writer);
        writer.Write(_nodes.Count);
        foreach (var (key, node) in _nodes)
        {
            writer.Write(key);
            node.Save(writer);
        }
    }

    public void Load(BinaryReader reader)
    {
        _bucket = reader.ReadInt64();
        _series.Load(reader);
        _ranks.Load(reader);
        _network = NetworkScope.Load(reader);
        _nodes.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > NodesMax)
            throw new InvalidDataException($"{count} nodes are over the bound of {NodesMax}.");
        for (var i = 0; i < count; i++)
            _nodes[reader.ReadUInt64()] = NetworkScope.Load(reader);
    }

    private NetworkScope? NodeOf(SentinelEvent observed)
    {
        var key = observed.Key(TextField.Node);
        if (key == 0 || _nodes.TryGetValue(key, out var node) || _nodes.Count >= NodesMax)
            return key == 0 ? null : _nodes.GetValueOrDefault(key);
        return _nodes[key] = new NetworkScope(new EntityRef(EntityType.Node, observed.TextOf(TextField.Node)));
    }

    private void Close(List<SeriesFinding> findings)
    {
        var points = OfNetwork.Length + (OfNode.Length * _nodes.Count);
        var rareEnough = alertsPerDay * BudgetShare / (points * BucketsPerDay);
        foreach (var metric in OfNetwork)
            Judge(_network, 1, metric, (rareEnough, findings));
        foreach (var (key, node) in _nodes)
        {
            foreach (var metric in OfNode)
                Judge(node, key, metric, (rareEnough, findings));
            node.Begin();
        }
        _network.Begin();
    }

    private void Judge(NetworkScope scope, ulong key, NetworkMetric metric, (double RareEnough, List<SeriesFinding> Findings) to)
    {
        var (value, series, atMs) = (scope.Value(metric), StableHash.Combine(key, 1 + (ulong)metric), (_bucket + 1) * BucketMs);
        if (!double.IsFinite(value))
            return;
        if (_series.Judge(series, atMs, value) is { } verdict)
        {
            var decades = verdict.IsEcho ? 0 : verdict.Decades;
            var pValue = _ranks.Weight < RankedMin ? 1 : _ranks.PValue(decades);
            if (verdict.Score >= SeriesVerdict.AlarmScore && pValue <= to.RareEnough && scope.EventId(metric).Length > 0)
                to.Findings.Add(Finding(scope, series, metric, (atMs, value, pValue)));
            _ranks.Learn(decades, 1);
        }
        _series.Learn(series, atMs, value);
    }

    private SeriesFinding Finding(
        NetworkScope scope, ulong series, NetworkMetric metric, (long AtMs, double Value, double PValue) point)
    {
        var parts = new SeriesPart[Enum.GetValues<SeriesComponent>().Length];
        var explained = _series.Explain(series, point.AtMs, point.Value, parts)!.Value;
        return new SeriesFinding(
            scope.Entity, metric, scope.EventId(metric), point.PValue,
            NetworkScope.Plain(metric, explained.Observed), NetworkScope.Plain(metric, explained.Expected),
            NetworkScope.Plain(metric, explained.Low), NetworkScope.Plain(metric, explained.High),
            [.. parts.Take(explained.Parts).Where(part => part.Decades > 0)]);
    }
}

/// <summary>Ten minutes of the network or of a node that were unlike those before.</summary>
/// <param name="Entity">The node, or the network.</param>
/// <param name="Metric">What was counted.</param>
/// <param name="EventId">The newest event of those minutes; for failures the newest failed one.</param>
/// <param name="PValue">How rare the point is among all points of all series.</param>
/// <param name="Observed">The value, in its plain unit.</param>
/// <param name="Expected">What the season usually brings.</param>
/// <param name="Low">Least value seen around this time of day.</param>
/// <param name="High">Greatest value seen around this time of day.</param>
/// <param name="Parts">What the evidence is the sum of.</param>
internal sealed record SeriesFinding(
    EntityRef Entity, NetworkMetric Metric, string EventId, double PValue,
    double Observed, double Expected, double Low, double High, IReadOnlyList<SeriesPart> Parts);
