using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

public sealed class MonitoringPartsTests
{
    private static readonly DateTimeOffset At = SomeCase.At;

    [Fact]
    public void Pages_are_told_at_once_and_then_together_at_the_end_of_the_gap()
    {
        var throttle = new ChangeThrottle(TimeSpan.FromMilliseconds(250));

        Assert.Equal(TimeSpan.Zero, throttle.Report(At));
        Assert.Equal(TimeSpan.FromMilliseconds(150), throttle.Report(At.AddMilliseconds(100)));
        Assert.Null(throttle.Report(At.AddMilliseconds(120)));
        throttle.Told(At.AddMilliseconds(250));
        Assert.Equal(TimeSpan.FromMilliseconds(249), throttle.Report(At.AddMilliseconds(251)));
        throttle.Told(At.AddMilliseconds(500));
        Assert.Equal(TimeSpan.Zero, throttle.Report(At.AddMilliseconds(750)));
    }

    [Fact]
    public void Pages_are_told_at_most_four_times_a_second()
    {
        var throttle = new ChangeThrottle(TimeSpan.FromMilliseconds(250));
        var (told, dueAt) = (0, (DateTimeOffset?)null);

        for (var millisecond = 0; millisecond < 10_000; millisecond++)
        {
            var now = At.AddMilliseconds(millisecond);
            if (now >= dueAt)
            {
                throttle.Told(now);
                (told, dueAt) = (told + 1, null);
            }
            if (throttle.Report(now) is { } wait)
                (told, dueAt) = wait == TimeSpan.Zero ? (told + 1, dueAt) : (told, now + wait);
        }

        Assert.InRange(told, 38, 41);
    }

    [Fact]
    public void Rates_fall_into_buckets_of_the_clock_and_old_ones_are_forgotten()
    {
        var buckets = new RateBuckets(TimeSpan.FromSeconds(1));
        buckets.Add(At, 10, 1);
        buckets.Add(At.AddMilliseconds(900), 5, 0);
        buckets.Add(At.AddSeconds(3), 7, 2);

        var points = buckets.Read(At.AddSeconds(3));

        Assert.Equal(RateBuckets.BucketsMax, points.Count);
        Assert.Equal(new RatePoint(At.AddSeconds(3), 7, 2), points[^1]);
        Assert.Equal(new RatePoint(At, 15, 1), points[^4]);
        Assert.Equal(0, points[^2].EventsPerSecond);
        Assert.Equal(0, buckets.Read(At.AddSeconds(3 + RateBuckets.BucketsMax)).Sum(point => point.EventsPerSecond));
    }

    [Fact]
    public void Recent_records_are_bounded_in_number_and_bytes()
    {
        var recent = new RecentEvents(eventsMax: 3, bytesMax: 100);
        for (var key = 1UL; key <= 5; key++)
            recent.Add(key, new byte[10]);

        Assert.Equal((3, 30), (recent.Count, recent.Bytes));
        Assert.False(recent.TryGet(2, out _));
        Assert.True(recent.TryGet(3, out _));
        recent.Add(6, new byte[95]);
        Assert.Equal((1, 95), (recent.Count, recent.Bytes));
        recent.Add(7, new byte[200]);
        Assert.Equal((0, 0), (recent.Count, recent.Bytes));
    }

    [Fact]
    public void The_directory_knows_the_latest_role_and_organization_and_who_was_active_lately()
    {
        var directory = new EntityDirectory(entitiesMax: 100, activeWithin: TimeSpan.FromDays(1));
        directory.Observe(Some.LedgerTransaction(("actor", "a-1"), ("actorRole", "nurse"), ("organization", "h-a"), ("time", Time(0))));
        directory.Observe(Some.LedgerTransaction(("actor", "a-1"), ("actorRole", "clinician"), ("organization", Some.Absent), ("time", Time(1))));
        directory.Observe(Some.LedgerTransaction(("actor", "a-2"), ("organization", "h-a"), ("time", Time(24))));

        Assert.Equal(new EntityProfile("h-a", "clinician"), directory.ProfileOf(new EntityRef(EntityType.Actor, "a-1")));
        Assert.Equal(EntityProfile.Unknown, directory.ProfileOf(new EntityRef(EntityType.Actor, "a-9")));
        Assert.Equal(EntityProfile.Unknown, directory.ProfileOf(new EntityRef(EntityType.Grant, "a-1")));
        Assert.Equal(new OrganizationSize(2, 1), directory.SizeOf("h-a"));
        directory.Observe(Some.LedgerTransaction(("actor", "a-2"), ("organization", "h-a"), ("time", Time(26))));
        Assert.Equal(new OrganizationSize(1, 1), directory.SizeOf("h-a"));
        Assert.Equal(default, directory.SizeOf("h-b"));
    }

    [Fact]
    public void The_directory_is_bounded_and_survives_being_saved()
    {
        var directory = new EntityDirectory(entitiesMax: 50, activeWithin: TimeSpan.FromDays(30));
        for (var number = 0; number < 200; number++)
            directory.Observe(Some.LedgerTransaction(("actor", $"a-{number}"), ("organization", "h-a"), ("time", Time(number))));

        Assert.InRange(directory.SizeOf("h-a").Staff, 40, 50);
        var restored = new EntityDirectory(entitiesMax: 50, activeWithin: TimeSpan.FromDays(30));
        restored.Load(directory.Save());

        Assert.Equal(directory.SizeOf("h-a"), restored.SizeOf("h-a"));
        Assert.Equal("h-a", restored.ProfileOf(new EntityRef(EntityType.Actor, "a-199")).Organization);
        Assert.Equal(EntityProfile.Unknown, restored.ProfileOf(new EntityRef(EntityType.Actor, "a-0")));
    }

    [Fact]
    public void A_node_is_silent_when_it_misses_many_of_its_usual_gaps()
    {
        var nodes = new NodeTable(nodesMax: 2);
        foreach (var minute in Enumerable.Range(0, 30))
            nodes.Observe(Some.LedgerTransaction(("node", "n-1"), ("time", At.AddMinutes(minute).ToString("O"))));
        nodes.Observe(Some.LedgerTransaction(("node", "n-2"), ("time", At.AddMinutes(40).ToString("O"))));
        Assert.All(Read(nodes), node => Assert.False(node.IsSilent));

        nodes.Observe(Some.LedgerTransaction(("node", "n-2"), ("time", At.AddMinutes(50).ToString("O"))));
        nodes.Observe(Some.LedgerTransaction(("node", "n-3"), ("time", At.AddMinutes(50).ToString("O"))));

        Assert.Equal([("n-1", true), ("n-2", false)], Read(nodes).Select(node => (node.Id, node.IsSilent)));
        Assert.Equal(1, nodes.Unlisted);
    }

    private static IEnumerable<NodeStatus> Read(NodeTable nodes) => nodes.Read(new HashSet<string>(), new HashSet<string>());

    private static string Time(int hours) => At.AddHours(hours).ToString("O");
}
