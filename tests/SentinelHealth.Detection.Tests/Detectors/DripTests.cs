using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

public sealed class DripTests
{
    private const long HourMs = 3_600_000, DayMs = 24 * HourMs;
    private static readonly long MondayMs = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly Random _random = new(31);
    private readonly Drip _drip = new("drip", new FeatureSchema([], ["keys"]), DripClock.ActiveHours, 1_024, 64);
    private long _todayMs = MondayMs;

    [Fact]
    public void A_few_too_many_in_every_hour_are_strange_by_the_end_of_the_shift()
    {
        Live(days: 20);
        var first = Act(actor: 3, hour: 8);
        double? last = null;
        for (var hour = 8; hour < 16; hour++)
        {
            for (var i = 0; i < 3; i++)
                last = Math.Max(last ?? 0, Act(actor: 3, hour) ?? 0);
        }
        Assert.True(first < 1, $"{first}");
        Assert.True(last > 5, $"{last}");
    }

    [Fact]
    public void Who_always_does_much_is_left_alone()
    {
        Live(days: 20, busy: 5, busyPerHour: 3);
        double? highest = 0;
        for (var hour = 8; hour < 16; hour++)
        {
            for (var i = 0; i < 3; i++)
                highest = Math.Max(highest.Value, Act(actor: 5, hour) ?? 0);
        }
        Assert.True(highest < 2, $"{highest}");
    }

    [Fact]
    public void Days_off_give_no_room_for_more_afterward()
    {
        Live(days: 20);
        _todayMs += 30 * DayMs;
        double? last = 0;
        for (var i = 0; i < 24; i++)
            last = Math.Max(last.Value, Act(actor: 4, hour: 8 + (i / 3)) ?? 0);
        Assert.True(last > 5, $"{last}");
    }

    [Fact]
    public void A_window_that_stays_full_is_told_once()
    {
        Live(days: 20);
        var told = 0;
        for (var i = 0; i < 40; i++)
            told += Act(actor: 6, hour: 8) > 0 ? 1 : 0;
        var after = 0;
        // No more than usual from now on: the window empties, and says nothing new.
        for (var hour = 9; hour < 16; hour++)
            after += Act(actor: 6, hour) > 0 ? 1 : 0;
        Assert.True(told > 10, $"{told}");
        Assert.Equal(0, after);
    }

    [Fact]
    public void Patience_moves_the_baseline_only_slowly()
    {
        Live(days: 20);
        var found = 0;
        // Every day a tenth more than the day before.
        for (var (day, perDay) = (0, 2.0); day < 40 && found == 0; day++, perDay *= 1.1)
        {
            for (var i = 0; i < perDay; i++)
                found += Act(actor: 7, hour: 8 + (int)(8 * i / perDay)) > 4 ? 1 : 0;
            _todayMs += DayMs;
        }
        Assert.True(found > 0, "Forty days of slow growth went unnoticed.");
    }

    private double? Act(ulong actor, int hour)
    {
        var seen = Seen(actor, hour, channels: 1);
        var score = _drip.Score(seen);
        _drip.Learn(seen, 1);
        return score;
    }

    /// <summary>Twenty people who work eight hours a day and need about two keys in them.</summary>
    private void Live(int days, ulong busy = 0, int busyPerHour = 0)
    {
        for (var day = 0; day < days; day++, _todayMs += DayMs)
        {
            for (var hour = 8; hour < 16; hour++)
            {
                for (var actor = 1ul; actor <= 20; actor++)
                {
                    _drip.Learn(Seen(actor, hour, channels: 0), 1);
                    var keys = actor == busy ? busyPerHour : _random.NextDouble() < 0.25 ? 1 : 0;
                    for (var i = 0; i < keys; i++)
                        _drip.Learn(Seen(actor, hour, channels: 1), 1);
                }
            }
        }
    }

    private Observation Seen(ulong actor, int hour, uint channels) => new()
    {
        AtMs = _todayMs + (hour * HourMs) + _random.Next(0, (int)HourMs - 1),
        Entity = Ingest.Events.StableHash.Combine(actor, 1),
        Peers = 1,
        Channels = channels,
    };
}
