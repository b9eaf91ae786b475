using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.TimeSeries;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.TimeSeries;

/// <summary>The network and its nodes as series: a flood at one node is told, a day like the others is not.</summary>
public sealed class NetworkSeriesTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Nodes = ["node:a", "node:b", "node:c"];
    private readonly Random _random = new(51);
    private int _next;

    [Fact]
    public void A_flood_at_one_node_is_told_of_that_node_and_what_was_usual()
    {
        // Three nodes and one week: the ranks of so few points pay for an alert only where many are wanted.
        var series = new NetworkSeries(alertsPerDay: 500);
        List<SeriesFinding> quiet = [];
        Live(series, fromDay: 0, days: 7, quiet);
        List<SeriesFinding> found = [];
        Live(series, fromDay: 7, days: 1, found, floodAtHour: 10);

        Assert.True(quiet.Count <= 3, $"{quiet.Count} findings in seven ordinary days");
        var finding = found.First(one => one is { Metric: NetworkMetric.Events, Entity.Type: EntityType.Node });
        Assert.Equal("node:b", finding.Entity.Id);
        Assert.True(finding.Observed > 3 * finding.Expected, $"{finding.Observed} against {finding.Expected}");
        var alert = SeriesAlert.Of(finding, Monday.AddDays(7));
        Assert.Equal(alert.Score, alert.Contributions.Sum(contribution => contribution.Share), 9);
        Assert.Contains("node:b", alert.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(alert.EventIds[0]);
    }

    [Fact]
    public void Reloaded_in_the_middle_of_ten_minutes_it_goes_on_as_if_nothing_had_happened()
    {
        var original = new NetworkSeries(alertsPerDay: 5);
        Live(original, fromDay: 0, days: 1, []);
        var copy = new NetworkSeries(alertsPerDay: 5);
        copy.Load(new BinaryReader(new MemoryStream(Saved(original))));
        for (var i = 0; i < 200; i++)
        {
            var observed = Event(Monday.AddDays(1).AddMinutes(i * 3), "node:a", isFailed: i % 9 == 0);
            List<SeriesFinding> ofOriginal = [], ofCopy = [];
            original.Observe(observed, ofOriginal);
            copy.Observe(observed, ofCopy);
            Assert.Equal(ofOriginal.Count, ofCopy.Count);
        }
        Assert.Equal(Saved(original), Saved(copy));
    }

    private void Live(NetworkSeries series, int fromDay, int days, List<SeriesFinding> findings, int floodAtHour = -1)
    {
        for (var minute = 0; minute < days * 1_440; minute += 5)
        {
            var at = Monday.AddDays(fromDay).AddMinutes(minute);
            var isDay = at.Hour is >= 7 and < 19;
            foreach (var node in Nodes)
            {
                var events = (isDay ? 4 : 1) + _random.Next(0, isDay ? 3 : 2) + (at.Hour == floodAtHour && node == "node:b" ? 60 : 0);
                for (var i = 0; i < events; i++)
                    series.Observe(Event(at, node, _random.NextDouble() < 0.03), findings);
            }
        }
    }

    private SentinelEvent Event(DateTimeOffset at, string node, bool isFailed) => Some.LedgerTransaction(
        ("id", $"e-{++_next}"), ("time", at.ToString("O")), ("node", node), ("actor", $"did:ethr:0x{_next % 40}"),
        ("status", isFailed ? "reverted" : "success"));

    private static byte[] Saved(NetworkSeries series)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            series.Save(writer);
        return stream.ToArray();
    }
}
