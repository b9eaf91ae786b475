using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>What people decided stays decided, once, however often events are scored again.</summary>
public sealed class DecisionOrderTests
{
    private static readonly DateTimeOffset Start = SomeCase.At;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1_000)]
    public void A_closed_alert_is_closed_once_after_any_number_of_corrections(int checkpointEvery)
    {
        var scoring = new OrderedScoring(
            state => new ClosingEngine(state), new NativeEventDecoder(),
            new OrderedScoringOptions { CheckpointEveryEvents = checkpointEvery });
        for (var number = 0; number < 20; number++)
            Take(scoring, number, number * 10);
        scoring.Close("first", Disposition.Benign);
        Take(scoring, 20, 200);
        scoring.Close("second", Disposition.Benign);

        for (var number = 21; number < 60; number++)
            Take(scoring, number, (number * 10) - (number % 3 == 0 ? 25 : 0));

        Assert.True(scoring.CorrectionCount >= 10, $"{scoring.CorrectionCount} corrections show too little.");
        Assert.Equal(["first", "second"], ((ClosingEngine)scoring.Engine).Closed);
    }

    [Fact]
    public void A_decision_is_taken_again_between_the_events_it_was_made_between()
    {
        var scoring = new OrderedScoring(
            state => new ClosingEngine(state), new NativeEventDecoder(),
            new OrderedScoringOptions { CheckpointEveryEvents = 1_000 });
        Take(scoring, 0, 0);
        Take(scoring, 1, 100);
        scoring.Close("first", Disposition.Benign);
        Take(scoring, 2, 200);

        Take(scoring, 3, 50);

        Assert.Equal(3, ((ClosingEngine)scoring.Engine).ScoredAtClose);
    }

    private static void Take(OrderedScoring scoring, int number, int seconds)
    {
        var at = Start.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        scoring.Add((0, number), DateTimeOffset.MaxValue.AddDays(-2), Some.LedgerTransaction(("id", $"t-{number}"), ("time", at)));
        foreach (var _ in scoring.Settle())
            continue;
    }

    /// <summary>Remembers which alerts were closed, in the order of their closing, and after how many events the last one was.</summary>
    private sealed class ClosingEngine : IDetectionEngine
    {
        private int _scored;

        public ClosingEngine(Stream? state)
        {
            if (state is null)
                return;
            using var reader = new BinaryReader(state);
            (_scored, ScoredAtClose) = (reader.ReadInt32(), reader.ReadInt32());
            for (var left = reader.ReadInt32(); left > 0; left--)
                Closed.Add(reader.ReadString());
        }

        public List<string> Closed { get; } = [];

        public int ScoredAtClose { get; private set; }

        public EventVerdict Process(SentinelEvent observed)
        {
            _scored++;
            return new EventVerdict(0, 1, [], []);
        }

        public IReadOnlyList<Incident> Close(string alertId, Disposition disposition)
        {
            Closed.Add(alertId);
            ScoredAtClose = _scored;
            return [];
        }

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

        public void Save(Stream destination)
        {
            using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(_scored);
            writer.Write(ScoredAtClose);
            writer.Write(Closed.Count);
            foreach (var alert in Closed)
                writer.Write(alert);
        }
    }
}
