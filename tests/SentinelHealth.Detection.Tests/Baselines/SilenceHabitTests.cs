using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Tests.Baselines;

public sealed class SilenceHabitTests
{
    // A Monday.
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Quiet_nights_and_weekends_are_no_silence_and_a_quiet_morning_is()
    {
        foreach (var seed in new[] { 1, 2, 3 })
        {
            var habit = new SilenceHabit();
            var last = Live(habit, days: 17, seed);

            Assert.Equal(0, Alarms(habit, days: 17, seed));
            // The third Wednesday's evening was the last word. The night that follows is as quiet as always.
            Assert.False(habit.IsSilentAt(Start.AddDays(17).AddHours(6).ToUnixTimeMilliseconds()));
            Assert.True(habit.IsSilentAt(Start.AddDays(17).AddHours(11).ToUnixTimeMilliseconds()), $"seed {seed}, last at {last}");
        }
    }

    [Fact]
    public void Nothing_is_said_of_somebody_known_for_less_than_a_day()
    {
        var habit = new SilenceHabit();
        for (var minute = 0; minute < 600; minute++)
            habit.Observe(Start.AddHours(8).AddMinutes(minute).ToUnixTimeMilliseconds());

        Assert.False(habit.IsSilentAt(Start.AddDays(30).ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void The_burst_of_one_evening_promises_nothing_for_the_next_ones()
    {
        var habit = new SilenceHabit();
        for (var second = 0; second < 4 * 3_600; second += 5)
            habit.Observe(Start.AddHours(22).AddSeconds(second).ToUnixTimeMilliseconds());

        Assert.Equal(0, Beat(habit, Start.AddHours(26.5), days: 20));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(23)]
    public void One_that_only_beats_is_missed_after_a_few_beats_by_night_and_by_day(int hour)
    {
        var habit = new SilenceHabit();
        var last = Start.AddDays(3).AddHours(hour);
        Beat(habit, Start, days: 3 + (hour / 24.0));
        habit.Observe(last.ToUnixTimeMilliseconds());

        Assert.False(habit.IsSilentAt(last.AddMinutes(61).ToUnixTimeMilliseconds()));
        Assert.True(habit.IsSilentAt(last.AddMinutes(125).ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void One_that_is_always_busy_is_missed_within_half_an_hour_and_not_at_once()
    {
        var habit = new SilenceHabit();
        var random = new Random(6);
        var last = Start;
        for (var at = Start; at < Start.AddDays(4).AddHours(11); at = at.AddMinutes(-Math.Log(1 - random.NextDouble())))
            habit.Observe((last = at).ToUnixTimeMilliseconds());

        Assert.False(habit.IsSilentAt(last.AddMinutes(5).ToUnixTimeMilliseconds()));
        Assert.True(habit.IsSilentAt(last.AddMinutes(30).ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void A_holiday_on_which_only_the_beats_go_on_is_no_silence()
    {
        var habit = new SilenceHabit();
        for (var day = 0; day < 4; day++)
        {
            for (var minute = 0; minute < 24 * 60; minute += minute is > 8 * 60 and < 18 * 60 ? 1 : 30)
                habit.Observe(Start.AddDays(day).AddMinutes(minute).ToUnixTimeMilliseconds());
        }

        Assert.Equal(0, Beat(habit, Start.AddDays(4), days: 1));
    }

    [Fact]
    public void What_is_silent_again_and_again_is_a_new_habit()
    {
        var habit = new SilenceHabit();
        Beat(habit, Start, days: 7);
        var told = 0;
        for (var at = Start.AddDays(7); at < Start.AddDays(21); at = at.AddHours(3))
        {
            told += habit.IsSilentAt(at.ToUnixTimeMilliseconds()) ? 1 : 0;
            habit.Observe(at.ToUnixTimeMilliseconds());
        }

        Assert.InRange(told, 1, 20);
    }

    [Fact]
    public void A_habit_in_another_layout_is_refused()
    {
        using var reader = new BinaryReader(new MemoryStream(new byte[4_096]));
        Assert.Throws<InvalidDataException>(() => new SilenceHabit().Load(reader));
    }

    [Fact]
    public void A_silence_that_was_noticed_does_not_become_a_habit()
    {
        var habit = new SilenceHabit();
        Live(habit, days: 10, seed: 4);
        habit.Observe(Start.AddDays(10).AddHours(8).ToUnixTimeMilliseconds());
        var noon = Start.AddDays(10).AddHours(12).ToUnixTimeMilliseconds();
        Assert.True(habit.IsSilentAt(noon));
        var before = habit.UsualGapMsAt(noon);

        habit.Observe(noon);
        habit.Observe(noon + 1);
        habit.Observe(Start.AddDays(11).AddHours(8).ToUnixTimeMilliseconds());

        Assert.Equal(before, habit.UsualGapMsAt(Start.AddDays(11).AddHours(12).ToUnixTimeMilliseconds()), 1.0);
    }

    [Fact]
    public void A_saved_habit_goes_on_as_it_was()
    {
        var habit = new SilenceHabit();
        Live(habit, days: 9, seed: 5);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        habit.Save(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        var loaded = new SilenceHabit();
        loaded.Load(reader);

        var at = Start.AddDays(9).AddHours(13).ToUnixTimeMilliseconds();
        Assert.Equal(habit.MissingAt(at), loaded.MissingAt(at));
        Assert.Equal((habit.UsualGapMsAt(at), habit.LastAtMs), (loaded.UsualGapMsAt(at), loaded.LastAtMs));
        Assert.Equal(habit.IsSilentAt(at), loaded.IsSilentAt(at));
    }

    private static DateTimeOffset Live(SilenceHabit habit, int days, int seed)
    {
        var last = Start;
        foreach (var at in Life(days, seed))
        {
            habit.Observe(at.ToUnixTimeMilliseconds());
            last = at;
        }
        return last;
    }

    private static int Alarms(SilenceHabit _, int days, int seed)
    {
        var (habit, alarms) = (new SilenceHabit(), 0);
        foreach (var at in Life(days, seed))
        {
            alarms += habit.IsSilentAt(at.ToUnixTimeMilliseconds()) ? 1 : 0;
            habit.Observe(at.ToUnixTimeMilliseconds());
        }
        return alarms;
    }

    /// <summary>A beat every half hour, a few seconds early or late; how often it was silent.</summary>
    private static int Beat(SilenceHabit habit, DateTimeOffset from, double days)
    {
        var alarms = 0;
        for (var beat = 0; beat < days * 48; beat++)
        {
            var atMs = from.AddMinutes(30 * beat).AddSeconds(beat * 7 % 20).ToUnixTimeMilliseconds();
            alarms += habit.IsSilentAt(atMs - 1) ? 1 : 0;
            habit.Observe(atMs);
        }
        return alarms;
    }

    /// <summary>Thirty events an hour by day, one by night, a fifth of that on days off; exponential gaps.</summary>
    private static IEnumerable<DateTimeOffset> Life(int days, int seed)
    {
        var random = new Random(seed);
        for (var at = Start; at < Start.AddDays(days); at = at.AddHours(-Math.Log(1 - random.NextDouble()) / 60))
        {
            var isDay = at.Hour is >= 7 and < 20;
            var isOff = at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            if (random.NextDouble() < (isDay ? 0.5 : 1.0 / 60) * (isOff ? 0.2 : 1))
                yield return at;
        }
    }
}
