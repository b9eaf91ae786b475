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
    public void A_silence_that_was_noticed_does_not_become_a_habit()
    {
        var habit = new SilenceHabit();
        Live(habit, days: 10, seed: 4);
        var before = habit.MissingUsualMax;

        habit.Observe(Start.AddDays(11).AddHours(20).ToUnixTimeMilliseconds());

        Assert.Equal(before, habit.MissingUsualMax);
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
        Assert.Equal((habit.MissingUsualMax, habit.LastAtMs), (loaded.MissingUsualMax, loaded.LastAtMs));
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
