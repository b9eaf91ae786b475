using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Testing.Storage;

/// <summary>The two ways to answer a query, in memory and in the store, agree on random alerts and queries.</summary>
public abstract class AlertQueryConformance(StoreSite site, ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Reasons =
        ["Opened 40 records at night.", "Node 7 is [unregistered]?", "A query at NIGHT, 50 % more.", "Ärztin öffnete Akten."];

    private static readonly string[] Conditions =
    [
        "severity: high", "severity >= medium", "severity < low", "status: new", "status > new", "source: rarity", "source: ra*y",
        "source: *", "kind: rule", "reason: night", "reason: \"40 records\"", "reason: öffnete", "entity: p-1", "entity: p-*",
        "entity: \"[x]?\"", "entity: \"[x]*\"", "entity: \\[x\\]*", "about: a-2", "about.type: node", "at >= now-30m", "at < now-10m", "at: 2026-11-02",
        "score > 0.5", "score: 0.25", "assignee: *", "assignee: ana", "assignee: \"\"", "closeReason: harmful", "closeReason: *",
        "closeReason > harmful", "tags: attack.t1078", "tags: attack*", "tags: *", "feature: hour", "feature: \"hour of*\"", "eventCount >= 2", "event: e-1",
        "incident: inc-1", "breakGlass: true", "breakGlass: false", "suppression: *", "notes > 0", "id: alert-3*", "night", "p-1",
        "entities:{ type: patient and id: p-* }", "entities:{ type: node or id: a-1 }", "entities:{ not type: actor }",
        "contributions:{ feature: hour and share > 0.2 }", "contributions:{ share <= 0.1 }",
    ];

    public void Dispose()
    {
        site.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Store_and_memory_agree()
    {
        var cancel = TestContext.Current.CancellationToken;
        var chance = new Random(TestSeed.Next(output));
        using var store = site.Open();
        await store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Alerts = [.. Enumerable.Range(0, 200).Select(i => AlertOf(i, chance))],
            },
            cancel);
        await TriageAsync(store, chance, cancel);
        var all = await store.QueueAsync(new QueryAll(), long.MaxValue, 0, 1_000, cancel);
        Assert.Equal(200, all.Count);
        var (found, missed) = (0, 0);

        for (var i = 0; i < 600; i++)
        {
            var text = i < Conditions.Length ? Conditions[i] : QueryOf(chance, 3);
            var reading = QueryParser.Read(text, AlertFields.Schema, SomeCase.At);
            Assert.True(reading.Fault is null, $"{text}: {reading.Fault}");
            var fits = AlertFields.Reader.Compile(reading.Node!);
            var expected = all.Where(fits).Select(item => item.Alert.Id).ToList();

            var stored = await store.QueueAsync(reading.Node!, long.MaxValue, 0, 1_000, cancel);

            Assert.True(expected.SequenceEqual(stored.Select(item => item.Alert.Id)), text);
            Assert.Equal(expected.Count, (await store.QueueCountAsync(reading.Node!, cancel)).Count);
            (found, missed) = (found + expected.Count, missed + all.Count - expected.Count);
        }
        Assert.True(found > 10_000 && missed > 10_000, $"{found} found, {missed} not.");
    }

    private static async Task TriageAsync(CaseStore store, Random chance, CancellationToken cancel)
    {
        TriageChange[] changes =
        [
            new() { Status = AlertStatus.Acknowledged, Assignee = "ana" },
            new() { Status = AlertStatus.Closed, CloseReason = CloseReason.Harmful },
            new() { Status = AlertStatus.Closed, CloseReason = CloseReason.FalsePositive, Note = "Seen." },
        ];
        for (var i = 0; i < 120; i++)
            await store.ChangeAsync([$"alert-{chance.Next(200)}"], changes[chance.Next(changes.Length)], "ben", SomeCase.At, cancel);
    }

    private static string QueryOf(Random chance, int depth)
    {
        if (depth == 0 || chance.Next(3) == 0)
            return Conditions[chance.Next(Conditions.Length)];
        return chance.Next(3) switch
        {
            0 => $"not ({QueryOf(chance, depth - 1)})",
            1 => $"({QueryOf(chance, depth - 1)}) and {QueryOf(chance, depth - 1)}",
            _ => $"{QueryOf(chance, depth - 1)} or ({QueryOf(chance, depth - 1)})",
        };
    }

    private static Alert AlertOf(int number, Random chance)
    {
        EntityRef[] entities =
        [
            new(EntityType.Actor, "a-1"), new(EntityType.Actor, "a-2"), new(EntityType.Patient, "p-1"), new(EntityType.Patient, "p-22"),
            new(EntityType.Node, "[x]?"), new(EntityType.Node, "[x]*"),
        ];
        string[] sources = ["rarity", "burst", "node.unregistered"];
        return SomeCase.Alert($"alert-{number}", $"inc-{chance.Next(3)}") with
        {
            At = SomeCase.At.AddMinutes(-chance.Next(60)).AddTicks(chance.Next(3)),
            Kind = (AlertKind)chance.Next(2),
            Severity = (Severity)chance.Next(5),
            Source = sources[chance.Next(sources.Length)],
            Score = chance.Next(5) / 4.0,
            Entity = entities[chance.Next(entities.Length)],
            RelatedEntities = [.. entities.Where(_ => chance.Next(4) == 0)],
            EventIds = [.. Enumerable.Range(0, chance.Next(4)).Select(i => $"e-{i}")],
            EventCount = chance.Next(4),
            Reason = Reasons[chance.Next(Reasons.Length)],
            Contributions = chance.Next(2) == 0 ? [] : [new Contribution("hour", "3", "9", chance.NextDouble()), new Contribution("hour of week", "3", "9", 0.1)],
            Tags = chance.Next(2) == 0 ? [] : ["attack.t1078", "sentinel.night"],
            IsBreakGlass = chance.Next(2) == 0,
        };
    }
}
