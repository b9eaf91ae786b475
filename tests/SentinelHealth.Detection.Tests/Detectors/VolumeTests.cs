using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

public class VolumeTests : DetectorConformance
{
    private const long HourMs = 3_600_000;
    private const long StartMs = 1_793_577_600_000;
    private readonly Volume _volume = new("volume", new FeatureSchema([], ["reads"]), 1_024, 64);

    protected override IDetector Cold() =>
        new Volume("volume", new FeatureSchema([], ["a", "b", "c", "d", "e", "f"]), 1_024, 64);

    [Fact]
    public void A_burst_is_strange_and_the_usual_pace_is_not()
    {
        Work(entity: 1, hours: 100, perHour: 12);
        var usual = Surprise(1, hour: 101, already: 10);
        var burst = Surprise(1, hour: 102, already: 119);

        Assert.True(usual < 1, $"{usual}");
        Assert.True(burst > 10, $"{burst}");
    }

    [Fact]
    public void The_same_number_is_strange_for_one_and_usual_for_another()
    {
        Work(entity: 1, hours: 100, perHour: 4);
        Work(entity: 2, hours: 100, perHour: 60);

        var (slow, busy) = (Surprise(1, 101, already: 59), Surprise(2, 101, already: 59));
        Assert.True(slow > busy + 3, $"{slow} {busy}");
    }

    [Fact]
    public void A_slow_drip_over_a_day_is_seen_though_no_hour_stands_out()
    {
        for (var day = 0; day < 40; day++)
        {
            for (var hour = 8; hour < 12; hour++)
                Learn(1, StartMs + (day * 24 * HourMs) + (hour * HourMs), 6);
        }
        var night = StartMs + (41 * 24 * HourMs);
        for (var hour = 0; hour < 23; hour++)
            Learn(1, night + (hour * HourMs), 6);

        Assert.True(Score(1, night + (23 * HourMs)) > 4, $"{Score(1, night + (23 * HourMs))}");
        Assert.Contains("day", Part(1, night + (23 * HourMs)), StringComparison.Ordinal);
    }

    [Fact]
    public void Being_quiet_is_not_strange()
    {
        Work(entity: 1, hours: 100, perHour: 40);
        Assert.Equal(0, Surprise(1, hour: 101, already: 0), 9);
    }

    [Fact]
    public void Learning_and_scoring_allocate_nothing()
    {
        Work(entity: 1, hours: 20, perHour: 12);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _volume.Score(Reads(1, StartMs + (i * 1_000)));
            _volume.Learn(Reads(1, StartMs + (i * 1_000)), 1);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Work(ulong entity, int hours, int perHour)
    {
        for (var hour = 0; hour < hours; hour++)
            Learn(entity, StartMs + (hour * HourMs), perHour + (hour % 3) - 1);
    }

    private double Surprise(ulong entity, int hour, int already)
    {
        Learn(entity, StartMs + (hour * HourMs), already);
        return Score(entity, StartMs + (hour * HourMs));
    }

    private void Learn(ulong entity, long atMs, int times)
    {
        for (var i = 0; i < times; i++)
            _volume.Learn(Reads(entity, atMs), 1);
    }

    private double Score(ulong entity, long atMs) => _volume.Score(Reads(entity, atMs)) ?? throw new InvalidOperationException("Cold.");

    private string Part(ulong entity, long atMs)
    {
        var parts = new SurprisePart[8];
        _volume.Explain(Reads(entity, atMs), parts);
        return _volume.PartNames[parts[0].Part];
    }

    private static Observation Reads(ulong entity, long atMs) => new() { AtMs = atMs, Entity = entity, Peers = 9, Channels = 1 };
}
