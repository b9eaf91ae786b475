using System.ComponentModel.DataAnnotations;
using SentinelHealth.Detection.Ordering;

namespace SentinelHealth.Response.Monitoring;

/// <summary>How the pump works through the log.</summary>
public sealed record MonitorOptions
{
    /// <summary>Entries made durable together at most. Default 1,024; more raises throughput and the work repeated after a crash.</summary>
    [Range(1, 65_536)] public int BatchEntriesMax { get; init; } = 1_024;

    /// <summary>How long a batch should take: after one that took longer the next is smaller. Default 200 ms; the largest part of detection latency under load.</summary>
    public TimeSpan BatchTimeMax { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How often a partition is taken at most while fewer events come than make a batch: what a batch costs is then shared by more of them. Default
    /// 200 ms; half of it is added to detection latency where events come all the time, nothing where one comes now and then.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:02")]
    public TimeSpan BatchEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How far back the order of events is put right.</summary>
    public OrderedScoringOptions Order { get; init; } = new();

    /// <summary>Events between snapshots of the detectors. Default 50,000; more means fewer writes and a longer catch-up after a restart.</summary>
    [Range(1, 100_000_000)] public int SnapshotEveryEvents { get; init; } = 50_000;

    /// <summary>Recent raw records kept to become evidence of later alerts. Default 32,768.</summary>
    [Range(1, 10_000_000)] public int RecentEventsMax { get; init; } = 32_768;

    /// <summary>Bytes of those records. Default 32 MB; the oldest go first.</summary>
    [Range(1, int.MaxValue)] public int RecentBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Raw records stored with one alert. Default 32.</summary>
    [Range(0, 256)] public int EvidencePerAlertMax { get; init; } = 32;

    /// <summary>Entities whose role and organization are remembered. Default 100,000; the longest unseen go first.</summary>
    [Range(1, 10_000_000)] public int EntitiesMax { get; init; } = 100_000;

    /// <summary>How long after its last event an entity counts as active staff or node of its organization. Default one day (event time).</summary>
    public TimeSpan ActiveWithin { get; init; } = TimeSpan.FromDays(1);
}
