using SentinelHealth.Detection;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>A monitor that stands still until told that something changed.</summary>
internal sealed class FakeMonitor : IMonitorStatus
{
    public Dictionary<string, RuleCount> RuleCounts { get; } = [];

    IReadOnlyDictionary<string, RuleCount> IMonitorStatus.RuleCounts => RuleCounts;

    public DetectionStatus? Detection { get; set; }

    public List<NodeStatus> Nodes { get; } = [];

    public IReadOnlyList<int> FailingPartitions { get; set; } = [];

    public IReadOnlyList<PartitionStatus> Partitions { get; set; } = [];

    public event Action? Changed;

    public IReadOnlyList<RatePoint> Rates => [];

    public IReadOnlyList<EntityRisk> TopRisks => [];

    public bool HasListeners => Changed is not null;

    public void Change() => Changed?.Invoke();

    public ValueTask<NetworkSnapshot> NetworkAsync(CancellationToken cancel) => ValueTask.FromResult(new NetworkSnapshot(
        Sample.At, new LedgerHead("embedded", 7, "0x07", Sample.At), new ValidatorSet(["node:a", "node:b"], []),
        Nodes, [], new Conservation(3, 2, 1, 0, 0), 2, 2, Sample.At)
    {
        Partitions = Partitions,
    });
}
