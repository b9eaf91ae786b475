using System.Globalization;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>What disorder costs: how many events are scored, and how many states are written and kept, for each that comes in.</summary>
public sealed class CorrectionCostTests
{
    private const int Events = 20_000, BatchEvents = 100, EarlierMs = 300, GapMs = 5;
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_batch_that_begins_a_moment_before_the_last_one_ended_is_not_paid_for_with_everything_since_the_last_state()
    {
        var work = new Work();
        var scoring = Make(work, new OrderedScoringOptions { CheckpointEveryEvents = 20_000 });

        TakeOverlapping(scoring);

        Assert.InRange(scoring.CorrectionCount, (Events / BatchEvents) - 2, Events / BatchEvents);
        // Without a state near the end each batch scores all before it again: a hundred times as much.
        Assert.InRange(work.Scored, Events, Events * 6);
        Assert.Equal(0, scoring.LateCount);
    }

    [Fact]
    public void A_state_that_is_dear_to_write_does_not_come_too_late_for_the_next_correction()
    {
        // Worth 550 events, while a batch brings a hundred and corrections begin sixty before its end.
        var work = new Work { StateBytes = 3_300_000 };

        TakeOverlapping(Make(work, new OrderedScoringOptions { CheckpointEveryEvents = 20_000 }));

        Assert.InRange(work.Scored, Events, Events * 7);
        Assert.InRange(work.Saves, 1, Events / 300);
    }

    [Fact]
    public void A_state_that_is_due_after_the_place_of_the_next_correction_does_not_take_the_place_of_the_one_before_it()
    {
        var work = new Work { StateBytes = 100_000 };

        var options = new OrderedScoringOptions { CheckpointEveryEvents = 110, CheckpointBytesMax = 1, EventsHeldMax = 220 };

        TakeOverlapping(Make(work, options));

        // 2.7 times as many as come in when it does, 2.2 times when not.
        Assert.InRange(work.Scored, Events, Events * 12 / 5);
    }

    [Fact]
    public void Large_states_are_written_seldom_and_three_of_them_are_kept()
    {
        var (small, large) = (new Work(), new Work { StateBytes = 100_000 });
        var options = new OrderedScoringOptions { CheckpointEveryEvents = 100, CheckpointBytesMax = 100_000 };

        TakeInOrder(Make(small, options));
        TakeInOrder(Make(large, options));

        Assert.InRange(small.Saves, Events / 200, Events / 100 * 2);
        Assert.InRange(large.Saves, 3, small.Saves / 4);
    }

    [Fact]
    public void With_few_states_an_event_is_still_in_time_when_half_of_what_may_be_held_came_after_it()
    {
        var work = new Work { StateBytes = 100_000 };
        var scoring = Make(work, new OrderedScoringOptions
        {
            AllowedLateness = TimeSpan.FromDays(1),
            CheckpointEveryEvents = 100,
            CheckpointBytesMax = 1,
            EventsHeldMax = 2_000,
        });
        for (var number = 0; number < Events; number++)
        {
            Add(scoring, number, Start.AddMilliseconds(number * GapMs));
            if (number % BatchEvents == 0)
                Settle(scoring);
            if (number % 1_700 == 1_699)
                Add(scoring, Events + number, Start.AddMilliseconds((number - 900) * GapMs));
        }

        Settle(scoring);

        Assert.Equal(0, scoring.LateCount);
        Assert.InRange(scoring.HeldCount, 1, 2_000 + BatchEvents);
    }

    [Fact]
    public void An_early_correction_does_not_keep_the_middle_state_beside_the_oldest_for_ever()
    {
        var scoring = Make(new Work { StateBytes = 100_000 }, new OrderedScoringOptions
        {
            AllowedLateness = TimeSpan.FromDays(1),
            CheckpointEveryEvents = 100,
            CheckpointBytesMax = 1,
            EventsHeldMax = 2_000,
        });
        for (var number = 0; number < Events; number++)
        {
            // One correction at the beginning leaves a state there; all batches later on overlap.
            var isEarly = number == 150 || (number > 1_100 && number % BatchEvents == 0);
            Add(scoring, number, Start.AddMilliseconds((number * GapMs) - (isEarly ? EarlierMs : 0)));
            if (number % BatchEvents == BatchEvents - 1)
                Settle(scoring);
            Assert.True(number < 2_500 || scoring.HeldCount > 500, $"Of 2,000 events that may be held {scoring.HeldCount} are, after {number}.");
        }

        Assert.Equal(0, scoring.LateCount);
    }

    private static void TakeOverlapping(OrderedScoring scoring)
    {
        for (var number = 0; number < Events; number++)
        {
            var isFirst = number % BatchEvents == 0 && number > 0;
            Add(scoring, number, Start.AddMilliseconds((number * GapMs) - (isFirst ? EarlierMs : 0)));
            if (number % BatchEvents == BatchEvents - 1)
                Settle(scoring);
        }
    }

    private static void TakeInOrder(OrderedScoring scoring)
    {
        for (var number = 0; number < Events; number++)
        {
            Add(scoring, number, Start.AddMilliseconds(number * GapMs));
            if (number % BatchEvents == BatchEvents - 1)
                Settle(scoring);
        }
    }

    private static OrderedScoring Make(Work work, OrderedScoringOptions options) =>
        new(_ => new CountingEngine(work), new NativeEventDecoder(), options);

    private static void Settle(OrderedScoring scoring)
    {
        foreach (var _ in scoring.Settle())
            continue;
    }

    private static void Add(OrderedScoring scoring, int number, DateTimeOffset at)
    {
        var observed = Some.LedgerTransaction(
            ("id", $"t-{number}"), ("time", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)));
        scoring.Add((0, number), DateTimeOffset.MaxValue.AddDays(-2), observed);
    }

    /// <summary>What engines were made to do.</summary>
    private sealed class Work
    {
        public int StateBytes { get; init; } = 1_000;

        public long Scored { get; set; }

        public int Saves { get; set; }

    }

    private sealed class CountingEngine(Work work) : IDetectionEngine
    {
        public EventVerdict Process(SentinelEvent observed)
        {
            work.Scored++;
            return new EventVerdict(0, 1, [], []);
        }

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

        public void Save(Stream destination)
        {
            work.Saves++;
            destination.Write(new byte[work.StateBytes]);
        }
    }
}
