using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>The permutation law: any order of the same events within the allowed lateness gives identical final scores.</summary>
public sealed class OrderedScoringTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);
    // Warm after half a day, so that models and not only rules have opinions that the order could change.
    private static readonly DetectionOptions Options = new()
    {
        WarmUpEvents = 500,
        WarmUpSpan = TimeSpan.FromHours(12),
        ModelAlertsPerDay = 50,
    };
    private static readonly Lazy<byte[][]> Network = new(() => [.. new HospitalSimulator(new SimulationOptions
    {
        Seed = 11, Days = 3, EventsPerDay = 400, Attacks = ["all"],
    }).Events().Select(simulated => simulated.Json)]);

    [Fact]
    public void Any_arrival_order_within_the_lateness_gives_the_same_final_scores_and_alerts()
    {
        var expected = new Run(int.MaxValue).Take(Network.Value).Finish();
        for (var seed = 1; seed <= 2; seed++)
        {
            var arrived = Shuffle(Network.Value, seed);
            Assert.NotEqual(Network.Value, arrived);

            var run = new Run(checkpointEvery: 100 * seed).Take(arrived, batchesOf: new Random(seed));
            var found = run.Finish();

            output.WriteLine($"seed {seed}: {run.Scoring.CorrectionCount} corrections of {arrived.Length} events");
            Assert.True(run.Scoring.CorrectionCount > 10);
            Assert.Equal(0, run.Scoring.LateCount);
            Assert.Equal(expected.Scores, found.Scores);
            Assert.Equal(expected.Alerts, found.Alerts);
            Assert.Equal(expected.Incidents, found.Incidents);
        }
    }

    [Fact]
    public void Restarts_in_a_disordered_stream_change_nothing()
    {
        var expected = new Run(int.MaxValue).Take(Network.Value).Finish();
        var arrived = Shuffle(Network.Value, seed: 5);

        var found = new Run(checkpointEvery: 500) { RestartEvery = 300 }.Take(arrived, batchesOf: new Random(5)).Finish();

        Assert.Equal(expected.Scores, found.Scores);
        Assert.Equal(expected.Alerts, found.Alerts);
        Assert.Equal(expected.Incidents, found.Incidents);
    }

    [Fact]
    public void Partitions_may_interleave_in_any_way()
    {
        var halves = Network.Value.Select((payload, i) => (Partition: i % 2, Payload: payload)).ToList();
        var expected = new Run(int.MaxValue).TakePlaced([.. halves]).Finish();

        // One partition runs ahead of the other by up to some minutes, each in its own order.
        var behind = halves.Select((entry, i) => (entry, At: i + (entry.Partition * 40)))
            .OrderBy(item => item.At).Select(item => item.entry);
        var found = new Run(checkpointEvery: 400).TakePlaced([.. behind]).Finish();

        Assert.Equal(expected.Scores, found.Scores);
    }

    [Fact]
    public void An_event_that_comes_later_than_allowed_is_scored_marked_and_leaves_the_settled_scores_alone()
    {
        var events = Network.Value;
        var kept = new Run(200);
        kept.Take(events[..1_200]);
        var before = kept.Final.ToDictionary();

        kept.Take([events[10]], fresh: "late-one");
        kept.Take(events[1_200..]);
        var found = kept.Finish();

        Assert.Equal(1, kept.Scoring.LateCount);
        Assert.Equal(events.Length + 1, found.Scores.Count);
        Assert.All(before, score => Assert.Equal(score.Value, kept.Final[score.Key]));
    }

    [Fact]
    public void At_the_bound_the_oldest_are_settled_early_and_nothing_is_dropped()
    {
        var run = new Run(checkpointEvery: 50, heldMax: 100, lateness: TimeSpan.FromDays(1));

        run.Take(Network.Value);

        Assert.InRange(run.Scoring.HeldCount, 1, 200);
        Assert.Equal(Network.Value.Length, run.Finish().Scores.Count);
    }

    [Fact]
    public void A_clock_far_ahead_does_not_move_the_watermark()
    {
        var run = new Run(200);
        run.Take(Network.Value[..600]);
        var before = run.Scoring.Watermark!.Value;

        run.TakeFromTheFuture(Network.Value[600], receivedAt: before + Lateness);
        run.Take(Network.Value[601..700]);

        Assert.Equal(1, run.Scoring.AheadCount);
        Assert.InRange(run.Scoring.Watermark!.Value, before, before + TimeSpan.FromHours(8));
        Assert.Equal(0, run.Scoring.LateCount);
    }

    /// <summary>Delays every event by less than the lateness, so that none is late.</summary>
    private static byte[][] Shuffle(byte[][] events, int seed)
    {
        var random = new Random(seed);
        return [.. events.OrderBy(payload =>
            TimeOf(payload).AddMilliseconds(random.NextInt64((long)Lateness.TotalMilliseconds - 1)))];
    }

    private static DateTimeOffset TimeOf(byte[] payload)
    {
        var read = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(payload, read, out _));
        return read.OccurredAt;
    }

    private sealed class Run(int checkpointEvery, int heldMax = 1_000_000, TimeSpan? lateness = null)
    {
        private readonly NativeEventDecoder _decoder = new();
        private readonly SentinelEvent _event = new();
        private readonly List<(int Partition, byte[] Payload)> _log = [];
        private readonly Dictionary<string, string> _alerts = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _incidents = new(StringComparer.Ordinal);
        private readonly Dictionary<int, long> _offsets = [];

        public int RestartEvery { get; init; } = int.MaxValue;

        public Dictionary<ulong, (double, double)> Final { get; } = [];

        public OrderedScoring Scoring => _scoring ??= Make();

        private OrderedScoring? _scoring;

        public Run Take(byte[][] events, Random? batchesOf = null, string? fresh = null)
        {
            for (var next = 0; next < events.Length;)
            {
                var size = Math.Min(events.Length - next, batchesOf?.Next(1, 60) ?? 50);
                foreach (var payload in events.AsSpan(next, size))
                    Add(0, fresh is null ? payload : Renamed(payload, fresh));
                Settle();
                next += size;
                if (_log.Count % RestartEvery < size)
                    Restart();
            }
            return this;
        }

        public Run TakePlaced((int Partition, byte[] Payload)[] entries)
        {
            foreach (var chunk in entries.Chunk(70))
            {
                foreach (var (partition, payload) in chunk)
                    Add(partition, payload);
                Settle();
            }
            return this;
        }

        public void TakeFromTheFuture(byte[] payload, DateTimeOffset receivedAt)
        {
            var text = System.Text.Encoding.UTF8.GetString(payload);
            var at = text.IndexOf("\"time\":\"", StringComparison.Ordinal) + 8;
            var future = System.Text.Encoding.UTF8.GetBytes(text[..at] + "2099" + text[(at + 4)..]);
            Assert.True(_decoder.TryDecode(future, _event, out _));
            _log.Add((0, future));
            Scoring.Add((0, _log.Count - 1), receivedAt, _event);
            Settle();
        }

        public (IReadOnlyList<(ulong, (double, double))> Scores, IReadOnlyList<string> Alerts, IReadOnlyList<string> Incidents)
            Finish()
        {
            foreach (var held in Scoring.Held)
                Final[held.Rank.IdKey] = (held.Score, held.PValue);
            return ([.. Final.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))],
                Standing(_alerts), Standing(_incidents));
        }

        private static IReadOnlyList<string> Standing(Dictionary<string, string> told) =>
            [.. told.Values.Where(text => !text.Contains(OrderedScoring.WithdrawnTag, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];

        private void Add(int partition, byte[] payload)
        {
            Assert.True(_decoder.TryDecode(payload, _event, out _));
            var offset = _offsets[partition] = _offsets.GetValueOrDefault(partition, -1) + 1;
            _log.Add((partition, payload));
            Scoring.Add((partition, offset), DateTimeOffset.MaxValue.AddDays(-2), _event);
        }

        private void Settle()
        {
            foreach (var said in Scoring.Settle())
            {
                foreach (var alert in said.Alerts)
                    _alerts[alert.Id] = System.Text.Json.JsonSerializer.Serialize(alert, AlertJson.Options);
                foreach (var incident in said.Incidents)
                    _incidents[incident.Id] = System.Text.Json.JsonSerializer.Serialize(incident, AlertJson.Options);
            }
        }

        private void Restart()
        {
            using var saved = new MemoryStream();
            Scoring.Save(saved);
            var resume = Scoring.ResumeOffsets;
            saved.Position = 0;
            _scoring = Make();
            _scoring.Restore(saved);
            for (var offset = resume[0] + 1; offset < _log.Count; offset++)
            {
                Assert.True(_decoder.TryDecode(_log[(int)offset].Payload, _event, out _));
                _scoring.TakeAgain((0, offset), DateTimeOffset.MaxValue.AddDays(-2), _event);
                if (offset % 37 == 0)
                    Quietly();
            }
            Quietly();
            _scoring.EndRestore();
        }

        private void Quietly()
        {
            foreach (var _ in Scoring.Settle())
                continue;
        }

        private OrderedScoring Make() => new(
            state => state is null ? new DetectionEngine(Options) : DetectionEngine.Load(state, Options),
            new NativeEventDecoder(),
            new OrderedScoringOptions
            {
                AllowedLateness = lateness ?? Lateness,
                CheckpointEveryEvents = checkpointEvery,
                EventsHeldMax = heldMax,
            })
        {
            BecameFinal = held => Final[held.Rank.IdKey] = (held.Score, held.PValue),
        };

        private static byte[] Renamed(byte[] payload, string id)
        {
            var text = System.Text.Encoding.UTF8.GetString(payload);
            var at = text.IndexOf("\"id\":\"", StringComparison.Ordinal) + 6;
            return System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"{text[..at]}{id}{text[text.IndexOf('"', at)..]}"));
        }
    }
}
