using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Triage;

public sealed class TriageFenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65)]
    [InlineData(TriageFence.NodesMax)]
    public async Task Store_and_memory_let_the_same_alerts_through_whatever_the_number_of_nodes(int nodes)
    {
        using var store = SqliteCaseStore.Open(_folder.File("cases.db"));
        Alert[] alerts =
        [
            About("last", Node($"n-{nodes - 1}")), About("beyond", Node($"n-{nodes}")), About("actor", new EntityRef(EntityType.Actor, "n-0")),
            About("both", Node($"n-{nodes}")) with { RelatedEntities = [Node("n-0")] },
            About("with-patient", Node("n-0")) with { RelatedEntities = [new EntityRef(EntityType.Patient, "p")] },
        ];
        await store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts }, Cancel);
        var fence = new TriageFence(["b"], [.. Enumerable.Range(0, nodes).Select(i => $"n-{i}")]);

        Assert.Equal(nodes == 0 ? [] : ["both", "last", "with-patient"], await FoundAsync(fence.Around(new QueryAll())));
        Assert.Equal(nodes == 0 ? [] : ["last", "with-patient"], await FoundAsync(fence.Inside(new QueryAll())));

        async Task<IEnumerable<string>> FoundAsync(QueryNode query)
        {
            var found = await store.QueueAsync(query, long.MaxValue, 0, 10, Cancel);
            var stored = found.Select(item => item.Alert.Id).Order().ToList();
            var fits = AlertFields.Reader.Compile(query);
            var remembered = alerts.Where(alert => fits(new TriagedAlert(alert, AlertStanding.Untouched)));
            Assert.Equal(stored, remembered.Select(alert => alert.Id).Order());
            return stored;
        }
    }

    [Fact]
    public void Only_what_is_of_their_organizations_alone_is_theirs()
    {
        var fence = new TriageFence(["a", "b"], []);

        Assert.True(fence.Admits(["b"]));
        Assert.True(fence.Admits(["b", "a"]));
        Assert.False(fence.Admits(["b", "c"]));
        Assert.False(fence.Admits([]));
    }

    private static EntityRef Node(string id) => new(EntityType.Node, id);

    private static Alert About(string id, EntityRef entity) => SomeCase.Alert(id) with { Entity = entity };
}
