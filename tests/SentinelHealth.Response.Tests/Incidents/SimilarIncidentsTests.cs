using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Incidents;

public sealed class SimilarIncidentsTests
{
    private static readonly EntityRef Ann = new(EntityType.Actor, "ann"), Ben = new(EntityType.Actor, "ben"),
        Device = new(EntityType.Device, "dev-9");

    [Fact]
    public void What_is_rare_and_shared_weighs_more_than_what_everybody_has()
    {
        var subject = Of("subject", ["rarity"], Ann, Device);
        var sameDevice = Of("device", ["burst"], Ben, Device);
        var sameSource = Of("source", ["rarity"], Ben);
        Incident[] crowd = [.. Enumerable.Range(0, 20).Select(i => Of($"crowd-{i}", ["rarity"], new EntityRef(EntityType.Actor, $"other-{i}")))];

        var found = SimilarIncidents.Of(subject, [.. crowd, sameSource, sameDevice, subject], 5);

        var only = Assert.Single(found);
        Assert.Equal(("device", "the same device dev-9"), (only.Incident.Id, only.Shared[0]));
        Assert.InRange(only.Similarity, 0.2, 0.9);
    }

    [Fact]
    public void Nearest_come_first_and_what_went_into_another_is_passed_over()
    {
        var subject = Of("subject", ["rarity", "spread"], Ann, Device);
        var twin = Of("twin", ["rarity", "spread"], Ann, Device);
        var cousin = Of("cousin", ["rarity", "burst"], Ann, Ben);
        var merged = twin with { Id = "merged", MergedInto = "twin" };

        var found = SimilarIncidents.Of(subject, [cousin, merged, twin, Of("stranger", ["drift"], Ben)], 5);

        Assert.Equal(["twin", "cousin"], found.Select(similar => similar.Incident.Id));
        Assert.Equal(1, found[0].Similarity, 1e-12);
        Assert.Single(SimilarIncidents.Of(subject, [cousin, twin], 1));
        Assert.Empty(SimilarIncidents.Of(subject, [], 5));
    }

    private static Incident Of(string id, string[] sources, params EntityRef[] entities) =>
        SomeCase.Incident() with { Id = id, Principal = entities[0], Entities = entities, Sources = sources, Tags = [] };
}
