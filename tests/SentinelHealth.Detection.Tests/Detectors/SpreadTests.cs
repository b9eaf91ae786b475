using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Detectors;

public class SpreadTests : DetectorConformance
{
    private const long DayMs = 86_400_000;
    private const long StartMs = 1_793_577_600_000;

    private readonly Spread _spread = new(
        "spread", [new("patients", 0, SpreadKeys.All), new("new patients", 0, SpreadKeys.Unfamiliar)], 1_024, 64);

    protected override IDetector Cold() => new Spread(
        "spread", [new("patients", 8, SpreadKeys.All), new("new patients", 8, SpreadKeys.Unfamiliar), new("nodes", 1, SpreadKeys.All)], 1_024, 64);

    [Fact]
    public void Reading_many_different_patients_is_strange_and_reading_one_often_is_not()
    {
        for (var day = 0; day < 40; day++)
            ReadPatients(day, first: 0, count: 10);
        ReadPatients(day: 41, first: 0, count: 80);
        var many = Score(41, patient: 900);
        for (var i = 0; i < 80; i++)
            _spread.Learn(Read(42, [Key(3)]), 1);
        var one = Score(42, patient: 3);

        Assert.True(many > 8, $"{many}");
        Assert.True(one < 1, $"{one}");
    }

    [Fact]
    public void Strangers_are_told_from_acquaintances()
    {
        for (var day = 0; day < 40; day++)
        {
            ReadPatients(day, first: 0, count: 30);
            ReadPatients(day, first: 1_000 + day, count: 1);
        }
        ReadPatients(day: 41, first: 5_000, count: 29);
        var strangers = Score(41, patient: 5_100);
        ReadPatients(day: 42, first: 0, count: 29);
        var acquaintances = Score(42, patient: 29);

        Assert.True(strangers > acquaintances + 4, $"{strangers} {acquaintances}");
    }

    [Fact]
    public void A_dimension_with_channels_counts_only_events_in_them()
    {
        var spread = new Spread("spread", [new("strangers", 0, SpreadKeys.All, Channels: 2)], 1_024, 64);
        for (var day = 0; day < 40; day++)
        {
            spread.Learn(Read(day, [Key(day)]) with { Channels = 3 }, 1);
            for (var i = 0; i < 50; i++)
                spread.Learn(Read(day, [Key(1_000 + i)]) with { Channels = 1 }, 1);
        }
        Assert.Null(spread.Score(Read(41, [Key(7)]) with { Channels = 1 }));
        for (var i = 0; i < 19; i++)
            spread.Learn(Read(41, [Key(2_000 + i)]) with { Channels = 2 }, 1);
        var parts = new SurprisePart[Spread.DimensionsMax];
        Assert.Equal(1, spread.Explain(Read(41, [Key(7)]) with { Channels = 2 }, parts));
        // Distinct keys are estimated.
        Assert.InRange(parts[0].Observed, 18, 22);
        Assert.True(parts[0].Surprise > 4, $"{parts[0].Surprise}");
    }

    private void ReadPatients(int day, int first, int count)
    {
        for (var i = 0; i < count; i++)
            _spread.Learn(Read(day, [Key(first + i)]), 1);
    }

    private double Score(int day, int patient) =>
        _spread.Score(Read(day, [Key(patient)])) ?? throw new InvalidOperationException("The detector is cold.");

    private static ulong Key(int patient) => StableHash.Of($"patient:{patient}");

    private static Observation Read(int day, ReadOnlySpan<ulong> patient) =>
        new() { AtMs = StartMs + (day * DayMs), Entity = 1, Peers = 9, Categories = patient };
}
