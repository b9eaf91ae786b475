using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

public class DriftConformanceTests : DetectorConformance
{
    protected override IDetector Cold() => new Drift("drift", distinctCategory: 8, entitiesMax: 1_024);
}

/// <summary>Poisoning by small steps: what it can teach, and how long it stays unseen.</summary>
public class DriftTests
{
    private const long DayMs = 86_400_000, StartMs = 20_000 * DayMs;
    private const double AlarmNats = 12;
    private const int SteadyDays = 30;

    private readonly Random _random = new(41);
    private readonly Drift _drift = new("drift", distinctCategory: 8, entitiesMax: 1_024);
    private readonly ulong[] _categories = new ulong[10];
    private ulong _patient;

    [Theory]
    [InlineData(1.05, 34)]
    [InlineData(1.10, 20)]
    [InlineData(1.20, 15)]
    public void Whoever_does_a_little_more_each_day_is_found_within_a_bounded_time(double growth, int daysMax)
    {
        for (var attacker = 1ul; attacker <= 20; attacker++)
        {
            for (var day = 0; day < SteadyDays; day++)
                Day(attacker, day, 30);
            var found = 0;
            for (var day = 0; found == 0 && day < 60; day++)
                found = Day(attacker, SteadyDays + day, 30 * Math.Pow(growth, day)) >= AlarmNats ? day + 1 : 0;
            Assert.InRange(found, 1, daysMax);
        }
    }

    [Fact]
    public void Whoever_goes_on_as_before_is_hardly_ever_suspected()
    {
        var suspected = 0;
        for (var actor = 1ul; actor <= 300; actor++)
        {
            for (var day = 0; day < 60; day++)
                suspected += Day(actor, day, 30) >= AlarmNats ? 1 : 0;
        }
        Assert.InRange(suspected, 0, 90);
    }

    [Fact]
    public void The_settled_habit_moves_no_faster_than_stated_whatever_is_done()
    {
        for (var day = 0; day < SteadyDays; day++)
            Day(1, day, 30);
        var before = Expected(1, SteadyDays);
        for (var day = SteadyDays; day < SteadyDays + 30; day++)
        {
            Day(1, day, 3_000);
            var now = Expected(1, day + 1);
            Assert.InRange(now - before, 0, Drift.ShiftPerDayMax + 1e-5);
            before = now;
        }
    }

    [Fact]
    public void Days_that_were_alerted_on_teach_nothing()
    {
        for (var day = 0; day < SteadyDays; day++)
            Day(1, day, 30);
        var before = Expected(1, SteadyDays);
        Day(1, SteadyDays, 300, trust: 0.1f);
        Assert.Equal(before, Expected(1, SteadyDays + 1));
    }

    /// <summary>One day of so many events, give or take a quarter; the highest score of it.</summary>
    private double Day(ulong actor, int day, double events, float trust = 1)
    {
        var count = (int)Math.Round(events * Math.Exp(0.25 * Normal()));
        var highest = 0.0;
        for (var i = 0; i < count; i++)
        {
            var observed = Observed(actor, StartMs + (day * DayMs) + (i * 1_000));
            if (i >= count - 2)
                highest = Math.Max(highest, _drift.Score(observed) ?? 0);
            _drift.Learn(observed, trust);
        }
        return highest;
    }

    private double Expected(ulong actor, int day)
    {
        var parts = new SurprisePart[2];
        Assert.True(_drift.Explain(Observed(actor, StartMs + (day * DayMs)), parts) > 0);
        return parts[0].ExpectedLog;
    }

    private Observation Observed(ulong actor, long atMs)
    {
        _categories[8] = Ingest.Events.StableHash.Combine(++_patient, 3);
        return new Observation { AtMs = atMs, Entity = actor, Peers = 1, Categories = _categories, Channels = 1 };
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
