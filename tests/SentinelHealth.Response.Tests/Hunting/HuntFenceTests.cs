using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Hunting;

/// <summary>An archive asked within a fence answers as an archive would that holds the fence's events alone.</summary>
public sealed class HuntFenceTests : IDisposable
{
    private readonly ITestOutputHelper _output;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly EventArchive _all, _theirs;
    private readonly HuntFence _fence;

    public HuntFenceTests(ITestOutputHelper output)
    {
        _output = output;
        _fence = new HuntFence([.. Nodes().Where(node => node.Contains("hospital-b", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);
        _all = Filled("all.db", _ => true);
        _theirs = Filled("theirs.db", IsTheirs);
    }

    public void Dispose()
    {
        _all.Dispose();
        _theirs.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Whatever_is_asked_within_a_fence_is_answered_from_its_events_alone()
    {
        var seed = TestSeed.Next(_output);
        var chance = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            var text = SomeEvents.QueryOf(chance, 3);
            var request = new HuntRequest(50, null, 0);
            var fenced = _all.Search(_fence.Around(SomeEvents.Query(text)), request, null, Cancel);
            var alone = _theirs.Search(SomeEvents.Query(text), request, null, Cancel);

            Assert.True(alone.Count == fenced.Count, $"seed {seed}: {text}: {fenced.Count} instead of {alone.Count}");
            Assert.Equal(alone.Hits.Select(SomeEvents.IdOf), fenced.Hits.Select(SomeEvents.IdOf));
        }
    }

    [Fact]
    public void Everyone_within_a_fence_is_counted_from_its_events_alone()
    {
        var fenced = _all.EntitiesWithin(_fence, SomeEvents.StartAt.AddDays(-1), Cancel);
        var alone = _theirs.EntitiesWithin(_fence, SomeEvents.StartAt.AddDays(-1), Cancel);

        Assert.True(fenced.Count > 20);
        Assert.Equal(alone, fenced);
        var nodes = fenced.Where(known => known.Entity.Type == EntityType.Node);
        Assert.All(nodes, node => Assert.Contains(node.Entity.Id, _fence.NodeIds));
    }

    [Fact]
    public void What_an_entity_did_elsewhere_is_not_told()
    {
        var everyone = _all.EntitiesWithin(_fence, SomeEvents.StartAt.AddDays(-1), Cancel);
        foreach (var known in everyone.Where((_, i) => i % 7 == 0).Take(12))
        {
            var fenced = Within(_all, known.Entity, everyone)!;
            var alone = _theirs.HistoryOf(known.Entity, SomeEvents.StartAt.AddDays(-1), 1_000)!;

            Assert.Equal(alone.Known.EventCount, fenced.Known.EventCount);
            Assert.Equal((alone.Known.FirstAt, alone.Known.LastAt), (fenced.Known.FirstAt, fenced.Known.LastAt));
            Assert.Equal(alone.Hours.OrderBy(hour => hour.Key), fenced.Hours.OrderBy(hour => hour.Key));
            Assert.Equal(alone.Ties, fenced.Ties);
            Assert.All(fenced.Peers, peer => Assert.Contains(peer, everyone));
        }
    }

    [Fact]
    public void Somebody_of_another_fence_does_not_exist()
    {
        var theirs = _theirs.EntitiesWithin(_fence, SomeEvents.StartAt.AddDays(-1), Cancel);
        var others = _all.EntitiesLike("", null, 200).Where(known => !theirs.Any(own => own.Entity == known.Entity)).ToList();

        Assert.NotEmpty(others);
        Assert.All(others, other => Assert.Null(Within(_all, other.Entity, theirs)));
    }

    [Fact]
    public void A_fence_without_nodes_lets_nothing_through()
    {
        var nobody = new HuntFence([]);

        Assert.Equal(0, _all.Search(nobody.Around(new QueryAll()), new HuntRequest(10, null, 0), null, Cancel).Count);
        Assert.Empty(_all.EntitiesWithin(nobody, SomeEvents.StartAt.AddDays(-1), Cancel));
    }

    private EntityHistory? Within(EventArchive archive, EntityRef entity, IReadOnlyList<KnownEntity> others) =>
        archive.HistoryWithin(_fence, entity, SomeEvents.StartAt.AddDays(-1), (1_000, others), Cancel);

    private EventArchive Filled(string name, Func<byte[], bool> takes)
    {
        var archive = EventArchive.Open(_folder.File(name), new EventArchiveOptions());
        archive.Add(SomeEvents.Entries(SomeEvents.Simulated.Where(takes)));
        while (archive.Seal())
        {
        }
        return archive;
    }

    private bool IsTheirs(byte[] record) => _fence.NodeIds.Contains(NodeOf(record));

    private static HashSet<string> Nodes() => [.. SomeEvents.Simulated.Select(NodeOf)];

    private static string NodeOf(byte[] record)
    {
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(record, observed, out _));
        return observed.TextOf(TextField.Node);
    }
}
